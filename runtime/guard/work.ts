import type { Decision } from "./decide.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import type { Metered } from "./meter.ts";
import type { Look } from "./observe.ts";
import type { Requests } from "./observations.ts";

/** What one tick carries out: all that it saw, metered and decided. */
export interface Work {
  readonly seen: Look;
  readonly metered: Metered;
  readonly decision: Decision;
  readonly requests: Requests;
  readonly writer: LedgerWriter;
  /** When the run must leave what is left to the next one: it is killed soon after. */
  readonly deadline: number;
}
