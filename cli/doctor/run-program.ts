import { execFile } from "node:child_process";

/** Longer than any of these answers takes; a backend that hangs must not hang the command, milliseconds. */
const LIMIT = 30_000;

export interface ProgramAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; undefined where there is no such program. */
export type RunProgram = (program: string, words: readonly string[]) => Promise<ProgramAnswer | undefined>;

/** The program of that name on PATH, never through a shell, and never asking for anything. */
export const runProgram: RunProgram = (program, words) =>
  new Promise((resolve) => {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", NO_COLOR: "1" };
    execFile(
      program,
      [...words],
      { env, timeout: LIMIT, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error?.code === "ENOENT") {
          resolve(undefined);
          return;
        }
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        const late =
          error?.killed === true ? `${program} gave no answer within ${String(LIMIT / 1000)} s` : "";
        resolve({ exitCode, stdout, stderr: stderr === "" ? late : stderr });
      },
    ).stdin?.end();
  });
