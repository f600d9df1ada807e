import { InvalidArgumentError, type Command } from "commander";
import type { Plan } from "../../model/plan.ts";
import { asJson, readInput } from "../delivery/files.ts";
import { positiveNumber, repositoryName, type RepositoryName } from "../delivery/repository.ts";
import { runSchema, type Run } from "../delivery/run.ts";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { gitHubFromEnvironment, gitHubRefusal } from "../github-client.ts";
import { parsePlan } from "../report/parse-plan.ts";
import { redact } from "../../runtime/host/redact.ts";
import { fileName } from "../stack-options.ts";
import { renderComment } from "./render.ts";
import { reportsOf } from "./report.ts";
import { upsertComment } from "./sticky.ts";

interface CommentOptions {
  readonly head?: readonly string[];
  readonly base?: readonly string[];
  readonly run?: readonly string[];
  readonly problem?: readonly StackText[];
  readonly commit?: string;
  readonly runUrl?: string;
  readonly post?: true;
  readonly pullRequest?: number;
  readonly repository?: RepositoryName;
}

interface StackText {
  readonly stack: string;
  readonly file: string;
}

export function registerComment(program: Command): void {
  program
    .command("comment")
    .description("what a pull request changes and costs, as markdown for its one comment")
    .option("--head <file>", "plan of the pull request, by `ground plan --json`; repeatable", files)
    .option("--base <file>", "plan of what it is merged into; repeatable", files)
    .option("--run <file>", "a preview or deployment, by `ground delivery judge --out`; repeatable", files)
    .option("--problem <stack=file>", "what `ground plan` said where it failed; repeatable", stackTexts)
    .option("--commit <sha>", "commit the plans are of", commit)
    .option("--run-url <url>", "address of the run", address)
    .option("--post", "write the comment instead of printing it; needs GITHUB_TOKEN")
    .option("--pull-request <number>", "where to write it", positiveNumber)
    .option("--repository <owner/name>", "where to write it", repositoryName)
    .addHelpText("after", HELP)
    .action(async (options: CommentOptions) => {
      await comment(options);
    });
}

const HELP = `
Needed for --post: pull-requests: write.

Exit codes: 0 printed or written, whatever the verdict; 2 bad options or files; 3 no token, or GitHub refused it; 4
GitHub cannot be reached.`;

async function comment(options: CommentOptions): Promise<void> {
  const { post, pullRequest, repository, commit: sha, runUrl } = options;
  const { head = [], base = [], run: runs = [], problem: problems = [] } = options;
  // Nothing to say would replace what the pull request's comment says already.
  if (head.length + runs.length + problems.length === 0)
    throw new GroundError(
      "Give --head, --run or --problem: a comment is about something.",
      EXIT.badConfiguration,
    );
  const missing = [
    ...(pullRequest === undefined ? ["--pull-request"] : []),
    ...(repository === undefined ? ["--repository"] : []),
  ];
  if (post === true && missing.length > 0)
    throw new GroundError(`--post needs ${missing.join(" and ")} too.`, EXIT.badConfiguration);

  const body = renderComment(
    reportsOf({
      heads: byStack(head.map(plan)),
      bases: byStack(base.map(plan)),
      runs: byStack(runs.map(run)),
      problems: new Map(problems.map(({ stack, file }) => [stack, redact(readInput(file).toString("utf8"))])),
    }),
    {
      ...(sha === undefined ? {} : { commit: sha }),
      ...(runUrl === undefined ? {} : { runUrl }),
    },
  );
  if (post !== true || pullRequest === undefined || repository === undefined) {
    process.stdout.write(body);
    return;
  }
  try {
    const written = await upsertComment(
      gitHubFromEnvironment(),
      { ...repository, number: pullRequest },
      body,
    );
    process.stdout.write(`${written}\n`);
  } catch (error) {
    throw gitHubRefusal(error, "pull-requests: write");
  }
}

function byStack<T extends { readonly stack: string }>(documents: readonly T[]): ReadonlyMap<string, T> {
  return new Map(documents.map((document) => [document.stack, document]));
}

function plan(file: string): Plan {
  return parsePlan(readInput(file).toString("utf8"), file);
}

function run(file: string): Run {
  const parsed = runSchema.safeParse(asJson(readInput(file).toString("utf8")));
  if (parsed.success) return parsed.data;
  throw new GroundError(
    `${file}: is no run: write one with \`ground delivery judge --out\`. Event logs themselves are not taken, since they hold secrets.`,
    EXIT.badConfiguration,
  );
}

function files(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, fileName(value)];
}

function stackTexts(value: string, earlier: readonly StackText[] = []): StackText[] {
  const [, stack, file] = /^([\w.-]+)=(.+)$/.exec(value) ?? [];
  if (stack === undefined || file === undefined) throw new InvalidArgumentError("It must be STACK=FILE.");
  return [...earlier, { stack, file }];
}

function commit(value: string): string {
  if (!/^[0-9a-f]{40}$/.test(value)) throw new InvalidArgumentError("It must be 40 hexadecimal digits.");
  return value;
}

/** No bracket or space, which would end the link it stands in. */
function address(value: string): string {
  if (!/^https?:\/\/[^\s()<>]+$/.test(value))
    throw new InvalidArgumentError("It must be an address, https://….");
  return value;
}
