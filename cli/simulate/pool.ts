import { Worker } from "node:worker_threads";
import type { RunReport } from "./campaign.ts";
import type { Task } from "./tasks.ts";

type Answer = { readonly report: RunReport } | { readonly failed: string };

/** The thread's program. Threads cannot run from source: the transpiler of this process is not theirs. */
const PROGRAM = "./simulate-worker.mjs";

/** Nearly all that a run allocates is garbage at its next tick: with more room for it, less of it is copied. */
const YOUNG_MB = 96;

/**
 * Runs the tasks on some threads. The answer is in the order of the tasks, whichever thread was faster: the same
 * tasks give the same reports on any number of threads.
 *
 * @param onDone called after each run.
 * @throws Error of the first run that broke, with its seed.
 */
export async function runOnThreads(
  tasks: readonly Task[],
  threads: number,
  onDone: (report: RunReport) => void,
): Promise<readonly RunReport[]> {
  const queue = tasks.entries();
  const reports: RunReport[] = [];
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () =>
      new Worker(new URL(PROGRAM, import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      }),
  );
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const [index, task] of queue) {
          const report = await ask(worker, task);
          reports[index] = report;
          onDone(report);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return reports;
}

function ask(worker: Worker, task: Task): Promise<RunReport> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      worker.off("message", answered);
      worker.off("error", broke);
    };
    const answered = (answer: Answer): void => {
      forget();
      if ("report" in answer) resolve(answer.report);
      else reject(new Error(`The simulator broke: ${answer.failed}`));
    };
    const broke = (error: unknown): void => {
      forget();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on("message", answered);
    worker.on("error", broke);
    worker.postMessage(task);
  });
}
