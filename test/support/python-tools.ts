import { spawn } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * The outside auditors, by the versions this project's waivers were written against. A new version may know new
 * checks: raise it, run the tier, then mend or waive. setuptools: parliament imports `pkg_resources`, which
 * version 82 no longer carries.
 */
export const PINNED = [
  "checkov==3.3.30",
  "parliament==1.6.4",
  "setuptools==80.9.0",
  "zizmor==1.32.0",
] as const;

/** Making the environment downloads about 100 MB once per machine; milliseconds, for a `before` hook. */
export const INSTALL_LIMIT = 420_000;

/** The tools cannot be had on this machine; suites print the reason and skip. */
export class ToolsUnavailable extends Error {
  override readonly name = "ToolsUnavailable";
}

export interface PythonResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environments = new Map<string, Promise<string>>();

/**
 * Path of a Python that has the pinned auditors, in a virtual environment below the system's temporary folder, made
 * at the first call on a machine.
 *
 * @throws ToolsUnavailable where there is no Python, no `venv` module, or no package index.
 */
export function pythonWithTools(): Promise<string> {
  return pythonWith(PINNED.join("-"), PINNED);
}

/**
 * The same with other packages, in an environment of their own: what one tool pins never moves another.
 *
 * @param name of the environment; with the pins' versions in it, or a raised pin would not be seen
 */
export function pythonWith(name: string, pins: readonly string[]): Promise<string> {
  const prepared = environments.get(name) ?? prepare(name, pins);
  environments.set(name, prepared);
  return prepared;
}

/**
 * Runs Python to its end, with nothing of the caller's credentials and no way out: every proxy it could ask is a
 * closed port of this machine. An auditor that called home would fail here.
 */
export function offline(
  python: string,
  words: readonly string[],
  options: { input?: string; folder: string },
) {
  const closed = "http://127.0.0.1:9";
  return run(python, words, {
    ...options,
    environment: {
      PATH: process.env["PATH"],
      HOME: options.folder,
      http_proxy: closed,
      https_proxy: closed,
      HTTP_PROXY: closed,
      HTTPS_PROXY: closed,
      PYTHONDONTWRITEBYTECODE: "1",
      LOG_LEVEL: "ERROR",
    },
  });
}

/**
 * Made aside and then renamed: two runs at once cannot meet half an environment. The second to finish drops its own.
 * Rejected: a lock file, which a killed run leaves behind. Python finds its packages from where it lies, so the
 * environment bears the move, but for the scripts in `bin`, which nobody calls.
 */
async function prepare(name: string, pins: readonly string[]): Promise<string> {
  const folder = join(tmpdir(), `proving-ground-${userInfo().username}-${name}`);
  const python = (root: string): string => join(root, "bin", "python");
  if (isOwn(folder)) return python(folder);
  const draft = mkdtempSync(`${folder}.`);
  try {
    await succeed("python3", ["-m", "venv", draft]);
    await succeed(python(draft), [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--retries=1",
      "--timeout=20",
      ...pins,
    ]);
    moveInto(folder, draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return python(folder);
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
  if (found.uid !== userInfo().uid) {
    throw new ToolsUnavailable(`${folder} belongs to another user; remove it`);
  }
  return true;
}

async function succeed(command: string, words: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await run(command, words, {
    environment: process.env,
    folder: tmpdir(),
  });
  if (exitCode === 0) return;
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  throw new ToolsUnavailable(`\`${[command, ...words].join(" ")}\` failed: ${lines.at(-1) ?? "no message"}`);
}

interface RunOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly input?: string;
}

function run(command: string, words: readonly string[], options: RunOptions): Promise<PythonResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: options.folder, env: options.environment });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    }
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new ToolsUnavailable(`no ${command} on PATH`) : error);
    });
    child.on("close", (exitCode) => {
      resolve({ exitCode: exitCode ?? -1, ...output });
    });
    child.stdin.end(options.input ?? "");
  });
}
