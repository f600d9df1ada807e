import type { DeployProgress } from "./deploy.ts";
import { shownBytes } from "./bytes.ts";

/**
 * Runs the work with a line that says how far it is, on the error stream, so that the result can be piped. Where
 * nobody watches a terminal, the log gets one line for each tenth of a stage.
 *
 * @param isSilent for `--json`
 * @throws what the work throws.
 */
export async function withProgress<Result>(
  title: string,
  isSilent: boolean,
  work: (progress: DeployProgress) => Promise<Result>,
): Promise<Result> {
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const { isTTY } = process.stderr;
  const outcomes: PromiseSettledResult<Result>[] = [];
  const tasks = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          const say = (text: string) => {
            task.output = text;
          };
          const [outcome] = await Promise.allSettled([work(isTTY ? each(say) : tenths(say))]);
          outcomes.push(outcome);
          // In full it is said once, by the command.
          if (outcome.status === "rejected") throw new Error("for the reason below");
        },
      },
    ],
    {
      exitOnError: false,
      renderer: isSilent ? "silent" : isTTY ? "default" : "simple",
      rendererOptions: { logger },
      // The command takes uploads back at an interruption; listr2 would end the process before that.
      registerSignalListeners: false,
    },
  );
  await tasks.run();
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error("the work gave no result");
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

type Say = (text: string) => void;

function each(say: Say): DeployProgress {
  const stage = (verb: string) => (done: number, total: number) => {
    say(`${verb} ${shownBytes(done)} of ${shownBytes(total)}`);
  };
  return { hashing: stage("read"), uploading: stage("sent") };
}

/** At most eleven lines a stage, however many files there are. */
export function tenths(say: Say): DeployProgress {
  const { hashing, uploading } = each(say);
  const thinned = (stage: DeployProgress["hashing"]): DeployProgress["hashing"] => {
    let said = -1;
    return (done, total) => {
      const tenth = total === 0 ? 10 : Math.floor((done * 10) / total);
      if (tenth <= said) return;
      said = tenth;
      stage(done, total);
    };
  };
  return { hashing: thinned(hashing), uploading: thinned(uploading) };
}
