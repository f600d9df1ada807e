import type { Command } from "commander";
import packageFile from "../../package.json" with { type: "json" };
import { checklistJson, renderChecklist, type CheckLine } from "../checklist.ts";
import { gitHub, tokenOf } from "../github-client.ts";
import { readStack, withStackOptions, type StackOptions } from "../stack-options.ts";
import type { Check } from "./check.ts";
import type { Diagnosis, Surroundings } from "./doctor.ts";

interface DoctorOptions extends StackOptions {
  readonly json?: true;
  readonly fix?: true;
}

export function registerDoctor(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("doctor")
    .description("look at all that a first deployment builds on: this machine, the AWS account, GitHub");
  withStackOptions(command, "look at")
    .option("--json", "print one JSON document and nothing else")
    .option("--fix", "do what is safe: switch cost-allocation tags on; for the rest the command is printed")
    .addHelpText(
      "after",
      "\nExit codes: 0 fine, 2 bad configuration, 3 no credentials for anything, 4 a line failed or is unknown, 6 unknown stack.\nRights it needs: docs/rights.md. It reads no secret's value.",
    )
    .action(async (options: DoctorOptions) => {
      finish(await doctor(options));
    });
}

async function doctor(options: DoctorOptions): Promise<number> {
  const stack = readStack(options);
  const { checksOf, diagnose } = await import("./doctor.ts");
  const checks = checksOf(
    { ...stack, config: stack.file.config },
    await surroundings(),
    options.fix === true,
  );
  const showProgress = options.json !== true && process.stdout.isTTY;
  const { lines, exitCode } = showProgress ? await withProgress(checks, diagnose) : await diagnose(checks);
  process.stdout.write(options.json === true ? checklistJson(lines) : renderChecklist(lines, width()));
  return exitCode;
}

function width(): number {
  return process.stdout.columns > 0 ? process.stdout.columns : 100;
}

async function surroundings(): Promise<Surroundings> {
  const { runProgram } = await import("./run-program.ts");
  const token = tokenOf(process.env);
  return {
    nodeVersion: process.versions.node,
    nodeRange: packageFile.engines.node,
    run: runProgram,
    aws: {},
    gitHub: token === undefined ? undefined : gitHub(token, process.env["GITHUB_API_URL"]),
    now: Date.now,
  };
}

type Diagnose = (checks: readonly Check[], onLine: (line: CheckLine) => void) => Promise<Diagnosis>;

/** One line of progress while the answers come in, gone when they are there. */
async function withProgress(checks: readonly Check[], diagnose: Diagnose): Promise<Diagnosis> {
  const { Listr } = await import("listr2");
  let diagnosis: Diagnosis | undefined;
  const task = {
    title: `0 of ${String(checks.length)} looked at`,
    task: async (_: unknown, wrapper: { title: string | undefined }) => {
      let done = 0;
      diagnosis = await diagnose(checks, ({ title }) => {
        done += 1;
        wrapper.title = `${String(done)} of ${String(checks.length)} looked at: ${title}`;
      });
    },
  };
  await new Listr([task], { rendererOptions: { clearOutput: true } }).run();
  if (diagnosis === undefined) throw new Error("the checks ended without a diagnosis");
  return diagnosis;
}
