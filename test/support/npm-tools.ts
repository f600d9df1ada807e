import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { ToolsUnavailable } from "./python-tools.ts";

/** Downloading the largest of them takes some seconds once per machine; milliseconds, for a `before` hook. */
export const NPM_INSTALL_LIMIT = 300_000;

export interface NpmTools {
  /** Names the cache; one name, one set of packages. */
  readonly name: string;
  /** Exact versions, for example `graphql@16.15.0`. */
  readonly packages: readonly string[];
  /** Paths below `node_modules` that are kept; the rest is dropped. Default: everything. */
  readonly keep?: readonly string[];
}

const installed = new Map<string, Promise<string>>();

/**
 * Path of a `node_modules` folder with pinned packages that only a test tier needs: too large, or under a licence
 * that this project does not pass on. It lies below the system's temporary folder, is made at the first call on a
 * machine, and no install script runs.
 *
 * @throws ToolsUnavailable where there is no npm, or no registry.
 */
export function npmTools(tools: NpmTools): Promise<string> {
  const key = cacheName(tools);
  const started = installed.get(key) ?? prepare(tools, key);
  installed.set(key, started);
  return started;
}

/** For a suite's `before` hook: what the tools give, or a visible skip with the reason. */
export async function orSkip<Value>(context: Mocha.Context, tools: Promise<Value>): Promise<Value> {
  try {
    return await tools;
  } catch (error) {
    if (!(error instanceof ToolsUnavailable)) throw error;
    console.log(`  skipped: ${error.message}`);
    context.skip();
  }
}

/** What is kept is part of the name: a cache that was pruned for another purpose is not taken for this one. */
function cacheName({ name, packages, keep = [] }: NpmTools): string {
  const content = createHash("sha256")
    .update(JSON.stringify([packages, keep]))
    .digest("hex");
  return `proving-ground-${userInfo().username}-${name}-${content.slice(0, 12)}`;
}

/** Made aside and then renamed: two runs at once cannot meet half a folder. The second to finish drops its own. */
async function prepare({ packages, keep }: NpmTools, cache: string): Promise<string> {
  const folder = join(tmpdir(), cache);
  if (isOwn(folder)) return join(folder, "node_modules");
  const draft = mkdtempSync(join(tmpdir(), "proving-ground-npm-"));
  try {
    writeFileSync(join(draft, "package.json"), '{"private":true}');
    await install(draft, packages);
    moveInto(folder, keep === undefined ? draft : only(draft, keep));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return join(folder, "node_modules");
}

function only(draft: string, keep: readonly string[]): string {
  const pruned = join(draft, "pruned");
  for (const path of keep) {
    const target = join(pruned, "node_modules", path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(draft, "node_modules", path), target, { recursive: true });
  }
  return pruned;
}

function moveInto(folder: string, draft: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!isOwn(folder)) throw error;
  }
}

/** A folder of a foreign owner under the expected name is refused: its programs would run as this user. */
function isOwn(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.uid !== userInfo().uid)
    throw new ToolsUnavailable(`${folder} belongs to another user; remove it`);
  return true;
}

function install(folder: string, packages: readonly string[]): Promise<void> {
  const words = [
    "install",
    "--save-exact",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
  ];
  const limits = ["--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000"];
  return new Promise((resolve, reject) => {
    // npm prefers its own settings in the environment of `npm test` to those of the folder.
    const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_package_"));
    const child = spawn("npm", [...words, ...limits, ...packages], {
      cwd: folder,
      env: { ...Object.fromEntries(environment), npm_config_prefix: undefined },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new ToolsUnavailable("no npm on PATH") : error);
    });
    child.on("close", (exitCode) => {
      if (exitCode === 0) {
        resolve();
        return;
      }
      const reason = errors.split("\n").find((line) => /npm (?:error|ERR!) \S/.test(line)) ?? "no message";
      reject(new ToolsUnavailable(`\`npm install ${packages.join(" ")}\` failed: ${reason}`));
    });
  });
}
