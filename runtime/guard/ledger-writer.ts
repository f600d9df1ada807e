import { withLatch, type Latch, type Ledger, type UntoldMessage } from "./ledger.ts";
import type { GuardPorts } from "./ports.ts";

/** Writes the ledger on condition that nobody else did since it was last read or written. */
export class LedgerWriter {
  readonly #ports: Pick<GuardPorts, "store">;
  #version: number | undefined;
  #ledger: Ledger | undefined;

  constructor(ports: Pick<GuardPorts, "store">, version: number | undefined) {
    this.#ports = ports;
    this.#version = version;
  }

  async write(ledger: Ledger): Promise<boolean> {
    const { latch, days } = ledger;
    const next = {
      ...ledger,
      version: (this.#version ?? 0) + 1,
      days: latch === null ? days : withLatch(days, latch),
    };
    const written = await this.#ports.store.write(next, this.#version);
    if (written) {
      this.#version = next.version;
      this.#ledger = next;
    }
    return written;
  }

  /** Changes what was written last. */
  async amend(change: Partial<Ledger>): Promise<boolean> {
    if (this.#ledger === undefined) throw new RangeError("nothing was written yet");
    return this.write({ ...this.#ledger, ...change });
  }

  /** Forgets the latch; the record of its day keeps it. */
  async open(now: number): Promise<boolean> {
    const { latch = null, days = [] } = this.#ledger ?? {};
    return this.amend(latch === null ? {} : { latch: null, days: withLatch(days, latch, now) });
  }

  /** Questions asked, as written last. */
  get asked(): readonly string[] {
    return this.#ledger?.asked ?? [];
  }

  get untold(): readonly UntoldMessage[] {
    return this.#ledger?.untold ?? [];
  }

  get latch(): Latch | null {
    return this.#ledger?.latch ?? null;
  }
}
