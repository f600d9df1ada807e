import type {
  AddressRecord,
  CommandResult,
  Host,
  HttpRequest,
  HttpResponse,
} from "../../../runtime/host/host.ts";

type Answer = Partial<CommandResult>;

/** A simulated instance: files, block devices, AWS and a clock that only `sleep` moves. */
export interface StandInHost extends Host {
  readonly files: Map<string, string>;
  /** Commands in the order they were run, as one line each. */
  readonly commands: string[];
  readonly parameters: Map<string, string>;
  /** Every value a parameter was given. */
  readonly written: string[];
  readonly records: AddressRecord[];
  readonly logged: string[];
  readonly slept: number[];
  /** Contents of devices as blkid exports them; a device without an entry is empty. */
  readonly signatures: Map<string, string>;
  /** Commands that answer otherwise than the simulation, by their first words. */
  readonly overrides: Map<string, Answer>;
  /** Devices attached to the instance. */
  attach(name: string, model: string): void;
  /** The instance restarts: mounts and arrays are gone, disks and files remain. */
  restart(): void;
}

export const INSTANCE_STORE = "Amazon EC2 NVMe Instance Storage        ";
export const EBS = "Amazon Elastic Block Store              ";

const MOUNTS = "/proc/self/mounts";

export interface StandInOptions {
  /** Answers for the metadata service; default: the loopback request itself. */
  readonly request?: (request: HttpRequest) => Promise<HttpResponse>;
}

export function standInHost({ request = loopback }: StandInOptions = {}): StandInHost {
  let time = Date.parse("2026-03-01T08:00:00Z");
  let uuids = 0;
  const files = new Map<string, string>([[MOUNTS, "/dev/nvme0n1p1 / xfs rw 0 0\n"]]);
  const host: StandInHost = {
    files,
    commands: [],
    parameters: new Map(),
    written: [],
    records: [],
    logged: [],
    slept: [],
    signatures: new Map(),
    overrides: new Map(),
    attach(name, model) {
      files.set(`/sys/block/${name}/device/model`, `${model}\n`);
    },
    restart() {
      files.set(MOUNTS, "/dev/nvme0n1p1 / xfs rw 0 0\n");
      for (const path of [...files.keys()].filter((file) => file.includes("/holders/"))) files.delete(path);
    },
    run(command, args) {
      const line = [command, ...args].join(" ");
      host.commands.push(line);
      const override = [...host.overrides].find(([start]) => line.startsWith(start))?.[1];
      return Promise.resolve({
        code: 0,
        stdout: "",
        stderr: "",
        ...(override ?? simulate(host, command, args)),
      });
    },
    readText: (path) => Promise.resolve(files.get(path)),
    list: (path) => {
      const inside = [...files.keys()].filter((file) => file.startsWith(`${path}/`));
      const names = inside.map((file) => file.slice(path.length + 1).split("/")[0] ?? "");
      return Promise.resolve([...new Set(names)].sort());
    },
    makeDirectory: () => Promise.resolve(),
    writeText: (path, text) => {
      files.set(path, text);
      return Promise.resolve();
    },
    request,
    now: () => new Date(time),
    sleep: (milliseconds) => {
      host.slept.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
    randomUuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, "0")}`,
    getParameter: (name) => Promise.resolve(host.parameters.get(name)),
    putParameter: (name, value) => {
      host.parameters.set(name, value);
      host.written.push(value);
      return Promise.resolve();
    },
    upsertAddress: (record) => {
      host.records.push(record);
      return Promise.resolve();
    },
    log: (message) => {
      host.logged.push(message);
    },
  };
  return host;
}

/** What the disk tools do to the simulated instance. A command it does not know is a fault of the test or the program. */
function simulate(host: StandInHost, command: string, args: readonly string[]): Answer {
  const last = args.at(-1) ?? "";
  switch (command) {
    case "blkid": {
      const found = host.signatures.get(last);
      return found === undefined ? { code: 2 } : { stdout: `DEVNAME=${last}\n${found}\n` };
    }
    case "mkfs.xfs":
      if (host.signatures.has(last))
        return { code: 1, stderr: `mkfs.xfs: ${last} appears to contain an existing filesystem` };
      host.signatures.set(last, "LABEL=pg-data\nTYPE=xfs");
      return {};
    case "mount":
      host.files.set(MOUNTS, `${host.files.get(MOUNTS) ?? ""}${args.at(-2) ?? ""} ${last} xfs rw 0 0\n`);
      return {};
    case "systemctl":
      return {};
    case "mdadm":
      return simulateMdadm(host, args);
    case "dnf":
      host.overrides.delete("mdadm --version");
      return {};
    default:
      return { code: 127, stderr: `${command}: command not found` };
  }
}

function simulateMdadm(host: StandInHost, args: readonly string[]): Answer {
  if (args[0] === "--version") return { stdout: "mdadm - v4.2" };
  for (const device of args.filter((argument) => argument.startsWith("/dev/nvme"))) {
    host.files.set(`/sys/block/${device.slice("/dev/".length)}/holders/md127`, "");
    host.signatures.set(device, "LABEL=any:pg-data\nTYPE=linux_raid_member");
  }
  return {};
}

async function loopback({ method, url, headers, timeoutMs }: HttpRequest): Promise<HttpResponse> {
  const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) });
  return { status: response.status, body: await response.text() };
}
