/** What a finished command said. A command that does not exist has the shell's code for it, 127. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HttpRequest {
  readonly method: "GET" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** One address record of a private hosted zone. */
export interface AddressRecord {
  readonly zoneId: string;
  readonly name: string;
  readonly address: string;
  readonly ttlSeconds: number;
}

/** Everything the boot program does to the world outside it: the one seam that tests replace. */
export interface Host {
  /** Runs a command found on PATH, without a shell; never throws for what the command does. */
  run(command: string, args: readonly string[]): Promise<CommandResult>;
  /** Text of a file, or undefined where there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Names in a directory in order, none where there is no directory. */
  list(path: string): Promise<string[]>;
  makeDirectory(path: string): Promise<void>;
  /** Replaces a file as a whole and waits for the disk: after a power cut it is the old or the new one. */
  writeText(path: string, text: string): Promise<void>;
  /** One HTTP exchange that follows no redirect; throws where there is no answer in time. */
  request(request: HttpRequest): Promise<HttpResponse>;
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  randomUuid(): string;
  /** Value of an SSM parameter, or undefined where it has not been written yet. */
  getParameter(name: string): Promise<string | undefined>;
  putParameter(name: string, value: string): Promise<void>;
  upsertAddress(record: AddressRecord): Promise<void>;
  log(message: string): void;
}

/** Runs a command that must succeed and gives what it printed. */
export async function mustRun(
  host: Pick<Host, "run">,
  command: string,
  args: readonly string[],
): Promise<string> {
  const { code, stdout, stderr } = await host.run(command, args);
  if (code === 0) return stdout;
  const words = (stderr.trim() === "" ? stdout : stderr).trim();
  throw new Error(
    `${[command, ...args].join(" ")} ended with ${String(code)}: ${words === "" ? "no message" : words}`,
  );
}
