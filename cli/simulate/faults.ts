/** Thrown through the guard when its process is made to die; nothing it calls after that has an effect. */
export class Died extends Error {
  constructor() {
    super("the run died");
  }
}

/** What is wrong at the moment; happenings switch it on and off. */
export class Faults {
  feed: "missing" | "zero" | "nan" | "negative" | "old" | "fails" | undefined;
  readonly blind = new Set<string>();
  stubborn = false;
  skewMs = 0;
  outageUntil = 0;
  lostTicks = 0;
  readonly refusals = new Map<string, number>();
  die: { readonly call: number; readonly effect: boolean } | undefined;
  double: { readonly call: number; readonly unlocked: boolean } | undefined;

  /** @throws Error where this call is to be refused. */
  refuse(call: string): void {
    const left = this.refusals.get(call) ?? 0;
    if (left === 0) return;
    this.refusals.set(call, left - 1);
    throw new Error(`Throttling: rate exceeded (${call})`);
  }
}
