import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { z } from "zod";

/** Names under which Chromium and its relatives are installed; `CHROMIUM` names any other. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

// A page that only reads a file needs none of what a browser does by itself.
const ARGUMENTS = [
  ...[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
  ],
  ...[
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
  ],
];

/** The browser's program, or the reason why there is none. */
export function findBrowser(): { readonly program: string } | { readonly reason: string } {
  const candidates = process.env["CHROMIUM"] === undefined ? PROGRAMS : [process.env["CHROMIUM"]];
  const program = candidates.find(
    (candidate) => spawnSync(candidate, ["--version"], { stdio: "ignore" }).status === 0,
  );
  return program === undefined
    ? {
        reason: `no browser: none of ${candidates.join(", ")} starts; install Debian's chromium or set CHROMIUM`,
      }
    : { program };
}

const messageSchema = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  result: z.record(z.string(), z.unknown()).default({}),
  error: z.object({ message: z.string() }).optional(),
});
type Message = z.output<typeof messageSchema>;

/** One page in headless Chromium, driven over the DevTools protocol through a pipe: no port, no socket. */
export class Browser {
  /** Exceptions, console errors and refusals of the content security policy, as the page caused them. */
  readonly complaints: string[] = [];
  /** Addresses the page asked for, its own included. */
  readonly requests: string[] = [];
  private readonly process: ChildProcess;
  private readonly profile: string;
  private readonly waiting = new Map<
    number,
    { resolve: (message: Message) => void; reject: (error: Error) => void }
  >();
  private readonly loads: (() => void)[] = [];
  private session = "";
  private count = 0;
  private buffer = "";

  private constructor(program: string) {
    this.profile = mkdtempSync(join(tmpdir(), "plan-page-"));
    this.process = spawn(program, [...ARGUMENTS, `--user-data-dir=${this.profile}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    (this.process.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      this.receive(chunk);
    });
    this.process.once("exit", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("the browser ended"));
    });
  }

  static async start(program: string): Promise<Browser> {
    const browser = new Browser(program);
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    browser.session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"])
      await browser.send(`${domain}.enable`);
    return browser;
  }

  /** Opens a file, with `#…` where given, and waits until it has loaded. */
  async open(file: string, hash = ""): Promise<void> {
    // By way of the empty page: the same file with another fragment would not load again.
    for (const url of ["about:blank", `${pathToFileURL(file).href}${hash}`]) {
      const loaded = new Promise<void>((resolve) => this.loads.push(resolve));
      await this.send("Page.navigate", { url });
      await loaded;
    }
  }

  /** Value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (answer["exceptionDetails"] !== undefined)
      throw new Error(`${expression}: ${JSON.stringify(answer["exceptionDetails"])}`);
    return (answer["result"] as { value?: unknown }).value;
  }

  async press(key: string): Promise<void> {
    const event = {
      key,
      code: key,
      text: key.length === 1 ? key : undefined,
      windowsVirtualKeyCode: key === "Enter" ? 13 : key === "Escape" ? 27 : 0,
    };
    await this.send("Input.dispatchKeyEvent", {
      ...event,
      type: "keyDown",
      ...(key === "Enter" ? { text: "\r" } : {}),
    });
    await this.send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
  }

  async type(text: string): Promise<void> {
    await this.send("Input.insertText", { text });
  }

  /** Any command of the DevTools protocol, to the page once there is one. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Record<string, unknown>> {
    this.count += 1;
    const id = this.count;
    const answer = new Promise<Message>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    (this.process.stdio[3] as Writable).write(
      `${JSON.stringify({ id, method, params, ...(this.session === "" ? {} : { sessionId: this.session }) })}\0`,
    );
    const { error, result } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  private receive(chunk: string): void {
    const parts = `${this.buffer}${chunk}`.split("\0");
    this.buffer = parts.pop() ?? "";
    for (const part of parts) this.handle(messageSchema.parse(JSON.parse(part)));
  }

  private handle({ id, method, params, ...message }: Message): void {
    if (id !== undefined) {
      this.waiting.get(id)?.resolve({ id, method, params, ...message });
      this.waiting.delete(id);
    }
    if (method === "Page.loadEventFired") this.loads.shift()?.();
    if (method === "Network.requestWillBeSent")
      this.requests.push((params["request"] as { url: string }).url);
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded")
      this.complaints.push(JSON.stringify(params));
    if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params["args"]));
  }
}
