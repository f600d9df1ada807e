import type { DayRecord, Ledger } from "../../runtime/guard/ledger.ts";
import type { InstanceState, ObservedInstance, SpotQuote } from "../../runtime/guard/observations.ts";
import type {
  Cloud,
  EventQueue,
  GuardPorts,
  LedgerStore,
  Page,
  QueuedChange,
} from "../../runtime/guard/ports.ts";
import { Died, type Faults } from "./faults.ts";
import { HOME_REGION, MODEL, USD_PER_OUTPUT_TOKEN } from "./setting.ts";
import type { RateStep } from "./bill.ts";
import type { SimInstance, World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** CloudWatch's figures of the last minute are not there yet. */
const METRIC_LAG_MS = 60_000;

/** What lives outside any one run of the guard: table, topic, metric, rights. */
export class Backend {
  ledger: Ledger | undefined;
  readonly archived = new Map<string, DayRecord>();
  lock: { readonly holder: string; readonly until: number } | undefined;
  rearm: { readonly by: string; readonly at: number } | undefined;
  denied = false;
  readonly tokenRates: RateStep[] = [];
  tokenUsdPerHour = 0;
  lastHeartbeat: number;
  messages = 0;
  calls = 0;
  /** When a latch was closed and opened, as the ledger was written. */
  readonly latches: { readonly from: number; to: number }[] = [];
  onHeartbeat: (at: number) => void = () => undefined;

  constructor(start: number) {
    this.lastHeartbeat = start;
  }

  /** Agents' spending, unless their right is taken away. */
  setTokenRate(at: number, usdPerHour: number): void {
    this.tokenUsdPerHour = usdPerHour;
    this.tokenRates.push({ at, usdPerHour: this.denied ? 0 : usdPerHour });
  }
}

/** The seams of one run of the guard into the simulated account. */
export class SimPorts implements GuardPorts {
  readonly cloud: Cloud;
  readonly queue: EventQueue;
  readonly store: LedgerStore;
  readonly lock: GuardPorts["lock"];
  readonly clock: GuardPorts["clock"];
  readonly notifier: GuardPorts["notifier"];
  readonly #world: World;
  readonly #backend: Backend;
  readonly #faults: Faults;
  readonly #options: SimPortsOptions;
  #calls = 0;
  #dead = false;

  constructor(world: World, backend: Backend, faults: Faults, options: SimPortsOptions = {}) {
    this.#world = world;
    this.#backend = backend;
    this.#faults = faults;
    this.#options = options;
    this.cloud = this.#cloudPort();
    this.queue = this.#queuePort();
    this.store = this.#storePort();
    this.lock = {
      acquire: (holder, ttlMs) =>
        this.#call("acquire", () => {
          const held = backend.lock;
          if (options.unlocked !== true && held !== undefined && held.until > world.now) return false;
          backend.lock = { holder, until: world.now + ttlMs };
          return true;
        }),
      release: (holder) =>
        this.#call("release", () => {
          if (backend.lock?.holder === holder) backend.lock = undefined;
        }),
    };
    this.clock = {
      now: () => world.now + faults.skewMs,
      sleep: (milliseconds) => {
        world.advanceTo(world.now + milliseconds);
        return Promise.resolve();
      },
    };
    this.notifier = {
      notify: () =>
        this.#call("notify", () => {
          backend.messages += 1;
        }),
      heartbeat: () =>
        this.#call("heartbeat", () => {
          backend.lastHeartbeat = world.now;
          backend.onHeartbeat(world.now);
        }),
      log: () => undefined,
    };
  }

  /** Time passes, other things happen, faults strike; then the call has its effect. */
  async #call<Result>(name: string, effect: () => Result): Promise<Result> {
    if (this.#dead) throw new Died();
    const world = this.#world;
    world.advanceTo(world.now + world.random.integer(20, 250));
    this.#calls += 1;
    this.#backend.calls += 1;
    const { die, double } = this.#options;
    if (double !== undefined && this.#calls === double.call) await double.run();
    const dies = die?.call === this.#calls;
    this.#dead = dies;
    if (dies && !die.effect) throw new Died();
    this.#faults.refuse(name);
    const result = effect();
    if (dies) throw new Died();
    return result;
  }

  #page<Item>(items: readonly Item[], next: string | undefined): Page<Item> {
    const { pageSize } = this.#world.scenario;
    const start = next === undefined ? 0 : Number(next);
    const end = start + pageSize;
    return end < items.length
      ? { items: items.slice(start, end), next: String(end) }
      : { items: start === 0 ? items : items.slice(start) };
  }

  #cloudPort(): Cloud {
    const [world, backend, faults] = [this.#world, this.#backend, this.#faults];
    return {
      instances: (region, next) =>
        this.#call("instances", () => {
          if (faults.blind.has(region)) throw new Error("RequestLimitExceeded");
          const seen: ObservedInstance[] = [];
          for (const instance of world.shown()) {
            if (instance.region === region && instance.visibleAt <= world.now)
              seen.push(describe(instance, world.now));
          }
          return this.#page(seen, next);
        }),
      groups: (names, next) =>
        this.#call("groups", () =>
          this.#page(
            names.flatMap((name) => {
              const group = world.groups.get(name);
              return group === undefined
                ? []
                : [{ name, desired: group.desired, suspended: [...group.suspended] }];
            }),
            next,
          ),
        ),
      scheduledRuns: (next) =>
        this.#call("scheduledRuns", () =>
          this.#page(
            [...world.scheduled].flatMap(([group, { start, stop }]) => [
              { group, at: start, desired: 1 },
              { group, at: stop, desired: 0 },
            ]),
            next,
          ),
        ),
      scalingActivities: (since, next) =>
        this.#call("scalingActivities", () =>
          this.#page(
            world.activities.filter(({ at }) => at >= since),
            next,
          ),
        ),
      spotPrices: (region, types, since, next) =>
        this.#call("spotPrices", () => this.#page(this.#quotes(region, types, since), next)),
      modelUsage: (days) =>
        this.#call("modelUsage", () =>
          days.map((day) => ({ day, model: MODEL, inputTokens: 0, outputTokens: this.#tokens(day) })),
        ),
      suspend: (group, processes) =>
        this.#call("suspend", () => {
          world.suspend(group, processes);
        }),
      resume: (group, processes) =>
        this.#call("resume", () => {
          world.resume(group, processes);
        }),
      setDesired: (group, desired) =>
        this.#call("setDesired", () => {
          world.setDesired(group, desired);
        }),
      spotRequests: () => this.#call("spotRequests", () => ({ items: [] })),
      cancelSpotRequests: () => this.#call("cancelSpotRequests", () => undefined),
      terminate: (region, ids) =>
        this.#call("terminate", () => {
          const found = ids.map((id) =>
            [...world.shown()].find((one) => one.id === id && one.region === region),
          );
          if (found.includes(undefined)) throw new Error("InvalidInstanceID.NotFound");
          if (faults.stubborn && found.some((one) => one?.group !== undefined))
            throw new Error("OperationNotPermitted");
          for (const one of found) if (one !== undefined) world.finish(one);
        }),
      modelsDenied: () => this.#call("modelsDenied", () => backend.denied),
      denyModels: () => this.#call("denyModels", () => this.#deny(true)),
      allowModels: () => this.#call("allowModels", () => this.#deny(false)),
    };
  }

  #deny(denied: boolean): void {
    this.#backend.denied = denied;
    this.#backend.setTokenRate(this.#world.now, this.#backend.tokenUsdPerHour);
  }

  #quotes(region: string, types: readonly string[], since: number): readonly SpotQuote[] {
    const { feed } = this.#faults;
    if (feed === "fails") throw new Error("ServiceUnavailable");
    if (feed === "missing" || region !== HOME_REGION) return [];
    const { market, now } = this.#world;
    const asOf = feed === "old" ? now - 2 * HOUR : now;
    return types.flatMap((type) =>
      market.zonesOf(type).flatMap((zone) => {
        const steps = market.stepsOf(type, zone);
        const first = Math.max(
          0,
          steps.findLastIndex((step) => step.at <= since),
        );
        return steps.slice(first).map(({ usdPerHour }) => ({
          region,
          zone,
          type,
          usdPerHour: feed === undefined || feed === "old" ? String(usdPerHour) : BROKEN[feed],
          asOf,
        }));
      }),
    );
  }

  #tokens(day: string): number {
    const from = Date.parse(`${day}T00:00:00Z`);
    const to = Math.min(from + DAY, this.#world.now - METRIC_LAG_MS);
    let usd = 0;
    for (const [index, step] of this.#backend.tokenRates.entries()) {
      const start = Math.max(step.at, from);
      const end = Math.min(this.#backend.tokenRates[index + 1]?.at ?? to, to);
      if (end > start) usd += (step.usdPerHour * (end - start)) / HOUR;
    }
    return Math.ceil(usd / USD_PER_OUTPUT_TOKEN);
  }

  #queuePort(): EventQueue {
    const world = this.#world;
    return {
      receive: () =>
        this.#call("receive", () =>
          world.messages
            .filter(({ from }) => from <= world.now)
            .map(({ change, receipt }): QueuedChange => ({ ...change, receipt })),
        ),
      settle: (receipts) =>
        this.#call("settle", () => {
          const settled = new Set(receipts);
          const rest = world.messages.filter(({ receipt }) => !settled.has(receipt));
          world.messages.splice(0, world.messages.length, ...rest);
        }),
    };
  }

  #storePort(): LedgerStore {
    const [world, backend] = [this.#world, this.#backend];
    return {
      read: () => this.#call("read", () => backend.ledger),
      write: (ledger, expected) =>
        this.#call("write", () => {
          if (backend.ledger?.version !== expected) return false;
          const was = backend.ledger?.latch ?? null;
          if (was === null && ledger.latch !== null) backend.latches.push({ from: world.now, to: Infinity });
          const latch = backend.latches.at(-1);
          if (was !== null && ledger.latch === null && latch !== undefined) latch.to = world.now;
          backend.ledger = ledger;
          return true;
        }),
      archive: (record) =>
        this.#call("archive", () => {
          backend.archived.set(record.day, record);
        }),
      requests: () =>
        this.#call("requests", () => ({
          leases: [...world.leases.values()],
          ...(backend.rearm === undefined ? {} : { rearm: backend.rearm }),
        })),
      endLease: (id, expiresAt) =>
        this.#call("endLease", () => {
          const lease = world.leases.get(id);
          if (lease?.expiresAt !== expiresAt) return false;
          world.leases.set(id, { ...lease, state: "ending" });
          return true;
        }),
      removeLease: (id) =>
        this.#call("removeLease", () => {
          world.leases.delete(id);
        }),
      clearRearm: () =>
        this.#call("clearRearm", () => {
          backend.rearm = undefined;
        }),
    };
  }
}

const BROKEN = { zero: "0.000000", nan: "NaN", negative: "-0.120000" } as const;

export interface SimPortsOptions {
  readonly die?: { readonly call: number; readonly effect: boolean };
  readonly double?: { readonly call: number; readonly run: () => Promise<void> };
  readonly unlocked?: boolean;
}

function describe(instance: SimInstance, now: number): ObservedInstance {
  const { endedAt, launchedAt, runningAt, group, profile, vpc } = instance;
  const over = endedAt !== undefined && endedAt + instance.staleMs <= now;
  const state: InstanceState = over
    ? now > endedAt + 30_000
      ? "terminated"
      : "shutting-down"
    : now < runningAt
      ? "pending"
      : "running";
  return {
    id: instance.id,
    region: instance.region,
    zone: instance.zone,
    type: instance.type,
    market: instance.market,
    state,
    launchedAt,
    ...(over && instance.saysWhen ? { endedAt } : {}),
    tags: instance.tags,
    ...(group === undefined ? {} : { group }),
    ...(profile === undefined ? {} : { profile }),
    vpc,
  };
}
