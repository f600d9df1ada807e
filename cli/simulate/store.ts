import type { DayRecord, Ledger } from "../../runtime/guard/ledger.ts";
import type { Requests } from "../../runtime/guard/observations.ts";
import type { EventQueue, LedgerStore, QueuedChange } from "../../runtime/guard/ports.ts";
import type { Calls } from "./calls.ts";

/** The guard's table. It also keeps, for the judge, when a latch was closed and opened. */
export class SimStore implements LedgerStore {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  read(): Promise<Ledger | undefined> {
    return this.#calls.make("read", () => this.#calls.backend.ledger);
  }

  write(ledger: Ledger, expected: number | undefined): Promise<boolean> {
    const { world, backend } = this.#calls;
    return this.#calls.make("write", () => {
      if (backend.ledger?.version !== expected) return false;
      const was = backend.ledger?.latch ?? null;
      if (was === null && ledger.latch !== null) backend.latches.push({ from: world.now, to: Infinity });
      const latch = backend.latches.at(-1);
      if (was !== null && ledger.latch === null && latch !== undefined) latch.to = world.now;
      backend.ledger = ledger;
      return true;
    });
  }

  archive(record: DayRecord): Promise<void> {
    return this.#calls.make("archive", () => {
      this.#calls.backend.archived.set(record.day, record);
    });
  }

  requests(): Promise<Requests> {
    const { world, backend } = this.#calls;
    return this.#calls.make("requests", () => ({
      leases: [...world.leases.values()],
      ...(backend.rearm === undefined ? {} : { rearm: backend.rearm }),
    }));
  }

  endLease(id: string, expiresAt: number): Promise<boolean> {
    const { leases } = this.#calls.world;
    return this.#calls.make("endLease", () => {
      const lease = leases.get(id);
      if (lease?.expiresAt !== expiresAt) return false;
      leases.set(id, { ...lease, state: "ending" });
      return true;
    });
  }

  removeLease(id: string): Promise<void> {
    return this.#calls.make("removeLease", () => {
      this.#calls.world.leases.delete(id);
    });
  }

  clearRearm(): Promise<void> {
    return this.#calls.make("clearRearm", () => {
      this.#calls.backend.rearm = undefined;
    });
  }
}

/** State changes that EventBridge has delivered; what is not settled comes again. */
export class SimQueue implements EventQueue {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  receive(): Promise<readonly QueuedChange[]> {
    const { world } = this.#calls;
    return this.#calls.make("receive", () => {
      const delivered: QueuedChange[] = [];
      for (const { from, change, receipt } of world.messages)
        if (from <= world.now) delivered.push({ ...change, receipt });
      return delivered;
    });
  }

  settle(receipts: readonly string[]): Promise<void> {
    const { messages } = this.#calls.world;
    return this.#calls.make("settle", () => {
      if (receipts.length === 0) return;
      const settled = new Set(receipts);
      const rest = messages.filter(({ receipt }) => !settled.has(receipt));
      messages.splice(0, messages.length, ...rest);
    });
  }
}
