import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { refuseSharedOwners } from "../../infra/settings/other-stacks.ts";
import type { ParsedSettings, StackSettings } from "../../infra/settings/schema.ts";
import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import type { Problem } from "../../infra/settings/parse.ts";
import type { Plan } from "../../model/plan.ts";
import { rolesOf } from "../../infra/settings/slots.ts";
import { RULES } from "../../policies/rules/index.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { diffPlans, parsePlan, renderDiff } from "../report/diff.ts";
import { renderText } from "../report/text.ts";
import { PROJECT } from "../stack-file.ts";
import {
  fileName,
  fromCaller,
  readStack,
  stackPath,
  withStackOptions,
  type StackOptions,
} from "../stack-options.ts";
import { planOf } from "./plan-of.ts";

interface PlanOptions extends StackOptions {
  readonly json?: true;
  readonly html?: string;
  readonly diff?: string;
}

export function registerPlan(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("plan")
    .description(
      "show everything `pulumi up` would make, its price and the policies' verdicts, without an account",
    );
  withStackOptions(command, "plan")
    .option("--json", "print one JSON document and nothing else")
    .option("--html <file>", "write the plan as one self-contained page", fileName)
    .option("--diff <file>", "compare with an earlier --json", fileName)
    .addHelpText(
      "after",
      "\nExit codes: 0 fine, 2 bad configuration, 5 a mandatory policy said no, 6 unknown stack.",
    )
    .action(async (options: PlanOptions) => {
      finish(await plan(options));
    });
}

async function plan(options: PlanOptions): Promise<number> {
  if (options.html !== undefined) refuseToOverwrite(options.html, stackPath(options), options.diff);
  const stack = readStack(options, unpricedTypes);
  const { path, settings } = stack;
  refuseSharedOwners(settings, { directory: dirname(path), file: basename(path), project: PROJECT });
  // Read before the work: a wrong file name should not cost a wait.
  const before = options.diff === undefined ? undefined : readPlan(options.diff);

  const result = await planOf(stack);
  if (options.html !== undefined) await writeHtml(result, options.html, path, schedulesOf(settings));
  print(result, before, options, path, schedulesOf(settings));
  return result.policies.some(({ level }) => level === "mandatory") ? EXIT.policyViolation : EXIT.ok;
}

function schedulesOf(settings: StackSettings): readonly ScheduleSettings[] {
  return settings.hosts ? (settings.cluster?.schedules ?? []) : [];
}

function print(
  result: Plan,
  before: Plan | undefined,
  options: PlanOptions,
  stackFile: string,
  schedules: readonly ScheduleSettings[],
): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return;
  }
  const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  const width = process.stdout.columns;
  const display = { color, width: width > 0 ? width : 100, stackFile, rules: RULES.length, schedules };
  process.stdout.write(
    before === undefined ? renderText(result, display) : renderDiff(diffPlans(before, result), display),
  );
  if (options.html !== undefined) process.stdout.write(`\nWritten: ${options.html}\n`);
}

/** Refuses a page in place of a file that the plan is made from: nobody means to lose a stack file. */
function refuseToOverwrite(html: string, stackFile: string, diff: string | undefined): void {
  const inputs = [
    [stackFile, "the stack file"] as const,
    ...(diff === undefined ? [] : [[fromCaller(diff), "the plan of --diff"] as const]),
  ];
  const lost = inputs.find(([path]) => isSameFile(path, fromCaller(html)));
  if (lost === undefined) return;
  const message = `${html}: is ${lost[1]} itself, which the page would overwrite; give --html another name`;
  throw new GroundError(message, EXIT.badConfiguration);
}

/** By device and inode as well: links give one file several names. */
function isSameFile(first: string, second: string): boolean {
  if (resolve(first) === resolve(second)) return true;
  const [one, other] = [first, second].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

async function writeHtml(
  result: Plan,
  file: string,
  stackFile: string,
  schedules: readonly ScheduleSettings[],
): Promise<void> {
  const { renderHtml } = await import("../report/html.ts");
  const page = await renderHtml(result, { stackFile, rules: RULES.length, schedules });
  try {
    writeFileSync(fromCaller(file), page);
  } catch (error) {
    throw new GroundError(
      `${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.badConfiguration,
    );
  }
}

function readPlan(file: string): Plan {
  try {
    return parsePlan(readFileSync(fromCaller(file), "utf8"), file);
  } catch (error) {
    if (error instanceof GroundError) throw error;
    throw new GroundError(
      `${file}: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.badConfiguration,
    );
  }
}

/** Instance types that the catalogue has no price for, each with its place in the settings. */
function* unpricedTypes({
  hosts,
  region,
  orchestrator,
  cluster,
}: Partial<ParsedSettings>): Generator<Problem> {
  if (hosts === false || region === undefined) return;
  const catalogue = loadCatalogue();
  const roles = cluster === undefined ? [] : rolesOf(cluster).filter(({ count }) => count > 0);
  const named = [
    ...(orchestrator === undefined
      ? []
      : [["orchestrator.instanceType", orchestrator.instanceType] as const]),
    ...roles.flatMap(({ role, instanceTypes }) =>
      instanceTypes.map((type) => [`cluster (${role})`, type] as const),
    ),
  ];
  for (const [path, type] of named) {
    if (catalogue.isPriced(region, type)) continue;
    yield {
      path,
      value: JSON.stringify(type),
      message: `has no on-demand price in ${region}; choose a priced type, or run: ground prices refresh --region ${region} --type ${type}`,
    };
  }
}
