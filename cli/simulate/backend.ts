import type { DayRecord, Ledger } from "../../runtime/guard/ledger.ts";
import type { RateStep } from "./bill.ts";

/** Something done in a run; `of`: the slots, instances or regions that it was done to. */
export interface Note {
  readonly at: number;
  readonly who: "guard" | "ground" | "host";
  readonly does: string;
  readonly of: readonly string[];
}

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
  /** For people who want to see a run again. */
  readonly diary: Note[] = [];
  /** Of the last run of the guard that came to one. */
  verdict: string | undefined;
  onHeartbeat: (at: number) => void = () => undefined;

  constructor(start: number) {
    this.lastHeartbeat = start;
  }

  note(at: number, who: Note["who"], does: string, of: readonly string[] = []): void {
    this.diary.push({ at, who, does, of });
  }

  /** Agents' spending, unless their right is taken away. */
  setTokenRate(at: number, usdPerHour: number): void {
    this.tokenUsdPerHour = usdPerHour;
    this.tokenRates.push({ at, usdPerHour: this.denied ? 0 : usdPerHour });
  }
}
