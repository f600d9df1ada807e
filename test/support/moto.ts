import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { INSTALL_LIMIT, pythonWith, ToolsUnavailable } from "./python-tools.ts";

/**
 * moto and what it serves with, by the versions the tests were written against. A new one may imitate AWS
 * otherwise: raise it, run the tier, then look at the rules of `aws-proxy.ts`.
 */
const PINNED = ["moto[server]==5.2.5", "boto3==1.44.5", "flask==3.1.3", "werkzeug==3.1.9"] as const;

/** The account that moto plays. */
export const MOTO_ACCOUNT = "123456789012";

/** A server that has not said its address by then never will, milliseconds. */
const START_LIMIT = 60_000;

export interface Moto {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** For child processes: all that AWS tools and SDKs need, and nothing of the caller's credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** For SDK clients made in the test itself. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Forgets everything that was made. */
  reset(): Promise<void>;
  /** Resolves when the server has ended. */
  stop(): Promise<void>;
}

/**
 * AWS as moto imitates it, on a free port of the loopback interface. It ends with the test process at the latest.
 *
 * @param context of a `before` hook: where moto cannot be had, the suite is skipped with the reason
 * @throws ToolsUnavailable without a context, where there is no Python or no package index.
 */
export async function startMoto(context?: Mocha.Context): Promise<Moto> {
  // As in the command: the clients pinned here support every Node that the project does.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  context?.timeout(INSTALL_LIMIT);
  try {
    return await start(await pythonWith(`moto-${PINNED.map(versionOf).join("-")}`, PINNED));
  } catch (error) {
    if (context === undefined || !(error instanceof ToolsUnavailable)) throw error;
    console.log(`      skipped: moto is not available: ${error.message}`);
    return context.skip();
  }
}

function versionOf(pin: string): string {
  return pin.slice(pin.indexOf("==") + 2);
}

async function start(python: string): Promise<Moto> {
  // Port 0: the system chooses, so that two suites at once cannot meet.
  const child = spawn(python, ["-c", SERVE, "-H", "127.0.0.1", "-p", "0"], {
    cwd: tmpdir(),
    env: {
      PATH: process.env["PATH"],
      HOME: tmpdir(),
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      // Hundreds of images, which no test uses, would be made anew at every reset: a third of a second each time.
      MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  const url = await addressOf(child);
  return {
    url,
    environment: environmentOf(url),
    client: {
      endpoint: url,
      region: REGION,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    },
    async reset() {
      const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: "POST" });
      if (!ok) throw new Error(`moto did not forget: HTTP ${String(status)}`);
    },
    async stop() {
      process.off("exit", end);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Ends with its input: that closes even where the test process is killed and can no longer tell. */
const SERVE = `
import os, sys, threading
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main()
`;

const REGION = "us-west-2";

/** `url`: moto's own, or that of a proxy before it. */
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
    // Files of the person who runs the tests are not read.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}

/** The address that the server says it listens at; what it says after that is read and dropped, or its pipe would fill. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  const address = new Promise<string>((resolve, reject) => {
    const listen = (text: string) => {
      if (said.length > 100_000) return;
      said += text;
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    child.stdout?.setEncoding("utf8").on("data", listen);
    child.stderr?.setEncoding("utf8").on("data", listen);
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`moto ended with ${String(code)} before it served:\n${said}`));
    });
  });
  const late = setTimeout(() => child.kill("SIGKILL"), START_LIMIT);
  try {
    return await address;
  } finally {
    clearTimeout(late);
  }
}
