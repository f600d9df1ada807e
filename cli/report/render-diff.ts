import Table from "cli-table3";
import { Decimal } from "decimal.js";
import type { PlannedResource, PolicyViolation } from "../../model/plan.ts";
import type { ChangedResource, FigureChange, ItemChange, PlanDiff } from "./plan-diff.ts";
import { signedUsd, sum, usd, usdAtMost } from "./money.ts";
import { painter, type Paint } from "./paint.ts";
import type { PathChange } from "./paths.ts";
import { printable, wrap } from "./printable.ts";
import { NO_BORDERS, trimmed } from "./table.ts";
import { forgotten, isCreated } from "./tree.ts";
import { VERDICT_WORDS } from "./verdicts.ts";

export interface DiffOptions {
  readonly color: boolean;
  /** Columns of the terminal; 60 at least. */
  readonly width: number;
}

/** Changed properties shown of one resource, and lines shown of one list. */
const PATHS_SHOWN = 12;
const ITEMS_SHOWN = 20;

/** The difference for a terminal: what costs data or money first, then the rest, nothing left out silently. */
export function renderDiff(diff: PlanDiff, options: DiffOptions): string {
  const paint = painter(options.color);
  const width = Math.max(60, options.width);
  const sections = [
    heading(diff, width, paint),
    figures(diff, paint),
    items(diff, paint),
    onGitHub(diff, width, paint),
    verdicts(diff, width, paint),
    resources(diff, width, paint),
    outputs(diff, width, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function heading(
  { before, after, sameStack, created, deleted, changed, outputs, figures, policies }: PlanDiff,
  width: number,
  paint: Paint,
): string[] {
  const title = `${paint.bold(printable(`${after.project} / ${after.stack}`))}  ${paint.dim("against the earlier plan")}`;
  const other = sameStack
    ? []
    : wrap(
        `The earlier plan is of ${printable(before.project)} / ${printable(before.stack)}, another stack: resources of the same type and name are compared.`,
        width,
      ).map(paint.yellow);
  const count = (list: readonly PlannedResource[]): string => String(list.filter(isCreated).length);
  const nothing =
    created.length +
      deleted.length +
      changed.length +
      outputs.length +
      figures.length +
      policies.added.length +
      policies.resolved.length ===
    0;
  if (nothing) return [title, ...other, "No difference."];
  const kept = deleted.filter(({ retainOnDelete }) => retainOnDelete === true);
  const lost = deleted.filter(({ retainOnDelete }) => retainOnDelete !== true);
  const counts = [
    [paint.red, `${count(lost)} deleted`],
    ...(count(kept) === "0" ? [] : [[paint.yellow, `${count(kept)} forgotten`] as const]),
    [paint.yellow, `${count(changed.map((change) => change.after))} changed`],
    [paint.green, `${count(created)} created`],
  ] as const;
  return [title, ...other, `Resources: ${counts.map(([color, text]) => color(text)).join(", ")}`];
}

function figures({ figures: changes, before, after }: PlanDiff, paint: Paint): string[] {
  const dated =
    before.cost.pricesAsOf === after.cost.pricesAsOf
      ? []
      : [
          `  prices as of ${printable(before.cost.pricesAsOf)} → ${printable(after.cost.pricesAsOf)}: part of this may be the price list`,
        ];
  if (changes.length === 0)
    return dated.length === 0 ? [] : [`${paint.bold("Money")}: no difference`, ...dated];
  const table = makeTable(["left", "right", "left", "right", "right"]);
  for (const change of changes)
    table.push([
      `  ${change.name}`,
      amount(change.name, change.before),
      "→",
      amount(change.name, change.after),
      difference(change, paint),
    ]);
  return [paint.bold("Money, US dollars before tax"), ...trimmed(table.toString()), ...dated];
}

function amount(name: FigureChange["name"], value: number | null): string {
  if (value === null) return "none";
  return name === "worst case, a day" ? usdAtMost(value) : usd(value);
}

function difference({ name, before, after }: FigureChange, paint: Paint): string {
  if (before === null || after === null) return "";
  const delta = new Decimal(after).minus(before);
  const limit = name.startsWith("budget") || name.startsWith("worst-case ceiling");
  const color = limit ? (text: string) => text : delta.gt(0) ? paint.red : paint.green;
  return color(signedUsd(delta));
}

function items({ items: changes }: PlanDiff, paint: Paint): string[] {
  if (changes.length === 0) return [];
  const table = makeTable(["left", "left", "right", "left", "right", "right"]);
  const groups = alike(changes, ({ item, before, after }) => JSON.stringify([item, before, after]));
  groups.sort((a, b) => change(b).abs().cmp(change(a).abs()));
  for (const group of groups.slice(0, ITEMS_SHOWN)) {
    const [{ item, resource }] = group;
    const total = (field: "before" | "after"): Decimal =>
      sum(group.map((change: ItemChange) => change[field]));
    const names = group.length === 1 ? resource : `${resource} and ${String(group.length - 1)} alike`;
    table.push([
      `  ${printable(names)}`,
      printable(item),
      usd(total("before")),
      "→",
      usd(total("after")),
      signedUsd(total("after").minus(total("before"))),
    ]);
  }
  return [
    paint.bold("Priced items, a day"),
    ...trimmed(table.toString()),
    ...more(groups.length - ITEMS_SHOWN),
  ];
}

function change(group: readonly ItemChange[]): Decimal {
  return sum(group.map(({ before, after }) => after.minus(before)));
}

/** Values with the same key together, in the order of their first. */
function alike<T>(values: readonly T[], keyOf: (value: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

function verdicts({ policies: { added, resolved } }: PlanDiff, width: number, paint: Paint): string[] {
  if (added.length + resolved.length === 0) return [];
  const show = (
    sign: string,
    violations: readonly PolicyViolation[],
    color: (text: string) => string,
  ): string[] =>
    violations.flatMap(({ name, level, message }) => [
      `  ${color(`${sign} ${printable(name)}`)} (${VERDICT_WORDS[level].word})`,
      ...wrap(printable(message), width - 6).map((line) => `      ${line}`),
    ]);
  return [
    `${paint.bold("Policy verdicts")}: ${String(added.length)} new, ${String(resolved.length)} gone`,
    ...show("+", added, paint.red),
    ...show("-", resolved, paint.green),
  ];
}

function resources({ created, deleted, changed }: PlanDiff, width: number, paint: Paint): string[] {
  const named = (sign: string, color: (text: string) => string, list: readonly PlannedResource[]): string[] =>
    list.map(
      ({ name, type, protect, retainOnDelete }) =>
        `  ${color(`${sign} ${printable(name)}`)}  ${paint.dim(printable(type))}${sign === "-" ? paint.red(endOf(protect, retainOnDelete, type)) : ""}`,
    );
  const lines = [
    ...named("-", paint.red, deleted),
    // Slots of a role change in the same way: said once.
    ...alike(changed, ({ after, changes }: ChangedResource) => JSON.stringify([after.type, changes])).flatMap(
      (group) => [
        ...named(
          "~",
          paint.yellow,
          group.map(({ after }) => after),
        ),
        ...group[0].changes.slice(0, PATHS_SHOWN).map((change) => `      ${pathLine(change, width - 6)}`),
        ...more(group[0].changes.length - PATHS_SHOWN, "      "),
      ],
    ),
    ...named("+", paint.green, created),
  ];
  if (lines.length === 0) return [];
  const replace =
    changed.length > 0
      ? wrap("Whether a change is made in place or by replacement, `pulumi preview` tells.", width).map(
          paint.dim,
        )
      : [];
  return [paint.bold("Resources"), ...lines, ...replace];
}

/** What becomes of a resource that the program gave up, where it is not simply deleted. */
function endOf(protect: boolean, retainOnDelete: true | undefined, type: string): string {
  if (retainOnDelete === true) return `  ${forgotten(type)}`;
  return protect ? "  protected" : "";
}

function onGitHub({ governed }: PlanDiff, width: number, paint: Paint): string[] {
  if (governed.length === 0) return [];
  return [
    paint.bold("On GitHub"),
    ...governed.flatMap(({ repository, topic, words, weakens }) => {
      const [first = "", ...rest] = wrap(printable(`${repository} ${topic}: ${words}`), width - 4);
      const color = weakens ? paint.red : (text: string): string => text;
      return [`  ${color(`${weakens ? "!" : " "} ${first}`)}`, ...rest.map((line) => `    ${color(line)}`)];
    }),
  ];
}

function outputs({ outputs: changes }: PlanDiff, width: number, paint: Paint): string[] {
  if (changes.length === 0) return [];
  return [
    paint.bold("Outputs of the stack"),
    ...changes.slice(0, ITEMS_SHOWN).map((change) => `  ${pathLine(change, width - 2)}`),
    ...more(changes.length - ITEMS_SHOWN),
  ];
}

function pathLine({ path, before, after }: PathChange, width: number): string {
  const room = Math.max(16, Math.floor((width - path.length - 5) / 2));
  const [left, right] = [shown(before), shown(after)];
  const from = firstShown(left, right, room);
  return `${printable(path)}: ${short(left, from, room)} → ${short(right, from, room)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "(none)" : printable(JSON.stringify(value));
}

/** Characters kept before the first difference of two texts that would be cut ahead of it. */
const CONTEXT = 8;

/** Where to begin, so that two texts are not cut to the same one. */
function firstShown(left: string, right: string, room: number): number {
  if (left.slice(0, room - 1) !== right.slice(0, room - 1)) return 0;
  let same = 0;
  while (same < left.length && left[same] === right[same]) same += 1;
  return Math.max(0, same - CONTEXT);
}

function short(text: string, from: number, room: number): string {
  const rest = from === 0 ? text : `…${text.slice(from)}`;
  return rest.length > room ? `${rest.slice(0, room - 1)}…` : rest;
}

function more(rest: number, indent = "  "): string[] {
  return rest > 0 ? [`${indent}and ${String(rest)} more`] : [];
}

function makeTable(aligns: ("left" | "right")[]): Table.Table {
  return new Table({
    colAligns: aligns,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: NO_BORDERS,
  });
}
