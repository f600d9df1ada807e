import type { Happening } from "./scenario.ts";

/** Thrown through the guard when its process is made to die; nothing it calls after that has an effect. */
export class Died extends Error {
  constructor() {
    super("the run died");
  }
}

type Hang = Extract<Happening, { does: "hang" }>;

/** What is wrong at the moment; happenings switch it on and off. */
export class Faults {
  feed: "missing" | "zero" | "nan" | "negative" | "old" | "fails" | undefined;
  readonly blind = new Set<string>();
  readonly hanging = new Set<Hang>();
  stubborn = false;
  skewMs = 0;
  outageUntil = 0;
  lostTicks = 0;
  /** Calls that are refused, and how often still. */
  readonly refusals = new Map<string, number>();
  die: { readonly call: number; readonly effect: boolean } | undefined;
  double: { readonly call: number; readonly unlocked: boolean } | undefined;

  /** Whether this call never answers. */
  hangs(call: string, region: string | undefined): boolean {
    if (this.hanging.size === 0) return false;
    return [...this.hanging].some(
      (one) => one.call === call && (one.region === undefined || one.region === region),
    );
  }

  /** @throws Error where this call is to be refused. */
  refuse(call: string): void {
    if (this.refusals.size === 0) return;
    const left = this.refusals.get(call) ?? 0;
    if (left === 0) return;
    if (left === 1) this.refusals.delete(call);
    else this.refusals.set(call, left - 1);
    throw new Error(`Throttling: rate exceeded (${call})`);
  }
}
