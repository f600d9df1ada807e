import { join, dirname } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { didYouMean } from "../../model/nearest.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import {
  fileName,
  fromCaller,
  readStack,
  withStackOptions,
  type Stack,
  type StackOptions,
} from "../stack-options.ts";
import { withoutReported } from "./forget-reported.ts";
import type { Governed, Judged } from "./judge.ts";
import type { WorkflowFile } from "./workflow.ts";
import type { ReportedByBranch } from "./write-reported.ts";

interface ChecksOptions extends StackOptions {
  readonly repository?: string;
  readonly workflows?: string;
  readonly branch?: string;
  readonly require?: readonly string[];
  readonly mergeQueue?: true;
  readonly json?: true;
  readonly write?: true;
}

export function registerChecks(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("checks")
    .description("show whether every required check is one that the repository's workflows report");
  withStackOptions(command, "check")
    .option("--repository <name>", "only this repository of the stack")
    .option("--workflows <folder>", "read the workflows of a checkout, not of GitHub", fileName)
    .option("--branch <name>", "without a stack: the branch that pull requests go to (default: main)", text)
    .option("--require <check>", "without a stack: a check that is required; may be given again", collect)
    .option("--merge-queue", "without a stack: the branch is merged through a queue")
    .option("--json", "print one JSON document and nothing else")
    .option("--write", "write the verified names, by branch, into the stack file as checks.reported")
    .addHelpText(
      "after",
      `
Without --stack and --config, --workflows judges a folder by itself; without --require it lists what can be required.
Exit codes: 0 all are real, 2 bad configuration, 3 no GitHub token, 4 a required check is not reported on every pull
request, or GitHub cannot be reached, 6 unknown stack.`,
    )
    .action(async (options: ChecksOptions) => {
      finish(await checks(options));
    });
}

function text(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return value;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, text(value)];
}

async function checks(options: ChecksOptions): Promise<number> {
  const alone =
    options.stack === undefined && options.config === undefined && options.workflows !== undefined;
  refuseMixture(options, alone);
  const stack = alone ? undefined : readStack(options, undefined, withoutReported);
  const governed = stack === undefined ? [await folderAlone(options)] : await ofStack(stack, options);
  // GitHub's parser takes a tenth of a second to load, which no other command shall pay.
  const [{ judge, hasRefused }, { renderJudged, judgedJson }] = await Promise.all([
    import("./judge.ts"),
    import("./render.ts"),
  ]);
  const judged: Judged[] = [];
  for (const one of governed) judged.push(await judge(one));
  const width = process.stdout.columns;
  process.stdout.write(
    options.json === true ? judgedJson(judged) : renderJudged(judged, width > 0 ? width : 100),
  );
  if (stack !== undefined && options.write === true) await write(stack, judged, options);
  return judged.some(hasRefused) ? EXIT.resourceFailed : EXIT.ok;
}

function refuseMixture(options: ChecksOptions, alone: boolean): void {
  const ofFolder = [
    ...(options.branch === undefined ? [] : ["--branch"]),
    ...(options.require === undefined ? [] : ["--require"]),
    ...(options.mergeQueue === undefined ? [] : ["--merge-queue"]),
  ];
  const ofStack = [
    ...(options.repository === undefined ? [] : ["--repository"]),
    ...(options.write === undefined ? [] : ["--write"]),
  ];
  const message = alone
    ? ofStack.length > 0 && `${ofStack.join(", ")}: needs a stack; add --stack NAME or --config FILE`
    : ofFolder.length > 0 &&
      `${ofFolder.join(", ")}: goes with --workflows FOLDER alone; with a stack its file says what is required`;
  if (message !== false) throw new GroundError(message, EXIT.badConfiguration);
}

/** A folder's workflows, judged without a stack file. */
async function folderAlone(options: ChecksOptions): Promise<Governed> {
  const { workflowsIn } = await import("./workflow-files.ts");
  return {
    branches: [
      {
        branch: options.branch ?? "main",
        mergeQueue: options.mergeQueue ?? false,
        required: options.require ?? [],
      },
    ],
    apps: {},
    files: workflowsIn(fromCaller(options.workflows ?? ".")),
  };
}

/** The repositories of a stack with their workflows; all are read before any is judged. */
async function ofStack(stack: Stack, options: ChecksOptions): Promise<Governed[]> {
  const { governance } = stack.settings;
  if (governance === undefined)
    throw new GroundError(
      `${stack.file.source}: has no governance settings, so no repository to check; or give --workflows FOLDER alone`,
      EXIT.badConfiguration,
    );
  const names = Object.keys(governance.repositories);
  const { repository } = options;
  if (repository !== undefined && !names.includes(repository))
    throw new GroundError(
      `--repository ${repository}: is not in ${stack.file.source}${didYouMean(repository, names) || `; it has ${names.join(", ")}`}`,
      EXIT.badConfiguration,
    );
  const wanted = repository === undefined ? names : [repository];
  if (options.workflows !== undefined && wanted.length > 1)
    throw new GroundError(
      `--workflows ${options.workflows}: belongs to one repository; add --repository with one of ${names.join(", ")}`,
      EXIT.badConfiguration,
    );
  const files = await filesOf(stack, wanted, options);
  return wanted.flatMap((name) => {
    const settings = governance.repositories[name];
    if (settings === undefined) return [];
    return [
      {
        repository: `${governance.owner}/${name}`,
        branches: Object.entries(settings.branches).map(
          ([branch, { kind, checks: required, mergeQueue }]) => ({
            ...(kind === "ruleset" ? branchOf(branch, settings.details.defaultBranch) : { branch }),
            mergeQueue,
            required,
          }),
        ),
        apps: settings.checks.fromApps,
        files: files.get(name) ?? [],
      },
    ];
  });
}

/** Rulesets know two names of their own; for protection they are branches called so. Source: GitHub's REST API, repository rulesets, `ref_name`. */
function branchOf(key: string, defaultBranch: string): { readonly branch: string; readonly key?: string } {
  if (key === "~DEFAULT_BRANCH") return { branch: defaultBranch, key };
  return key === "~ALL" ? { branch: "**", key } : { branch: key };
}

async function filesOf(
  stack: Stack,
  names: readonly string[],
  options: ChecksOptions,
): Promise<ReadonlyMap<string, readonly WorkflowFile[]>> {
  const { workflowsIn, workflowsOnGitHub } = await import("./workflow-files.ts");
  const { governance } = stack.settings;
  const files = new Map<string, readonly WorkflowFile[]>();
  const remote: string[] = [];
  for (const name of names) {
    const folder = governance?.repositories[name]?.workflows;
    if (options.workflows !== undefined) files.set(name, workflowsIn(fromCaller(options.workflows)));
    else if (folder !== undefined) files.set(name, workflowsIn(join(dirname(stack.path), folder)));
    else remote.push(name);
  }
  if (remote.length === 0 || governance === undefined) return files;
  const [{ Listr }, { gitHubFromEnvironment, gitHubRefusal }] = await Promise.all([
    import("listr2"),
    import("../github-client.ts"),
  ]);
  const github = gitHubFromEnvironment();
  const tasks = remote.map((repository) => ({
    title: `${governance.owner}/${repository}: reading its workflows`,
    task: async () => {
      files.set(repository, await workflowsOnGitHub(github, { owner: governance.owner, repository }));
    },
  }));
  const renderer = options.json === true ? "silent" : process.stderr.isTTY ? "default" : "silent";
  try {
    await new Listr(tasks, { renderer, concurrent: false }).run();
  } catch (error) {
    throw gitHubRefusal(
      error,
      "contents: read and actions: read of each repository (scope repo for a classic token)",
    );
  }
  return files;
}

async function write(stack: Stack, judged: readonly Judged[], { json }: ChecksOptions): Promise<void> {
  const { writeReported } = await import("./write-reported.ts");
  const lists = judged.flatMap(({ repository, reported }): [string, ReportedByBranch][] =>
    repository === undefined ? [] : [[repository.slice(repository.indexOf("/") + 1), reported]],
  );
  const changed = writeReported(stack.path, Object.fromEntries(lists));
  if (json === true) return;
  process.stdout.write(
    changed
      ? `Written into ${stack.file.source}: ${lists.flatMap(countsOf).join(", ")}\n`
      : `${stack.file.source} holds the verified checks already; it is unchanged\n`,
  );
  process.stdout.write(await stillToDo(judged));
}

function countsOf([name, branches]: [string, ReportedByBranch]): string[] {
  return Object.entries(branches).map(
    ([
      branch,
      {
        checks: { length },
      },
    ]) => `${String(length)} verified check${length === 1 ? "" : "s"} of ${name} on ${branch}`,
  );
}

/** What writing does not settle: required checks stay as a person wrote them, and the exit code says so. */
async function stillToDo(judged: readonly Judged[]): Promise<string> {
  const { isRefused } = await import("./verdicts.ts");
  const places = judged.flatMap(({ repository = "", branches }) =>
    branches
      .filter(({ verdicts }) => verdicts.some(isRefused))
      .map(({ key, branch }) => `branches.${key ?? branch}.checks of ${repository}`),
  );
  return places.length === 0
    ? ""
    : `Still to do, hence exit code 4: change ${places.join(", ")} as said above.\n`;
}
