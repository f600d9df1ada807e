/** A thread of `ground simulate`: simulates the runs it is told of, one after the other. */
import { parentPort } from "node:worker_threads";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { runTask } from "./campaign.ts";
import type { Task } from "./tasks.ts";

const catalogue = loadCatalogue();
const port = parentPort;
port?.on("message", (task: Task) => {
  runTask(task, catalogue).then(
    (report) => {
      port.postMessage({ report });
    },
    (error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port.postMessage({ failed: `seed ${String(task.seed)}, ${String(task.days)} days: ${why}` });
    },
  );
});
