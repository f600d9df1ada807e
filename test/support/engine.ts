import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { startCommand, type Command, type Finished } from "./engine-command.ts";
import { readRun, type EngineOperation, type EngineRun } from "./engine-events.ts";
import { imitateProject } from "./engine-project.ts";
import { SimulatedCloud } from "./simulated-provider/cloud.ts";
import { startProvider, type ProviderProcess } from "./simulated-provider/process.ts";

export { engineUnavailable, skipWithoutEngine, skipWithoutGitHubProvider } from "./engine-available.ts";

/** No command of the engine tier may take longer, milliseconds. */
const COMMAND_LIMIT = 120_000;

export interface WorkspaceOptions {
  /** Folder of the Pulumi project, absolute. */
  readonly project: string;
  /** Name of the stack, and of the stack file that is copied where there is one; default `dev`. */
  readonly stack?: string;
  /** Serves GitHub by the real provider against this address instead of the simulated one. */
  readonly github?: GitHubAccess;
}

export interface GitHubAccess {
  /** Address of a GitHub stand-in. */
  readonly url: string;
  readonly token: string;
}

export interface RunOptions {
  /** Folders of policy packs, absolute. */
  readonly policyPacks?: readonly string[];
  /** Lets `up` make its own preview first; without it a saved plan is not compared before the work. */
  readonly withPreview?: boolean;
  readonly arguments?: readonly string[];
  /** Token for this run alone; default: the workspace's. */
  readonly githubToken?: string;
  /** Values for this run alone, over those of the stack file: what lets previews run beside each other. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * A stack of the real engine in a temporary folder: local backend, simulated account, no network,
 * no credentials. `start` takes about 1 s; call `dispose` in an `after` hook.
 */
export class EngineWorkspace {
  readonly cloud: SimulatedCloud;
  readonly stack: string;
  readonly #folder: string;
  readonly #provider: ProviderProcess;
  readonly #github: GitHubAccess | undefined;
  #firstStackFile = "";
  readonly #begun: Promise<EngineRun>[] = [];
  #runs = 0;
  #commands = 0;

  private constructor(
    folder: string,
    stack: string,
    cloud: SimulatedCloud,
    provider: ProviderProcess,
    github: GitHubAccess | undefined,
  ) {
    this.#folder = folder;
    this.stack = stack;
    this.cloud = cloud;
    this.#provider = provider;
    this.#github = github;
  }

  static async start(options: WorkspaceOptions): Promise<EngineWorkspace> {
    const folder = mkdtempSync(join(tmpdir(), "proving-ground-engine-"));
    const stack = options.stack ?? "dev";
    for (const part of ["state", "home"]) mkdirSync(join(folder, part));
    imitateProject(options.project, join(folder, "project"), stack);
    const cloud = new SimulatedCloud(join(folder, "account.json"));
    const provider = await startProvider(cloud.file);
    const workspace = new EngineWorkspace(folder, stack, cloud, provider, options.github);
    try {
      failUnlessDone(await workspace.command("stack", "init", stack));
      // With the salt of the stack's encryption, which `stack init` has just written.
      workspace.#firstStackFile = readFileSync(workspace.stackFile, "utf8");
    } catch (error) {
      await workspace.dispose();
      throw error;
    }
    return workspace;
  }

  /** The stack's state as `pulumi stack export` gives it, secrets encrypted. */
  get stateFile(): string {
    const { name } = parse(readFileSync(join(this.#folder, "project", "Pulumi.yaml"), "utf8")) as {
      name: string;
    };
    return join(this.#folder, "state", ".pulumi", "stacks", name, `${this.stack}.json`);
  }

  /** The stack file, which `configure` writes. */
  get stackFile(): string {
    return join(this.#folder, "project", `Pulumi.${this.stack}.yaml`);
  }

  /** Sets values of the stack file by full key, for example `simulated:size`. */
  configure(values: Readonly<Record<string, unknown>>): void {
    writeFileSync(this.stackFile, this.#configured(values));
  }

  #configured(values: Readonly<Record<string, unknown>>): string {
    const document = parseDocument(readFileSync(this.stackFile, "utf8"));
    for (const [key, value] of Object.entries(values)) document.setIn(["config", key], value);
    return document.toString();
  }

  /** Takes back every `configure`. */
  restoreStackFile(): void {
    writeFileSync(this.stackFile, this.#firstStackFile);
  }

  /** Runs an operation to its end, whatever that is. */
  run(operation: EngineOperation, options: RunOptions = {}): Promise<EngineRun> {
    return this.begin(operation, options).run;
  }

  /** Starts an operation, for a test that looks at it, or kills it, on its way. */
  begin(
    operation: EngineOperation,
    options: RunOptions = {},
  ): { readonly run: Promise<EngineRun>; kill: () => void } {
    this.#runs += 1;
    const log = join(this.#folder, `events-${String(this.#runs)}.ndjson`);
    const config = join(this.#folder, `config-${String(this.#runs)}.yaml`);
    if (options.config !== undefined) writeFileSync(config, this.#configured(options.config));
    const packs = (options.policyPacks ?? []).flatMap((pack) => ["--policy-pack", pack]);
    const confirmed =
      operation === "preview" ? [] : ["--yes", ...(options.withPreview === true ? [] : ["--skip-preview"])];
    const words = [
      operation,
      "--stack",
      this.stack,
      "--event-log",
      log,
      ...confirmed,
      ...(options.config === undefined ? [] : ["--config-file", config]),
      ...packs,
      ...(options.arguments ?? []),
    ];
    const command = this.#pulumi(words, options.githubToken);
    const run = command.finished.then((finished) =>
      readRun(operation, finished, existsSync(log) ? readFileSync(log, "utf8") : ""),
    );
    this.#begun.push(run);
    return { run, kill: command.kill };
  }

  /** Runs any other command of the CLI, for example `cancel`. */
  command(...words: string[]): Promise<Finished> {
    return this.#pulumi(words).finished;
  }

  /** Runs a script that calls the CLI, in the project's folder, with further variables. */
  script(
    file: string,
    words: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): Promise<Finished> {
    return startCommand(file, words, {
      folder: join(this.#folder, "project"),
      environment: { ...this.#environment(this.#github?.token), ...variables },
      limit: COMMAND_LIMIT,
    }).finished;
  }

  /**
   * Rewrites the past: the state, and the account as if it had been made so. How a program under test
   * finds what an older version of it left, without keeping that version.
   */
  async rewriteHistory(rewrite: (document: string) => string): Promise<void> {
    const file = this.path("history.json");
    const words = ["--stack", this.stack, "--file", file];
    failUnlessDone(await this.command("stack", "export", ...words));
    writeFileSync(file, rewrite(readFileSync(file, "utf8")));
    failUnlessDone(await this.command("stack", "import", ...words));
    writeFileSync(this.cloud.file, rewrite(readFileSync(this.cloud.file, "utf8")));
  }

  /**
   * All that the engine and the account wrote, by path: stack file, states, backups, saved plans, event logs, and what
   * each command printed.
   */
  written(): ReadonlyMap<string, string> {
    const files = readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      // Not through links: they lead to the project.
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map(({ parentPath, name }) => join(parentPath, name));
    return new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  }

  /** A path in the workspace's folder, for a saved plan. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Waits for what still runs, ends the provider and removes the folder. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#begun);
    await this.#provider.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #pulumi(words: readonly string[], githubToken = this.#github?.token): Command {
    const { finished, kill } = startCommand("pulumi", [...words, "--non-interactive", "--color", "never"], {
      folder: join(this.#folder, "project"),
      environment: this.#environment(githubToken),
      limit: COMMAND_LIMIT,
    });
    this.#commands += 1;
    const printed = this.path(`printed-${String(this.#commands)}.txt`);
    const kept = finished.then((done) => {
      writeFileSync(printed, done.stdout + done.stderr);
      return done;
    });
    return { finished: kept, kill };
  }

  /** A closed list: no credentials of the person who runs the tests reach the engine. */
  #environment(githubToken: string | undefined): Readonly<Record<string, string | undefined>> {
    const port = String(this.#provider.port);
    const simulated = ["aws", "random", ...(this.#github === undefined ? ["github"] : [])];
    return {
      PATH: process.env["PATH"],
      HOME: join(this.#folder, "home"),
      PULUMI_HOME: join(this.#folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "simulated",
      PULUMI_DEBUG_PROVIDERS: simulated.map((name) => `${name}:${port}`).join(),
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...(this.#github === undefined
        ? {}
        : { GITHUB_BASE_URL: `${this.#github.url}/`, GITHUB_TOKEN: githubToken }),
    };
  }
}

function failUnlessDone({ exitCode, stdout, stderr }: Finished): void {
  if (exitCode !== 0) throw new Error(`pulumi ended with ${String(exitCode)}:\n${stdout}${stderr}`);
}
