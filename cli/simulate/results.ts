import type { Happening } from "./scenario.ts";
import type { Distribution, Summary } from "./summary.ts";
import type { TwentyNodes } from "./twenty-nodes.ts";

/** What terminal and page say alike of the results. */

/** What held, in figures. */
export function heldRows(summary: Summary): readonly (readonly [count: number, what: string])[] {
  const { instances, daysOver, usdBeyond } = summary.leftToPerson;
  return [
    [summary.beyondBound, "days beyond their bound; what is left to a person is in the bound"],
    [summary.persistentStopped, "persistent hosts stopped"],
    [summary.runningAfterLatch, "instances that the guard may stop ran on after a latch"],
    [
      instances,
      `instances left to a person ran on after a latch: ${usd(usdBeyond)} beyond the line on ${plain(daysOver)} ${daysOver === 1 ? "day" : "days"}`,
    ],
    [summary.failures.length, "days on which anything did not hold, the ledger below the bill included"],
    [summary.stops, `stops at the line, ${plain(summary.earlyStops)} early for want of a price`],
    [summary.admitted, `launches through ground let in, ${plain(summary.refused)} refused`],
    [summary.deadManFired, "hosts that stopped themselves for want of a heartbeat"],
  ];
}

/** Who is left to a person. */
export const LEFT_TO_PERSON =
  "Left to a person: strays, what nothing ties to the stack, and tagged instances beyond the number of slots (FM-09).";

export const OVERSHOOT_HEAD = ["days beyond", "median", "99 %", "worst", "sum"] as const;

export interface OvershootRow {
  readonly name: string;
  /** True where it is a part of the row above. */
  readonly part: boolean;
  readonly of: Distribution;
}

/** Beyond the line under each watch. */
export function overshootRows(summary: Summary): readonly OvershootRow[] {
  const { days, ...undisturbed } = summary.guardUndisturbed;
  return [
    { name: "the guard", part: false, of: summary.guard },
    { name: "without the tagged instances it leaves to a person", part: true, of: summary.guardOwn },
    {
      name: `its ${plain(days)} healthy ${days === 1 ? "day" : "days"}, launches by ground only`,
      part: true,
      of: undisturbed,
    },
    { name: "a poll every 15 minutes", part: false, of: summary.poll },
    { name: "AWS Budgets, 12 h late", part: false, of: summary.budgets },
  ];
}

/** Why a poll's worst day may be better than the guard's. */
export const WHY_BEYOND =
  "Poll and Budgets are better here than they can be had: they see the true bill, never fail, and stop at once " +
  "whatever carries the stack's tags. The guard runs through all the faults, and leaves tagged instances beyond " +
  "the number of slots to a person. Strays, which nobody may stop, are left out under all three.";

export function twentyRows(nodes: TwentyNodes): readonly (readonly [string, number, number | undefined])[] {
  const used = (nodes.admittedUsed * 100).toFixed(0);
  return [
    [
      `launched by ground or a schedule (up to ${used} % of the line used)`,
      nodes.admitted,
      nodes.admittedBound,
    ],
    [
      "behind the guard's back, the line used up: burn × (interval + time to act)",
      nodes.behind,
      nodes.behindBound,
    ],
    ["the same with a poll every 15 minutes", nodes.poll, undefined],
    ["the same with AWS Budgets, 12 h late", nodes.budgets, undefined],
  ];
}

const HAPPENINGS: Readonly<Record<Happening["does"], string>> = {
  start: "starts through ground",
  extend: "extensions of leases",
  launch: "launches behind the guard's back",
  interrupt: "spot interruptions",
  spike: "price spikes",
  feed: "broken price feeds",
  refuse: "kinds of call refused",
  hang: "calls that never answered",
  die: "runs of the guard that died",
  "lose-ticks": "losses of runs",
  "double-tick": "runs twice at once",
  outage: "outages of the guard",
  skew: "skewed clocks",
  notice: "notices of AWS Budgets, true or forged",
  rearm: "requests to re-arm",
  tokens: "bursts of model tokens",
  blind: "regions that could not be read",
  stubborn: "hosts that AWS would not end",
};

/** What happened in the runs, the most frequent first. */
export function happened({ happenings }: Summary): readonly { count: number; what: string }[] {
  const counts = Object.entries(HAPPENINGS).flatMap(([does, what]) => {
    const count = happenings[does] ?? 0;
    return count === 0 ? [] : [{ count, what }];
  });
  return counts.toSorted((a, b) => b.count - a.count);
}

export function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

/** `12,000`. */
export function plain(count: number): string {
  return count.toLocaleString("en-US");
}
