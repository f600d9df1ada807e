import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCommand, type Finished } from "../support/engine-command.ts";
import { ROOT } from "../support/plans.ts";

/** Milliseconds; the slowest command here takes some seconds. */
const COMMAND_LIMIT = 60_000;

/**
 * A Pulumi project of the main program's name in a temporary folder: what is shown is where its state goes and who may
 * reach it, so it makes nothing but an output and a secret one.
 */
export class StateProject {
  readonly #folder = mkdtempSync(join(tmpdir(), "proving-ground-state-"));
  readonly #environment: Readonly<Record<string, string>>;

  /** @param environment credentials and address of the cloud. */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
    for (const part of ["home", "states", "project"]) mkdirSync(join(this.#folder, part));
    symlinkSync(join(ROOT, "node_modules"), this.path("node_modules"));
    const options = { typescript: false };
    writeFileSync(
      this.path("Pulumi.yaml"),
      JSON.stringify({ name: "proving-ground", main: "index.mjs", runtime: { name: "nodejs", options } }),
    );
    writeFileSync(this.path("package.json"), JSON.stringify({ name: "state", type: "module" }));
    writeFileSync(this.path("index.mjs"), PROGRAM);
  }

  /** A file of the project. */
  path(name: string): string {
    return join(this.#folder, "project", name);
  }

  /** A backend on this machine, empty at first. `--local` would be the home of whoever runs the tests. */
  get localBackend(): string {
    return `file://${join(this.#folder, "states")}`;
  }

  /** @throws Error where the command fails. */
  async pulumi(...words: readonly string[]): Promise<string> {
    const done = await this.attempt(...words);
    if (done.exitCode === 0) return done.stdout;
    throw new Error(
      `pulumi ${words.join(" ")} ended with ${String(done.exitCode)}:\n${done.stdout}${done.stderr}`,
    );
  }

  attempt(...words: readonly string[]): Promise<Finished> {
    return startCommand("pulumi", [...words, "--non-interactive", "--color", "never"], {
      folder: join(this.#folder, "project"),
      environment: {
        PATH: process.env["PATH"],
        HOME: join(this.#folder, "home"),
        PULUMI_HOME: join(this.#folder, "home"),
        PULUMI_CONFIG_PASSPHRASE: "simulated",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...this.#environment,
      },
      limit: COMMAND_LIMIT,
    }).finished;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
export const size = config.get("size") ?? "small";
export const token = config.requireSecret("token");
`;
