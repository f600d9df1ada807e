import pLimit from "p-limit";
import type { StackSettings } from "../../infra/settings/schema.ts";
import { exitCodeOf, type CheckLine } from "../checklist.ts";
import type { ExitCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { GitHub } from "../github-client.ts";
import { PROJECT, type StackFile } from "../stack-file.ts";
import type { AwsOptions } from "../prices/aws.ts";
import { AwsAccount } from "./aws-account.ts";
import { awsChecks } from "./aws-checks.ts";
import { look, nothingSeen, type Check, type Looked } from "./check.ts";
import { GitHubAccount } from "./github-account.ts";
import { gitHubChecks } from "./github-checks.ts";
import { configSecretChecks } from "./config-secrets.ts";
import { deployedProtection, exportState, localChecks, stackCheck, type Machine } from "./local-checks.ts";

/** Checks that run at once: enough to hide the waits, too few to be throttled. */
const AT_ONCE = 12;

/** Whom and what the doctor asks. */
export interface Surroundings extends Machine {
  /** Empty for the caller's own credentials and AWS's own endpoints. */
  readonly aws: AwsOptions;
  /** Undefined where no token is set. */
  readonly gitHub: GitHub | undefined;
  /** This machine's clock, milliseconds since 1970. */
  readonly now: () => number;
}

export interface Diagnosis {
  readonly lines: readonly CheckLine[];
  readonly exitCode: ExitCode;
}

/** The stack that is looked at. */
export interface Examined {
  readonly settings: StackSettings;
  readonly stack: string;
  /** Keys of the stack file, with what stands under them. */
  readonly config: StackFile["config"];
}

/** All that will be looked at, in the order of the lines. */
export function checksOf(
  { settings, stack, config }: Examined,
  { aws, gitHub, now, ...machine }: Surroundings,
  fix: boolean,
): readonly Check[] {
  const account = new AwsAccount({
    region: settings.region,
    expected: settings.awsAccount,
    client: aws,
    now,
  });
  const exported = once(() => exportState(machine.run, stack));
  return [
    ...localChecks(machine),
    stackCheck(stack, exported),
    ...configSecretChecks(settings.governance, { stack, config }),
    ...awsChecks(settings, account, fix),
    ...gitHubChecks({
      governance: settings.governance,
      account: new GitHubAccount(gitHub),
      stack: `${PROJECT}/${stack}`,
      name: stack,
      deployed: async () => deployedProtection(await exported()),
      now,
    }),
  ];
}

/** @param onLine is told of each line as soon as it is there, in any order */
export async function diagnose(
  checks: readonly Check[],
  onLine: (line: CheckLine) => void = () => undefined,
): Promise<Diagnosis> {
  const limit = pLimit(AT_ONCE);
  const looked = await Promise.all(
    checks.map((check) =>
      limit(async () => {
        const result = await look(check);
        onLine(result.line);
        return result;
      }),
    ),
  );
  return { lines: looked.map(({ line }) => line), exitCode: exitCode(looked) };
}

function exitCode(looked: readonly Looked[]): ExitCode {
  return nothingSeen(looked) ? EXIT.noCredentials : exitCodeOf(looked.map(({ line }) => line));
}

function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => (answer ??= ask());
}
