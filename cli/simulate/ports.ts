import type { GuardPorts } from "../../runtime/guard/ports.ts";
import type { Backend } from "./backend.ts";
import { Calls, type CallsOptions } from "./calls.ts";
import { SimCloud } from "./cloud.ts";
import type { Faults } from "./faults.ts";
import { SimQueue, SimStore } from "./store.ts";
import type { World } from "./world.ts";

/** The seams of one run of the guard into the simulated account. */
export class SimPorts implements GuardPorts {
  readonly cloud: GuardPorts["cloud"];
  readonly queue: GuardPorts["queue"];
  readonly store: GuardPorts["store"];
  readonly lock: GuardPorts["lock"];
  readonly clock: GuardPorts["clock"];
  readonly notifier: GuardPorts["notifier"];
  readonly calls: Calls;

  constructor(world: World, backend: Backend, faults: Faults, options: SimPortsOptions = {}) {
    const calls = new Calls(world, backend, faults, options);
    this.calls = calls;
    this.cloud = new SimCloud(calls);
    this.queue = new SimQueue(calls);
    this.store = new SimStore(calls);
    this.lock = {
      acquire: (holder, ttlMs) =>
        calls.make("acquire", () => {
          const held = backend.lock;
          if (options.unlocked !== true && held !== undefined && held.until > world.now) return false;
          backend.lock = { holder, until: world.now + ttlMs };
          return true;
        }),
      release: (holder) =>
        calls.make("release", () => {
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
      notify: (subject) =>
        calls.make("notify", () => {
          backend.messages += 1;
          calls.did(`tells people: ${subject}`);
        }),
      heartbeat: () =>
        calls.make("heartbeat", () => {
          backend.lastHeartbeat = world.now;
          backend.onHeartbeat(world.now);
        }),
      log: ({ verdict, reason }) => {
        if (typeof verdict !== "string" || verdict === backend.verdict) return;
        backend.verdict = verdict;
        calls.did(`decides ${verdict}: ${String(reason)}`);
      },
    };
  }
}

export interface SimPortsOptions extends CallsOptions {
  /** The lock has run out: this run takes it whoever holds it. */
  readonly unlocked?: boolean;
}
