import { InvalidArgumentError, type Command } from "commander";
import { checklistJson, renderChecklist } from "../checklist.ts";
import { versionProblem } from "../deploy/version.ts";
import { gitHub, tokenOf } from "../github-client.ts";
import { planOf } from "../plan/plan-of.ts";
import { readStack, withStackOptions, type StackOptions } from "../stack-options.ts";

interface VerifyOptions extends StackOptions {
  readonly version?: string;
  readonly bucket?: string;
  readonly deep?: true;
  readonly json?: true;
}

export function registerVerify(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("verify")
    .description(
      "compare what runs with what the stack says: artifacts, budgets, slots, names, roles, GitHub",
    );
  withStackOptions(command, "verify")
    .option("--version <version>", "artifacts of this version (default: the one deployed last)", version)
    .option("--bucket <name>", "artifact bucket, where it should not be looked up by name and tags")
    .option("--deep", "read and hash every artifact, rather than ask S3 for its SHA-256")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", HELP)
    .action(async (options: VerifyOptions) => {
      finish(await verify(options));
    });
}

const HELP = `
Changes nothing. What should be comes from the stack's plan; a line that could not be looked at is "unknown", which
is no "ok". A slot at rest is fine. Secrets are compared by name, since GitHub gives no value back.

Needed: AWS credentials that may read (each line names its actions), and GITHUB_TOKEN of an administrator where the
stack governs repositories.

Exit codes: 0 as the stack says, 2 bad configuration, 3 no credentials for anything, 4 a line failed or is unknown,
6 unknown stack.`;

function version(value: string): string {
  const problem = versionProblem(value);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return value;
}

async function verify(options: VerifyOptions): Promise<number> {
  const { file, stack, settings } = readStack(options);
  const plan = await planOf({ file, stack });
  const [{ verifyChecks }, { diagnose }] = await Promise.all([
    import("./verify.ts"),
    import("../doctor/doctor.ts"),
  ]);
  const token = tokenOf(process.env);
  const checks = verifyChecks({
    plan,
    settings,
    bucket: options.bucket,
    version: options.version,
    deep: options.deep === true,
    aws: {},
    gitHub: token === undefined ? undefined : gitHub(token, process.env["GITHUB_API_URL"]),
    now: Date.now,
  });
  const { lines, exitCode } = await diagnose(checks);
  const width = process.stdout.columns > 0 ? process.stdout.columns : 100;
  process.stdout.write(options.json === true ? checklistJson(lines) : renderChecklist(lines, width));
  return exitCode;
}
