import type {
  Cloud,
  EventQueue,
  GuardPorts,
  LedgerStore,
  Page,
  QueuedChange,
} from "../../runtime/guard/ports.ts";
import type { Backend } from "./backend.ts";
import { Died, type Faults } from "./faults.ts";
import { HOME_REGION, MODEL } from "./setting.ts";
import { groupsOf, instancesIn, pageOf, quotesOf, scheduledRunsOf, tokensOf } from "./views.ts";
import type { World } from "./world.ts";

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
    if (double?.call === this.#calls) await double.run();
    const dies = die?.call === this.#calls;
    this.#dead = dies;
    if (dies && !die.effect) throw new Died();
    this.#faults.refuse(name);
    const result = effect();
    if (dies) throw new Died();
    return result;
  }

  #page<Item>(items: readonly Item[], next: string | undefined): Page<Item> {
    return pageOf(items, this.#world.scenario.pageSize, next);
  }

  #cloudPort(): Cloud {
    const [world, backend, faults] = [this.#world, this.#backend, this.#faults];
    return {
      instances: (region, next) =>
        this.#call("instances", () => {
          if (faults.blind.has(region)) throw new Error("RequestLimitExceeded");
          return this.#page(instancesIn(region, world), next);
        }),
      groups: (names, next) => this.#call("groups", () => this.#page(groupsOf(names, world), next)),
      scheduledRuns: (next) => this.#call("scheduledRuns", () => this.#page(scheduledRunsOf(world), next)),
      scalingActivities: (since, next) =>
        this.#call("scalingActivities", () =>
          this.#page(
            world.activities.filter(({ at }) => at >= since),
            next,
          ),
        ),
      spotPrices: (region, types, since, next) =>
        this.#call("spotPrices", () => this.#page(quotesOf(region, types, since, world, faults), next)),
      modelUsage: (days) =>
        this.#call("modelUsage", () => [
          {
            region: HOME_REGION,
            usage: days.map((day) => ({
              day,
              model: MODEL,
              inputTokens: 0,
              outputTokens: tokensOf(day, backend.tokenRates, world.now),
            })),
          },
        ]),
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
      denyModels: () =>
        this.#call("denyModels", () => {
          this.#deny(true);
        }),
      allowModels: () =>
        this.#call("allowModels", () => {
          this.#deny(false);
        }),
    };
  }

  #deny(denied: boolean): void {
    this.#backend.denied = denied;
    this.#backend.setTokenRate(this.#world.now, this.#backend.tokenUsdPerHour);
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

export interface SimPortsOptions {
  readonly die?: { readonly call: number; readonly effect: boolean };
  readonly double?: { readonly call: number; readonly run: () => Promise<void> };
  readonly unlocked?: boolean;
}
