import type { Page } from "../../runtime/guard/ports.ts";
import type { Backend } from "./backend.ts";
import { Died, type Faults } from "./faults.ts";
import { pageOf } from "./views.ts";
import type { World } from "./world.ts";

/** When a call that never answers is given up: four tries of ten seconds, as the guard's clients have it. */
export const HANG_MS = 40_000;

/** When Lambda kills a run: half a minute before the next one, as the stack deploys it. */
function limitMs(intervalMs: number): number {
  return Math.min(15 * 60_000, intervalMs - 30_000);
}

export interface CallsOptions {
  readonly die?: { readonly call: number; readonly effect: boolean };
  readonly double?: { readonly call: number; readonly run: () => Promise<void> };
}

/** The calls of one run of the guard, one after another: what every one of them goes through before it has its effect. */
export class Calls {
  readonly world: World;
  readonly backend: Backend;
  readonly faults: Faults;
  readonly #options: CallsOptions;
  readonly #killedAt: number;
  /** Time that calls without an answer have used up. */
  hungMs = 0;
  /** True where a region's instances could not be had for it. */
  hungBlind = false;
  #count = 0;
  #dead = false;

  constructor(world: World, backend: Backend, faults: Faults, options: CallsOptions) {
    this.world = world;
    this.backend = backend;
    this.faults = faults;
    this.#options = options;
    this.#killedAt = world.now + limitMs(world.config.intervalMs);
  }

  /** Time passes, other things happen, faults strike; then the call has its effect. */
  make<Result>(name: string, effect: () => Result, region?: string): Promise<Result> {
    // Not an async function: a run makes dozens of calls, and few of them wait for anything.
    try {
      const { world, backend } = this;
      this.#pass(world.now + world.random.integer(20, 250));
      this.#count += 1;
      backend.calls += 1;
      const { double } = this.#options;
      if (double?.call === this.#count) return double.run().then(() => this.#end(name, effect));
      if (this.faults.hangs(name, region)) return this.#hang(name, region);
      return Promise.resolve(this.#end(name, effect));
    } catch (error) {
      return Promise.reject(errorOf(error));
    }
  }

  /** Notes what a call did. */
  did(does: string, of?: readonly string[]): void {
    this.backend.note(this.world.now, "guard", does, of);
  }

  /** The same for one page of an answer that is longer. */
  page<Item>(
    name: string,
    next: string | undefined,
    items: () => readonly Item[],
    region?: string,
  ): Promise<Page<Item>> {
    return this.make(name, () => pageOf(items(), this.world.scenario.pageSize, next), region);
  }

  /** @throws Died where the run is dead, or is killed before that time. */
  #pass(until: number): void {
    if (this.#dead) throw new Died();
    this.#dead = until >= this.#killedAt;
    this.world.advanceTo(Math.min(until, this.#killedAt));
    if (this.#dead) throw new Died();
  }

  /**
   * Virtual time stands still while the run has anything else to do: what it does beside this call comes first. An
   * immediate runs once no promise is left that could go on.
   */
  #hang(name: string, region: string | undefined): Promise<never> {
    const { world } = this;
    const due = world.now + HANG_MS;
    if (name === "instances") this.hungBlind = true;
    return new Promise((_resolve, reject) => {
      setImmediate(() => {
        const before = world.now;
        try {
          this.#pass(Math.max(due, before));
          const call = region === undefined ? name : `${name} in ${region}`;
          this.did(`gets no answer to ${call}`);
          reject(new Error(`TimeoutError: ${call}`));
        } catch (error) {
          reject(errorOf(error));
        }
        this.hungMs += world.now - before;
      });
    });
  }

  #end<Result>(name: string, effect: () => Result): Result {
    const { die } = this.#options;
    const dies = die?.call === this.#count;
    this.#dead = dies;
    if (dies && !die.effect) throw new Died();
    try {
      this.faults.refuse(name);
      const result = effect();
      if (dies) throw new Died();
      return result;
    } catch (error) {
      if (!(error instanceof Died)) this.did(`is refused ${name}: ${errorOf(error).message}`);
      throw error;
    }
  }
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
