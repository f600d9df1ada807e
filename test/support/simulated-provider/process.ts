import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

export interface ProviderProcess {
  readonly port: number;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the simulated provider on a free port of the loopback interface.
 *
 * @param file the simulated account, see `SimulatedCloud`
 * @throws Error with what the process wrote when it ends before it listens.
 */
export async function startProvider(file: string): Promise<ProviderProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, file], { stdio: ["pipe", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => {
      resolve(Number(line));
    });
    void ended.then((code) => {
      reject(new Error(`the simulated provider ended with code ${String(code)}: ${errors.join("")}`));
    });
  });
  return {
    port,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
