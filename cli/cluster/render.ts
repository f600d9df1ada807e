import Table from "cli-table3";
import { NO_BORDERS, trimmed } from "../report/table.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { dollars, dollarsAtMost, type NanoUsd } from "../../runtime/guard/money.ts";
import type { Lease, ObservedInstance } from "../../runtime/guard/observations.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import { shownDuration } from "./duration.ts";
import { leaseLine } from "./leases.ts";
import type { LaunchPrice } from "./price.ts";
import { SLOT_STATES, type SlotView } from "./slot-state.ts";
import type { ClusterStatus, StatusRow } from "./status.ts";
import type { StopResult } from "./stop.ts";

/** Room that the columns before the last one take, and the least that is left for that. */
const COLUMNS_BEFORE = 74;
const LEAST_DETAIL = 26;

/**
 * The slots as a table: one row each, and a last line that counts. What there is to say of a slot stands beside it,
 * or, where the terminal is too narrow, below the table: a terminal would break every row.
 */
export function slotTable(rows: readonly StatusRow[], now: number, width = 100): string {
  const room = width - COLUMNS_BEFORE;
  const beside = room >= LEAST_DETAIL;
  // A start is priced before it; its hosts have no prices of their own.
  const priced = rows.some(({ perHour }) => perHour !== undefined);
  const columns: readonly Column[] = [
    ["slot", "left", ({ slot }) => slot],
    ["state", "left", ({ state }) => state],
    ["type", "left", ({ host }) => host?.type ?? "–"],
    ["zone", "left", ({ host }) => host?.zone ?? "–"],
    ["market", "left", ({ host }) => host?.market ?? "–"],
    ...(priced ? [["$/h", "right", priceCell] satisfies Column] : []),
    ["age", "right", ({ host }) => (host === undefined ? "–" : ageOf(host, now))],
    ...(beside ? [["", "left", ({ detail }) => detail] satisfies Column] : []),
  ];
  const table = new Table({
    head: columns.map(([title]) => title),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: NO_BORDERS,
    wordWrap: true,
    colWidths: columns.map(([title]) => (title === "" ? room : null)),
    colAligns: columns.map(([, align]) => align),
  });
  for (const row of rows) table.push(columns.map(([, , cell]) => cell(row)));
  const below = beside ? [] : rows.flatMap(detailBelow);
  return [...trimmed(table.toString()), ...below, "", countLine(rows)].join("\n");
}

type Column = readonly [title: string, align: "left" | "right", cell: (row: StatusRow) => string];

function priceCell({ perHour }: StatusRow): string {
  return perHour === undefined ? "–" : dollars(perHour);
}

function ageOf({ launchedAt }: ObservedInstance, now: number): string {
  return shownDuration(Math.max(0, now - launchedAt));
}

function detailBelow({ slot, detail }: StatusRow): string[] {
  return detail === "" ? [] : [`  · ${slot}: ${detail}`];
}

/** `9 slots: 7 ready, 1 booting, 1 no host`. */
export function countLine(rows: readonly Pick<SlotView, "state">[]): string {
  const counts = SLOT_STATES.flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length;
    return count === 0 ? [] : [`${String(count)} ${state}`];
  });
  return `${String(rows.length)} ${rows.length === 1 ? "slot" : "slots"}: ${counts.join(", ")}`;
}

export function renderStatus(status: ClusterStatus, width: number): string {
  const { environment, now, rows, leases, scheduled, latch, held, rearm, money } = status;
  return [
    `proving-ground / ${environment}  ${clockTime(now)}`,
    ...(latch === null
      ? []
      : [
          "",
          `LATCHED since ${clockTime(latch.since)}: ${latch.reason}. Nothing starts until the ${rearm === "next-day" ? "next UTC day, or " : ""}word of \`ground guard rearm\`.`,
        ]),
    "",
    `${slotTable(rows, now, width)}; together ${dollars(money.perHour)}/h`,
    ...suspendedByOthers(status),
    "",
    ...(leases.length === 0 ? ["No leases."] : leases.map((lease) => leaseWithRest(lease, now))),
    ...scheduled.map(
      ({ id, slots, expiresAt }) =>
        `S${id.slice(1)} keeps up until ${clockTime(expiresAt)}: ${slots.join(", ")}`,
    ),
    ...(held.length === 0
      ? []
      : [`Scheduled starts held back, since today's money does not suffice: ${held.join(", ")}.`]),
    moneyLine(status),
    "",
  ].join("\n");
}

/** A slot looks latched where its group may not launch; whose word that is, only the guard's own latch tells. */
function suspendedByOthers({ rows, latch }: ClusterStatus): string[] {
  const suspended = rows.filter(({ state }) => state === "latched" || state === "blocked");
  if (latch !== null || suspended.length === 0) return [];
  const slots = suspended.map(({ slot }) => slot).join(", ");
  return [
    `Launch is suspended, and not by the guard, which is not latched: ${slots}. Find who did it, and resume it.`,
  ];
}

function leaseWithRest(lease: Lease, now: number): string {
  const left = lease.expiresAt - now;
  const rest = lease.state === "ending" ? "" : left > 0 ? `, ${shownDuration(left)} left` : ", over";
  return `Lease ${leaseLine(lease)}${rest}: ${lease.slots.join(", ")}`;
}

function moneyLine({ money, now }: ClusterStatus): string {
  const { line, spent, meteredUntil, isOld } = money;
  if (spent === undefined || meteredUntil === undefined)
    return "The guard has not metered yet: nothing can start.";
  const age = shownDuration(Math.max(0, now - meteredUntil));
  const old = isOld
    ? " That is too old: starts and extensions are refused, and leases do not end, until the guard runs again. Look with `ground guard status`."
    : "";
  return `Today ${dollars(spent)} of ${dollars(line)}, metered ${age} ago.${old}`;
}

/**
 * What it will cost, in the words that come before a start or an extension.
 *
 * @param counted what a day's sum holds beside the length: an extension's has all that is left of its lease
 */
export function priceLines(
  { perHour, ceilingPerHour, total, ceilingTotal, notes }: LaunchPrice,
  { days }: Pick<Admission, "days">,
  length: number,
  slots: number,
  counted = "the guard's time to stop it included",
): string {
  // Where no spot price is known, what is counted is on demand already.
  const spot = perHour >= ceilingPerHour ? "" : `${dollars(perHour)}/h at today's spot prices, `;
  return [
    `${String(slots)} ${slots === 1 ? "slot" : "slots"} for ${shownDuration(length)}: ${range(total, ceilingTotal)} (${spot}${dollarsAtMost(ceilingPerHour)}/h at most, on demand)`,
    ...days.map(
      ({ day, cost, left }, index) =>
        `${index === 0 ? "today" : day}: at most ${dollarsAtMost(cost)} of the ${dollars(left)} that are left${index === 0 ? `, ${counted}` : ""}`,
    ),
    ...notes.map((note) => `  · ${note}`),
  ].join("\n");
}

function range(total: NanoUsd, ceiling: NanoUsd): string {
  return total >= ceiling ? dollars(total) : `${dollars(total)}, at most ${dollarsAtMost(ceiling)}`;
}

export function renderStop({ outcome, plan, up, wound }: StopResult): string {
  const kept = plan.keep.map(({ slot, lease }) => `  ${slot}: kept, lease ${leaseLine(lease)}`);
  const advice = kept.length === 0 ? [] : ["  --all stops these too."];
  const named = up.length === 0 ? "no slot is up" : up.join(", ");
  const leases = plan.end.map((lease) => `  ends lease ${leaseLine({ ...lease, state: "active" })}`);
  const ended = plan.end.map(({ id, owner }) => `  lease ${id} of ${owner} is ended`);
  switch (outcome) {
    case "nothing to stop":
      return [
        kept.length === 0 ? "Nothing to stop: all slots are at rest." : "Nothing of yours to stop.",
        ...kept,
        ...advice,
        "",
      ].join("\n");
    case "would stop":
      return [`Would stop: ${named}`, ...leases, ...kept, ...advice, "Nothing was changed.", ""].join("\n");
    case "stopped":
      return [
        up.length === 0 ? "Stopped: no slot was up." : `Stopped: ${named}. Their hosts are gone.`,
        ...ended,
        ...kept,
        ...advice,
        "",
      ].join("\n");
    default:
      return [
        outcome === "failed"
          ? "Not everything could be stopped:"
          : outcome === "interrupted"
            ? "Interrupted. The groups are at 0 and go on ending their hosts:"
            : "The time limit passed. The groups are at 0, and these still have a host:",
        ...(wound?.failures ?? []).map((failure) => `  · ${failure}`),
        ...(wound?.remaining ?? []).map((slot) => `  ${slot}`),
        ...(plan.end.length === 0
          ? ["The same command goes on."]
          : ["Their leases are marked as ending: the guard does the rest, and so does the same command."]),
        "",
      ].join("\n");
  }
}
