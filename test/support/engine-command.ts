import { spawn } from "node:child_process";

/** What a command left; the exit code is -1 where it was killed or took too long. */
export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly finished: Promise<Finished>;
  /** Ends it as a lost machine would: at once, with no word to it. */
  readonly kill: () => void;
}

export interface CommandOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which it is ended. */
  readonly limit: number;
}

/** Starts a command that reads nothing and keeps all it writes. */
export function startCommand(
  name: string,
  words: readonly string[],
  { folder, environment, limit }: CommandOptions,
): Command {
  const child = spawn(name, words, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limit,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
  return {
    finished,
    kill() {
      child.kill("SIGKILL");
    },
  };
}
