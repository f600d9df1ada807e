import { ChangeResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddressRecord, CommandResult, Host, HttpRequest, HttpResponse } from "./host.ts";

export interface SystemOptions {
  readonly region: string;
  /** Directory taken for `/` by everything that reads or writes files; commands are not confined to it. */
  readonly root: string;
}

/** Ten slots started together change one hosted zone: Route 53 answers `PriorRequestNotComplete` to most, which the SDK tries again. */
const MAX_ATTEMPTS = 10;

/** The real host: commands, files, clock, metadata service and AWS by the instance's own role. */
export function createSystem({ region, root }: SystemOptions): Host {
  const parameters = new SSMClient({ region, maxAttempts: MAX_ATTEMPTS });
  const records = new Route53Client({ region, maxAttempts: MAX_ATTEMPTS });
  const at = (path: string): string => join(root, path);
  return {
    run,
    readText: (path) => orAbsent(readFile(at(path), "utf8"), undefined),
    list: async (path) => (await orAbsent(readdir(at(path)), [])).sort(),
    makeDirectory: async (path) => {
      await mkdir(at(path), { recursive: true });
    },
    writeText: (path, text) => replaceFile(at(path), text),
    request,
    now: () => new Date(),
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
    randomUuid: randomUUID,
    getParameter: async (name) => {
      try {
        return (await parameters.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    putParameter: async (name, value) => {
      await parameters.send(
        new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true }),
      );
    },
    upsertAddress: async (record) => {
      await records.send(new ChangeResourceRecordSetsCommand(change(record)));
    },
    log: (message) => {
      process.stdout.write(`proving-ground: ${message}\n`);
    },
  };
}

function change({
  zoneId,
  name,
  address,
  ttlSeconds,
}: AddressRecord): ConstructorParameters<typeof ChangeResourceRecordSetsCommand>[0] {
  const record = { Name: name, Type: "A" as const, TTL: ttlSeconds, ResourceRecords: [{ Value: address }] };
  return {
    HostedZoneId: zoneId,
    ChangeBatch: { Changes: [{ Action: "UPSERT", ResourceRecordSet: record }] },
  };
}

function run(command: string, args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      // No exit code: the command could not be started, or a signal ended it.
      else
        resolve({
          code: error.code === "ENOENT" ? 127 : 126,
          stdout,
          stderr: stderr === "" ? error.message : stderr,
        });
    });
  });
}

async function request({ method, url, headers, timeoutMs }: HttpRequest): Promise<HttpResponse> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, body: await response.text() };
}

async function orAbsent<T, A>(reading: Promise<T>, absent: A): Promise<T | A> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return absent;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
