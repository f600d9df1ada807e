import type { DayRecord, Ledger } from "../../runtime/guard/ledger.ts";
import type {
  Lease,
  ModelUsage,
  ObservedGroup,
  ObservedInstance,
  ScheduledRun,
  SpotQuote,
} from "../../runtime/guard/observations.ts";
import type { Cloud, GuardPorts, Page, QueuedChange, SpotRequest } from "../../runtime/guard/ports.ts";

import { HOME } from "./support.ts";

/** What a test makes of one call: return to let it pass, throw to refuse it. */
export type Interference = (call: string, detail: string) => void;

/** A small AWS in memory behind the guard's ports. Each call is written down; a test may interfere with any. */
export class FakeAws {
  instances: ObservedInstance[] = [];
  groups: ObservedGroup[] = [];
  scheduled: ScheduledRun[] = [];
  quotes: SpotQuote[] = [];
  usage: ModelUsage[] = [];
  spotRequests: SpotRequest[] = [];
  events: QueuedChange[] = [];
  leases: Lease[] = [];
  rearm: { readonly by: string; readonly at: number } | undefined;
  denied = false;
  ledger: Ledger | undefined;
  lockedBy: string | undefined;
  pageSize = 1000;
  now: number;
  interfere: Interference = () => undefined;
  readonly calls: string[] = [];
  readonly archived: DayRecord[] = [];
  readonly messages: { readonly subject: string; readonly text: string }[] = [];
  readonly heartbeats: number[] = [];
  readonly log: Readonly<Record<string, unknown>>[] = [];
  readonly ports: GuardPorts;

  constructor(now: number) {
    this.now = now;
    this.ports = { ...this.#state(), cloud: this.#cloud() };
  }

  /** Calls by name, such as `terminate i-1`. */
  called(name: string): readonly string[] {
    return this.calls.filter((call) => call === name || call.startsWith(`${name} `));
  }

  running(): readonly string[] {
    return this.instances.filter(({ state }) => state === "running").map(({ id }) => id);
  }

  group(name: string): ObservedGroup {
    const found = this.groups.find((group) => group.name === name);
    if (found === undefined) throw new Error(`AutoScalingGroup name not found: ${name}`);
    return found;
  }

  change(name: string, change: Partial<ObservedGroup>): void {
    this.group(name);
    this.groups = this.groups.map((group) => (group.name === name ? { ...group, ...change } : group));
  }

  /** Notes the call, lets the test interfere, then has its effect. */
  #do<Result>(call: string, detail: string, effect: () => Result): Promise<Result> {
    this.calls.push(detail === "" ? call : `${call} ${detail}`);
    try {
      this.interfere(call, detail);
      return Promise.resolve(effect());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #page<Item>(items: readonly Item[], next = "0"): Page<Item> {
    const end = Number(next) + this.pageSize;
    const page = items.slice(Number(next), end);
    return end < items.length ? { items: page, next: String(end) } : { items: page };
  }

  #cloud(): Cloud {
    const here = (region: string) => this.instances.filter((one) => one.region === region);
    return {
      instances: (region, next) => this.#do("instances", region, () => this.#page(here(region), next)),
      groups: (names, next) =>
        this.#do("groups", "", () =>
          this.#page(
            this.groups.filter(({ name }) => names.includes(name)),
            next,
          ),
        ),
      scheduledRuns: (next) => this.#do("scheduledRuns", "", () => this.#page(this.scheduled, next)),
      scalingActivities: () => this.#do("scalingActivities", "", () => ({ items: [] })),
      spotPrices: (region, types, _since, next) =>
        this.#do("spotPrices", `${region} ${types.join(",")}`, () => this.#page(this.quotes, next)),
      modelUsage: () => this.#do("modelUsage", "", () => [{ region: HOME, usage: this.usage }]),
      suspend: (group, processes) =>
        this.#do("suspend", group, () => {
          const { suspended } = this.group(group);
          this.change(group, { suspended: [...new Set([...suspended, ...processes])] });
        }),
      resume: (group, processes) =>
        this.#do("resume", group, () => {
          const { suspended } = this.group(group);
          const resumed: readonly string[] = processes;
          this.change(group, { suspended: suspended.filter((process) => !resumed.includes(process)) });
        }),
      setDesired: (group, desired) =>
        this.#do("setDesired", `${group} ${String(desired)}`, () => {
          this.change(group, { desired });
        }),
      spotRequests: (region, next) =>
        this.#do("spotRequests", region, () =>
          this.#page(
            this.spotRequests.filter((request) => request.region === region),
            next,
          ),
        ),
      cancelSpotRequests: (_region, ids) =>
        this.#do("cancelSpotRequests", ids.join(","), () => {
          this.spotRequests = this.spotRequests.filter(({ id }) => !ids.includes(id));
        }),
      terminate: (region, ids) =>
        this.#do("terminate", ids.join(","), () => {
          const known = here(region).map(({ id }) => id);
          const unknown = ids.find((id) => !known.includes(id));
          if (unknown !== undefined) throw new Error(`InvalidInstanceID.NotFound: ${unknown}`);
          this.instances = this.instances.map((one) =>
            ids.includes(one.id) ? { ...one, state: "terminated", endedAt: this.now } : one,
          );
        }),
      modelsDenied: () => this.#do("modelsDenied", "", () => this.denied),
      denyModels: () =>
        this.#do("denyModels", "", () => {
          this.denied = true;
        }),
      allowModels: () =>
        this.#do("allowModels", "", () => {
          this.denied = false;
        }),
    };
  }

  #state(): Omit<GuardPorts, "cloud"> {
    return {
      queue: {
        receive: () => this.#do("receive", "", () => [...this.events]),
        settle: (receipts) =>
          this.#do("settle", "", () => {
            this.events = this.events.filter(({ receipt }) => !receipts.includes(receipt));
          }),
      },
      store: {
        read: () => this.#do("read", "", () => this.ledger),
        write: (ledger, expected) =>
          this.#do("write", "", () => {
            if (this.ledger?.version !== expected) return false;
            this.ledger = ledger;
            return true;
          }),
        archive: (record) =>
          this.#do("archive", record.day, () => {
            this.archived.push(record);
          }),
        requests: () =>
          this.#do("requests", "", () => ({
            leases: [...this.leases],
            ...(this.rearm === undefined ? {} : { rearm: this.rearm }),
          })),
        endLease: (id, expiresAt) =>
          this.#do("endLease", id, () => {
            const lease = this.leases.find((one) => one.id === id);
            if (lease?.expiresAt !== expiresAt) return false;
            this.leases = this.leases.map((one) => (one.id === id ? { ...one, state: "ending" } : one));
            return true;
          }),
        removeLease: (id) =>
          this.#do("removeLease", id, () => {
            this.leases = this.leases.filter((one) => one.id !== id);
          }),
        clearRearm: () =>
          this.#do("clearRearm", "", () => {
            this.rearm = undefined;
          }),
      },
      lock: {
        acquire: (holder) =>
          this.#do("acquire", holder, () => {
            if (this.lockedBy !== undefined) return false;
            this.lockedBy = holder;
            return true;
          }),
        release: (holder) =>
          this.#do("release", holder, () => {
            if (this.lockedBy === holder) this.lockedBy = undefined;
          }),
      },
      clock: {
        now: () => this.now,
        sleep: (milliseconds) => {
          this.now += milliseconds;
          return Promise.resolve();
        },
      },
      notifier: {
        notify: (subject, text) =>
          this.#do("notify", "", () => {
            this.messages.push({ subject, text });
          }),
        heartbeat: (at) =>
          this.#do("heartbeat", "", () => {
            this.heartbeats.push(at);
          }),
        log: (entry) => {
          this.log.push(entry);
        },
      },
    };
  }
}
