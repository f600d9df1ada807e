import Table from "cli-table3";
import { printable } from "../report/printable.ts";
import type { Outcome } from "./cleanup.ts";

const TITLES: Readonly<Record<Outcome["result"], string>> = {
  deleted: "deleted",
  "would-delete": "would be deleted",
  marked: "noted",
  "would-mark": "would be noted",
  kept: "kept",
  gone: "already gone",
  failed: "FAILED",
};

/** The outcomes as a table with what each costs a month, and what to do next. */
export function renderCleanup(
  outcomes: readonly Outcome[],
  { environment, yes }: { environment: string; yes: boolean },
): string {
  if (outcomes.length === 0)
    return `Nothing of ${environment} is left over: no unattached volume, address or interface.\n`;
  const table = new Table({
    head: ["", "id", "name", "", "$/month", "why"],
    style: { head: [], border: [], compact: true },
  });
  for (const { kind, id, name, about, result, detail, usdPerMonth } of outcomes)
    table.push([
      TITLES[result],
      id,
      printable(name),
      printable(`${kind} ${about}`.trim()),
      usdPerMonth === null ? "unknown" : usdPerMonth.toFixed(2),
      printable(detail),
    ]);
  return `${table.toString()}\n\n${summary(outcomes, yes)}\n`;
}

function summary(outcomes: readonly Outcome[], yes: boolean): string {
  const counts = (Object.keys(TITLES) as Outcome["result"][]).flatMap((result) => {
    const count = outcomes.filter((outcome) => outcome.result === result).length;
    return count === 0 ? [] : [`${String(count)} ${TITLES[result]}`];
  });
  const done = outcomes.filter(({ result }) => result === "deleted" || result === "would-delete");
  const known = done.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);
  const unknown = done.filter(({ usdPerMonth }) => usdPerMonth === null).length;
  const money =
    done.length === 0
      ? ""
      : `; $${known.toFixed(2)} a month${unknown === 0 ? "" : ` and ${String(unknown)} of unknown price`}`;
  const next =
    !yes && outcomes.some(({ result }) => result.startsWith("would-"))
      ? "\nNothing was changed. To do it: the same with --yes."
      : "";
  return `${counts.join(", ")}${money}.${next}`;
}
