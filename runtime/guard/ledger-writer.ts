import {
  MOST_STOPPED,
  newestStopped,
  withLatch,
  type DayRecord,
  type Latch,
  type Ledger,
  type UntoldMessage,
} from "./ledger.ts";
import { messageOf } from "./observe.ts";
import type { GuardPorts } from "./ports.ts";

type WriterPorts = Pick<GuardPorts, "store" | "notifier">;

/** Ids that are kept of each latch where the ledger is too big. */
const FEW_STOPPED = 20;

/** Writes the ledger on condition that nobody else did since it was last read or written. */
export class LedgerWriter {
  readonly #ports: WriterPorts;
  #version: number | undefined;
  #ledger: Ledger | undefined;

  constructor(ports: WriterPorts, version: number | undefined) {
    this.#ports = ports;
    this.#version = version;
  }

  /**
   * What is remembered before anything is done must fit: a ledger that is too big is written without what only people
   * need, which is in the log.
   */
  async write(ledger: Ledger): Promise<boolean> {
    const next = { ...withFewStopped(ledger, MOST_STOPPED), version: (this.#version ?? 0) + 1 };
    try {
      return await this.#write(next);
    } catch (error) {
      if (!isTooBig(error)) throw error;
      const { untold = [], ...rest } = next;
      this.#ports.notifier.log({ ledger: "too big", failures: [messageOf(error)], forgotten: untold });
      return this.#write({ ...withFewStopped(rest, FEW_STOPPED), asked: [] });
    }
  }

  async #write(next: Ledger): Promise<boolean> {
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

/** The ledger with the newest ids alone of its latch, and of all that its days remember. */
function withFewStopped(ledger: Ledger, most: number): Ledger {
  const latch = ledger.latch === null ? null : newestStopped(ledger.latch, most);
  const days = ledger.days.map((record): DayRecord =>
    record.latches === undefined
      ? record
      : { ...record, latches: record.latches.map((past) => newestStopped(past, most)) },
  );
  return { ...ledger, latch, days: latch === null ? days : withLatch(days, latch) };
}

/** DynamoDB has no name of its own for it: `ValidationException`, "Item size has exceeded the maximum allowed size". */
function isTooBig(error: unknown): boolean {
  return /item size.* exceeded/i.test(messageOf(error));
}
