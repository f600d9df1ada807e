import { InvalidArgumentError, Option, type Command } from "commander";
import { accountOf } from "../aws-account.ts";
import { credentialsError } from "../aws-errors.ts";
import { EXIT } from "../exit-codes.ts";
import { planOf } from "../plan/plan-of.ts";
import { readStack, withStackOptions, type Stack, type StackOptions } from "../stack-options.ts";
import type { Outcome } from "./cleanup.ts";
import { parseAge, type Kind } from "./orphan.ts";

interface CleanupOptions extends StackOptions {
  readonly olderThan: number;
  readonly yes?: true;
  readonly json?: true;
}

export function registerCleanup(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("cleanup")
    .description(
      "find volumes, addresses and interfaces of a stack that nobody uses any more; delete them with --yes",
    );
  withStackOptions(command, "clean up after")
    .addOption(
      new Option("--older-than <age>", "how long they must have been nobody's: 90m, 24h, 7d")
        .argParser(age)
        .default(age(DEFAULT_AGE), DEFAULT_AGE),
    )
    .option("--yes", "do it; without it nothing is changed")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
AWS does not tell since when something is nobody's. So the first run with --yes notes the time on it (tag
proving-ground:orphan-since), and a later one deletes it once it is old enough. Between two such runs may lie twice
--older-than, at least 2 days; after that the time starts anew. Never touched: what is attached, tagged
proving-ground:keep, of a persistent host, or part of the stack's plan.

Exit codes: 0 fine, 2 bad configuration, 3 no credentials, or those of another account, 4 something could not be
deleted, or AWS cannot be reached, 6 unknown stack.`,
    )
    .action(async (options: CleanupOptions) => {
      finish(await cleanup(options));
    });
}

const DEFAULT_AGE = "24h";

function age(value: string): number {
  const milliseconds = parseAge(value);
  if (milliseconds === undefined)
    throw new InvalidArgumentError("It must be a number of m, h or d, for example 24h.");
  return milliseconds;
}

async function cleanup({ olderThan, json, ...options }: CleanupOptions): Promise<number> {
  const yes = options.yes === true;
  const stack = readStack(options);
  const { environment, region } = stack.settings;
  const outcomes = stack.settings.hosts ? await outcomesOf(stack, olderThan, yes) : [];
  if (json === true)
    process.stdout.write(
      `${JSON.stringify({ environment, region, dryRun: !yes, resources: outcomes }, undefined, 2)}\n`,
    );
  else {
    const { renderCleanup } = await import("./report.ts");
    process.stdout.write(
      stack.settings.hosts
        ? renderCleanup(outcomes, { environment, yes })
        : `${environment} makes nothing on AWS: nothing was looked at.\n`,
    );
  }
  return outcomes.some(({ result }) => result === "failed") ? EXIT.resourceFailed : EXIT.ok;
}

async function outcomesOf(stack: Stack, olderThan: number, yes: boolean): Promise<readonly Outcome[]> {
  const [{ ec2In, LOOK_RIGHTS }, { cleanUp }] = await Promise.all([
    import("./aws.ts"),
    import("./cleanup.ts"),
  ]);
  const { environment, region } = stack.settings;
  const planned = await plannedNames(stack);
  try {
    await accountOf(stack.settings);
    return await cleanUp(ec2In(region), { environment, yes, olderThan, now: Date.now(), planned });
  } catch (error) {
    throw credentialsError(error, LOOK_RIGHTS);
  }
}

const TYPES: ReadonlyMap<string, Kind> = new Map([
  ["aws:ebs/volume:Volume", "volume"],
  ["aws:ec2/eip:Eip", "address"],
  ["aws:ec2/networkInterface:NetworkInterface", "interface"],
]);

/** Names that the stack's own resources carry: between two steps of an `up` they may be nobody's for a while. */
async function plannedNames({ file, stack }: Stack): Promise<ReadonlyMap<Kind, ReadonlySet<string>>> {
  const { resources } = await planOf({ file, stack });
  const names = new Map<Kind, Set<string>>();
  for (const { type, inputs } of resources) {
    const kind = TYPES.get(type);
    const name = nameOf(inputs["tags"]);
    if (kind !== undefined && name !== undefined) names.set(kind, (names.get(kind) ?? new Set()).add(name));
  }
  return names;
}

function nameOf(tags: unknown): string | undefined {
  const name = typeof tags === "object" && tags !== null && "Name" in tags ? tags.Name : undefined;
  return typeof name === "string" ? name : undefined;
}
