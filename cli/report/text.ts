import Table from "cli-table3";
import { Decimal } from "decimal.js";
import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import type { Plan, PlannedResource } from "../../model/plan.ts";
import { lossSentence } from "./greatest-loss.ts";
import { percentOf, share, signedUsd, usd, usdAtMost, usdPerHour } from "./money.ts";
import { painter, type Paint } from "./paint.ts";
import { printable, wrap } from "./printable.ts";
import { NO_BORDERS, trimmed } from "./table.ts";
import { governed } from "./text-governed.ts";
import { schedulesText } from "./text-schedules.ts";
import { countVerdicts, gravestFirst, VERDICT_WORDS } from "./verdicts.ts";
import {
  costsNothing,
  providersAsked,
  hoursAreOnlyPlanned,
  isComponent,
  isCreated,
  isRepository,
  labelOf,
  machineOf,
  partsOf,
  unasked,
  type Part,
} from "./tree.ts";

export interface TextOptions {
  /** ANSI colours; the caller honours NO_COLOR and whether the output is a terminal. */
  readonly color: boolean;
  /** Columns of the terminal; 70 at least. */
  readonly width: number;
  /** The stack file planned, as the user would write it. */
  readonly stackFile: string;
  /** Number of policies that judged the plan. */
  readonly rules: number;
  /** As the settings have them: the plan holds only their actions, slot by slot. */
  readonly schedules: readonly ScheduleSettings[];
}

/** Cells of a bar by columns of the terminal: none where it would break the line. */
function barCells(width: number): number {
  return width >= 90 ? 20 : width >= 80 ? 10 : 0;
}

/** The plan for a terminal: parts with their price, the money against the budget, verdicts, what to do next. */
export function renderText(plan: Plan, options: TextOptions): string {
  const paint = painter(options.color);
  const width = Math.max(70, options.width);
  const sections = [
    header(plan, options, width, paint),
    partsTable(plan, width, paint),
    governed(plan, width, paint),
    money(plan, width, paint),
    schedulesText(options.schedules, width, paint),
    notes(plan, width, paint),
    verdicts(plan, options, width, paint),
    next(plan, options, width, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function header(plan: Plan, { stackFile }: TextOptions, width: number, paint: Paint): string[] {
  const { project, stack, resources, cost } = plan;
  const created = resources.filter(isCreated).length;
  const components = resources.filter(isComponent).length;
  return [
    `${paint.bold(printable(project))} / ${paint.bold(printable(stack))}  ${paint.dim("offline plan")}`,
    ...wrap(
      costsNothing(plan)
        ? printable(stackFile)
        : `${printable(stackFile)} · region ${printable(cost.region)} · prices as of ${printable(cost.pricesAsOf)}`,
      width,
    ),
    `${String(created)} resources in ${String(components)} components`,
  ];
}

function partsTable(plan: Plan, width: number, paint: Paint): string[] {
  const root = partsOf(plan);
  const rows = rowsOf(root, "");
  // Repositories are told one by one below; where there is nothing else, a table of counts would only repeat them.
  if (rows.length > 0 && rows.every(({ part }) => part.components.some(isRepository))) return [];
  const priced = !costsNothing(plan);
  const numbers = priced ? [11, 12, 12] : [11];
  const name = Math.min(
    Math.max(24, ...rows.map((row) => row.name.length + 2)),
    width - numbers.reduce((total, column) => total + column, 0),
  );
  const table = new Table({
    head: ["part", "resources", ...(priced ? ["$/day", "at worst"] : [])].map((title) => paint.dim(title)),
    colWidths: [name, ...numbers],
    colAligns: ["left", ...numbers.map(() => "right" as const)],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: NO_BORDERS,
  });
  const quiet = (amount: Decimal): string => (amount.isZero() ? paint.dim("–") : usd(amount));
  for (const { name: title, part } of rows) {
    const prices = priced ? [quiet(part.usdPerDay), quiet(part.worstCaseUsdPerDay)] : [];
    table.push([title, String(part.resourceCount), ...prices]);
  }
  const totals = priced ? [usd(root.usdPerDay), usdAtMost(root.worstCaseUsdPerDay)] : [];
  table.push(["total", String(root.resourceCount), ...totals].map(paint.bold));
  return trimmed(table.toString());
}

interface Row {
  readonly name: string;
  readonly part: Part;
}

function rowsOf(part: Part, indent: string): Row[] {
  return part.parts.flatMap((inner, index) => {
    const last = index === part.parts.length - 1;
    const machine = machineOf(inner) || allowanceOf(inner);
    const title = printable(`${labelOf(inner)}${machine === "" ? "" : `  ${machine}`}`);
    return [
      { name: `${indent}${last ? "└─" : "├─"} ${title}`, part: inner },
      ...rowsOf(inner, `${indent}${last ? "   " : "│  "}`),
    ];
  });
}

/** What is set aside rather than bought, which may be the largest part of a day. */
function allowanceOf({ lines }: Part): string {
  return lines.find(({ basis }) => basis === "allowance")?.item ?? "";
}

function money(plan: Plan, width: number, paint: Paint): string[] {
  if (costsNothing(plan)) return [paint.bold("Nothing in this plan costs money.")];
  const { cost } = plan;
  const { cheapestZone, dearestZone } = cost.usdPerDayRange;
  const { budgetUsdPerDay: budget, worstCaseCeilingUsdPerDay: ceiling } = cost;
  const ranged =
    cheapestZone === dearestZone
      ? ""
      : `by zone, ${usd(cheapestZone)} (cheapest) to ${usd(dearestZone)} (dearest)`;
  const lines = [
    paint.bold("A day in US dollars, before tax"),
    figure("at the schedule", cost.usdPerDay, budget, "budget", width, paint),
    ...(ranged === ""
      ? []
      : [paint.dim(`${" ".repeat(Math.max(2, Math.min(20, width - ranged.length)))}${ranged}`)]),
    figure("all day", cost.allDayUsdPerDay, budget, "budget", width, { ...paint, red: paint.yellow }),
    figure("worst case", cost.worstCaseUsdPerDay, ceiling, "ceiling", width, paint, usdAtMost),
  ];
  const rates = `${usdPerHour(cost.usdPerHour)} while everything runs; about ${usd(cost.usdPerMonth)} a month; the cluster alone, on demand, ${usdPerHour(cost.clusterOnDemandUsdPerHour)}. At worst every slot runs 24 hours on demand.`;
  const unenforced = hoursAreOnlyPlanned(plan)
    ? wrap(NO_SCHEDULE, width - 2).map((line) => paint.yellow(`  ${line}`))
    : [];
  const loss = lossSentence(cost);
  return [
    ...lines,
    ...unenforced,
    ...[rates, ...(loss === undefined ? [] : [loss])].flatMap((text) =>
      wrap(text, width - 2).map((line) => `  ${line}`),
    ),
  ];
}

const NO_SCHEDULE =
  "No schedule starts or stops the slots: the first figure counts the hours a day that the settings plan, and nothing enforces them.";

function figure(
  label: string,
  amount: number,
  limit: number | null,
  limitName: string,
  width: number,
  paint: Paint,
  shown: (amount: number) => string = usd,
): string {
  const start = `  ${label.padEnd(15)} ${shown(amount).padStart(9)}`;
  if (limit === null) return `${start}  ${paint.yellow(`no ${limitName}`)}`;
  const cells = barCells(width);
  const over = new Decimal(amount).gt(limit);
  const color = over ? paint.red : paint.green;
  const filled = Math.max(amount > 0 ? Math.min(1, cells) : 0, Math.round(share(amount, limit) * cells));
  const bar = `${"█".repeat(filled)}${"░".repeat(Math.max(0, cells - filled))}`;
  const excess = over ? `  ${signedUsd(new Decimal(amount).minus(limit))} over` : "";
  return `${start}  ${cells > 0 ? `${color(bar)} ` : ""}${percentOf(amount, limit).padStart(6)} of ${usd(limit)} ${limitName}${paint.red(excess)}`;
}

function notes(plan: Plan, width: number, paint: Paint): string[] {
  const { cost } = plan;
  if (cost.notes.length === 0 || costsNothing(plan)) return [];
  return [paint.bold("About the prices"), ...cost.notes.flatMap((note) => bullet(printable(note), width))];
}

function bullet(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, index) => `  ${index === 0 ? "·" : " "} ${line}`);
}

function verdicts(
  { policies, resources }: Plan,
  { rules }: TextOptions,
  width: number,
  paint: Paint,
): string[] {
  if (policies.length === 0)
    return [`${paint.bold("Policies")}: ${paint.green(`all ${String(rules)} rules passed`)}`];
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const tones = { bad: paint.red, warn: paint.yellow, good: paint.green };
  return [
    `${paint.bold("Policies")}: ${countVerdicts(policies)}`,
    ...gravestFirst(policies).flatMap(({ name, level, urn, message }) => {
      const { word, tone } = VERDICT_WORDS[level];
      const badge = tones[tone](word.padEnd(7));
      return [
        `  ${badge}  ${printable(name)}  ${paint.dim(subject(urn, byUrn))}`,
        ...wrap(printable(message), width - 11).map((line) => `           ${line}`),
      ];
    }),
  ];
}

function subject(urn: string, byUrn: ReadonlyMap<string, PlannedResource>): string {
  const resource = byUrn.get(urn);
  if (resource === undefined || resource.type === "pulumi:pulumi:Stack")
    return resource === undefined && !urn.includes("pulumi:pulumi:Stack")
      ? printable(urn)
      : "the whole stack";
  return printable(`${resource.name} (${resource.type})`);
}

function next(plan: Plan, { stackFile }: TextOptions, width: number, paint: Paint): string[] {
  const { stack, policies, cost } = plan;
  const refused = policies.some(({ level }) => level === "mandatory");
  const standard = stackFile === `Pulumi.${stack}.yaml`;
  const which = standard
    ? stack === "dev"
      ? ""
      : ` --stack ${printable(stack)}`
    : ` --config ${printable(stackFile)}`;
  const commands = [
    ...(refused
      ? [
          [
            printable(stackFile),
            `settings to change before ${providersAsked(plan)} is asked: the policies refuse this plan`,
          ] as const,
        ]
      : [
          [`pulumi stack init ${printable(stack)}`, "once, before its first deployment"] as const,
          [
            `pulumi up -s ${printable(stack)}${standard ? "" : ` --config-file ${printable(stackFile)}`}`,
            "previews, asks, then builds it",
          ] as const,
        ]),
    [
      "npm run plan --" + which + " --html plan.html",
      "the same as a page, with every resource and its inputs",
    ],
    ["npx ground init", "writes a stack file of your own"],
  ] as const;
  const column = Math.max(...commands.map(([command]) => command.length)) + 2;
  const honest = `An offline plan: it shows what the program asks for, ${costsNothing(plan) ? "" : `its price on ${printable(cost.pricesAsOf)} `}and what the policies say. Nobody asked ${providersAsked(plan)}: ${unasked(plan)} show up at \`pulumi preview\` and \`up\`.`;
  return [
    paint.bold("What next"),
    ...commands.flatMap(([command, purpose]) =>
      column + purpose.length + 2 <= width
        ? [`  ${paint.cyan(command)}${" ".repeat(column - command.length)}${purpose}`]
        : [`  ${paint.cyan(command)}`, ...wrap(purpose, width - 6).map((line) => `      ${line}`)],
    ),
    "",
    ...wrap(honest, width).map(paint.dim),
  ];
}
