import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { INSTALL_LIMIT, pythonWith, ToolsUnavailable } from "./python-tools.ts";

/** By the versions the tests were written against, as with moto. */
const PINNED = ["ministack==1.5.33", "hypercorn==0.18.0"] as const;

/** A server that does not answer by then never will, milliseconds. */
const START_LIMIT = 60_000;

const REGION = "us-west-2";

export interface Ministack {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Resolves when the server and the functions it runs have ended. */
  stop(): Promise<void>;
}

/**
 * AWS as ministack imitates it, on a free port of the loopback interface: it fires schedules, and runs functions
 * with the Node that runs the tests. It ends with the test process at the latest.
 *
 * @param context of a `before` hook: where ministack cannot be had, the suite is skipped with the reason
 */
export async function startMinistack(context: Mocha.Context): Promise<Ministack> {
  // As in the command: the clients pinned here support every Node that the project does.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  context.timeout(INSTALL_LIMIT);
  try {
    return await start(await pythonWith(PINNED.join("-").replaceAll("==", "-"), PINNED));
  } catch (error) {
    if (!(error instanceof ToolsUnavailable)) throw error;
    console.log(`      skipped: ministack is not available: ${error.message}`);
    return context.skip();
  }
}

async function start(python: string): Promise<Ministack> {
  const folder = mkdtempSync(join(tmpdir(), "proving-ground-ministack-"));
  const port = String(await freePort());
  const child = spawn(python, ["-m", "ministack"], {
    cwd: folder,
    env: {
      // The `node` of functions is the one that runs this.
      PATH: [dirname(process.execPath), process.env["PATH"]].join(":"),
      HOME: folder,
      TMPDIR: folder,
      STATE_DIR: folder,
      // Without it, it listens on every interface.
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: port,
      MINISTACK_REGION: REGION,
      MINISTACK_ACCOUNT_ID: "123456789012",
      LAMBDA_EXECUTOR: "local",
      LOG_LEVEL: "WARNING",
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    // A process group of its own: its functions end with it.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = () => {
    endGroup(child);
  };
  process.once("exit", end);
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(child, url);
  return {
    url,
    async stop() {
      process.off("exit", end);
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        endGroup(child);
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** ministack takes no port 0: a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (said.length < 100_000) said += text;
  });
  const deadline = Date.now() + START_LIMIT;
  while (child.exitCode === null && Date.now() < deadline) {
    try {
      if ((await fetch(`${url}/_ministack/health`)).ok) return;
    } catch {
      // Not yet.
    }
    await pause(100);
  }
  endGroup(child);
  throw new Error(`ministack did not come up:\n${said}`);
}
