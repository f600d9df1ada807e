import { readFileSync, statSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type { ParsedSettings } from "../../infra/settings/schema.ts";
import type { Problem } from "../../infra/settings/parse.ts";
import type { Plan } from "../../model/plan.ts";
import { rolesOf } from "../../infra/settings/slots.ts";
import { RULES } from "../../policies/rules/index.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { diffPlans, parsePlan, renderDiff } from "../report/diff.ts";
import { renderText } from "../report/text.ts";
import { pulumiConfig, readStackFile, settingsOf, stackFileOf, stackNameOf } from "../stack-file.ts";
import { makePlan } from "./make-plan.ts";

interface PlanOptions {
  readonly stack?: string;
  readonly config?: string;
  readonly json?: true;
  readonly html?: string;
  readonly diff?: string;
}

export function registerPlan(program: Command, finish: (exitCode: number) => void): void {
  program
    .command("plan")
    .description(
      "show everything `pulumi up` would make, its price and the policies' verdicts, without an account",
    )
    .option("-s, --stack <name>", "stack to plan (default: dev, or the name of the --config file)")
    .option("--config <file>", "plan any stack file", fileName)
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
  const path =
    options.config === undefined ? stackFileOf(options.stack ?? "dev") : fromCaller(options.config);
  if (options.html !== undefined) refuseToOverwrite(options.html, path, options.diff);
  const stackFile = readStackFile(path);
  const stack = options.stack === undefined ? stackFile.stack : stackNameOf(options.stack);
  settingsOf(stackFile, { stack, check: unpricedTypes });
  // Read before the work: a wrong file name should not cost a wait.
  const before = options.diff === undefined ? undefined : readPlan(options.diff);

  const { project, source } = stackFile;
  const result = await makePlan({ project, stack, source, ...pulumiConfig(stackFile) });
  if (options.html !== undefined) await writeHtml(result, options.html, path);
  print(result, before, options, path);
  return result.policies.some(({ level }) => level === "mandatory") ? EXIT.policyViolation : EXIT.ok;
}

function print(result: Plan, before: Plan | undefined, options: PlanOptions, stackFile: string): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return;
  }
  const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  const width = process.stdout.columns;
  const display = { color, width: width > 0 ? width : 100, stackFile, rules: RULES.length };
  process.stdout.write(
    before === undefined ? renderText(result, display) : renderDiff(diffPlans(before, result), display),
  );
  if (options.html !== undefined) process.stdout.write(`\nWritten: ${options.html}\n`);
}

function fileName(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("It must name a file.");
  return value;
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

async function writeHtml(result: Plan, file: string, stackFile: string): Promise<void> {
  const { renderHtml } = await import("../report/html.ts");
  const page = await renderHtml(result, { stackFile, rules: RULES.length });
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

/** A path as the user meant it, from the folder in which the command was typed; relative where it can be, for messages. */
function fromCaller(path: string): string {
  const absolute = resolve(process.env["GROUND_CALLER_DIRECTORY"] ?? process.cwd(), path);
  const below = relative(process.cwd(), absolute);
  return below.startsWith("..") ? absolute : below;
}

/** Instance types that the catalogue has no price for, each with its place in the settings. */
function* unpricedTypes({ region, orchestrator, cluster }: Partial<ParsedSettings>): Generator<Problem> {
  if (region === undefined) return;
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
