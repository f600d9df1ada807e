import type { DayRecord, Ledger } from "../../runtime/guard/ledger.ts";
import type { RateStep } from "./bill.ts";

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
  onHeartbeat: (at: number) => void = () => undefined;

  constructor(start: number) {
    this.lastHeartbeat = start;
  }

  /** Agents' spending, unless their right is taken away. */
  setTokenRate(at: number, usdPerHour: number): void {
    this.tokenUsdPerHour = usdPerHour;
    this.tokenRates.push({ at, usdPerHour: this.denied ? 0 : usdPerHour });
  }
}
