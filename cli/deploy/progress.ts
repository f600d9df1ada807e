import type { DeployProgress } from "./deploy.ts";
import { shownBytes } from "./bytes.ts";

/**
 * Runs the work with a line that says how far it is, on the error stream, so that the result can be piped. Where
 * nobody watches a terminal, only beginning and end are printed.
 *
 * @param isSilent for `--json`
 */
export async function withProgress<Result>(
  title: string,
  isSilent: boolean,
  work: (progress: DeployProgress) => Promise<Result>,
): Promise<Result> {
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const results: Result[] = [];
  const tasks = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          const stage = (verb: string) => (done: number, total: number) => {
            task.output = `${verb} ${shownBytes(done)} of ${shownBytes(total)}`;
          };
          results.push(await work({ hashing: stage("read"), uploading: stage("sent") }));
        },
      },
    ],
    {
      renderer: isSilent ? "silent" : process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger },
      // The command takes uploads back at an interruption; listr2 would end the process before that.
      registerSignalListeners: false,
    },
  );
  await tasks.run();
  const [result] = results;
  if (result === undefined) throw new Error("the work gave no result");
  return result;
}
