import { mustRun, type Host } from "../host.ts";
import { stripe } from "./raid.ts";
import { describeSignature, readSignature } from "./signature.ts";

/** Where the product's data lies, whatever carries it. */
export const DATA_DIRECTORY = "/var/lib/proving-ground/data";

/** Label of the file system, and name of the array, by which a host knows its own disk again. */
export const DATA_LABEL = "pg-data";

const INSTANCE_STORE = "Amazon EC2 NVMe Instance Storage";

/** What carries the data directory. */
export interface DataDisk {
  readonly kind: "instance-store" | "striped" | "root-volume";
  /** Mounted device; null on the root volume. */
  readonly source: string | null;
  readonly devices: readonly string[];
  /** True where this boot made the file system. */
  readonly formatted: boolean;
}

/**
 * Mounts the NVMe instance store at {@link DATA_DIRECTORY}: one device as it is, several as one RAID 0.
 * Only devices that call themselves instance storage are considered, so that no EBS volume is ever
 * formatted; an empty one is formatted, one with our label is mounted, and anything else is refused.
 * Without instance store the directory stays on the root volume. Running it again changes nothing.
 *
 * @throws Error naming the device and what is on it, or the command that failed.
 */
export async function prepareDataDisk(host: Host): Promise<DataDisk> {
  const devices = await instanceStoreDevices(host);
  await host.makeDirectory(DATA_DIRECTORY);
  const mounted = await mountedSource(host);
  const first = devices[0];
  if (first === undefined) {
    if (mounted !== undefined) throw new Error(foreignMount(mounted));
    return { kind: "root-volume", source: null, devices, formatted: false };
  }
  const kind = devices.length === 1 ? "instance-store" : "striped";
  const source = devices.length === 1 ? first : await stripe(host, devices, DATA_LABEL);
  if (mounted !== undefined) {
    if (mounted !== source) throw new Error(foreignMount(mounted));
    return { kind, source, devices, formatted: false };
  }
  const formatted = await ensureFileSystem(host, source);
  await mustRun(host, "mount", ["-t", "xfs", "-o", "noatime,nodev,nosuid", source, DATA_DIRECTORY]);
  return { kind, source, devices, formatted };
}

/** Whole NVMe namespaces whose model is instance storage, in order of their number. */
async function instanceStoreDevices(host: Host): Promise<string[]> {
  const names = (await host.list("/sys/block")).filter((name) => /^nvme\d+n\d+$/.test(name));
  const models = await Promise.all(
    names.map(async (name) => ({
      name,
      model: (await host.readText(`/sys/block/${name}/device/model`))?.trim(),
    })),
  );
  return models
    .filter(({ model }) => model === INSTANCE_STORE)
    .map(({ name }) => `/dev/${name}`)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

async function ensureFileSystem(host: Host, device: string): Promise<boolean> {
  const signature = await readSignature(host, device);
  if (signature === undefined) {
    await mustRun(host, "mkfs.xfs", ["-L", DATA_LABEL, device]);
    return true;
  }
  if (signature.type === "xfs" && signature.label === DATA_LABEL) return false;
  throw new Error(
    `${device} carries ${describeSignature(signature)}, which this host did not make: it is neither formatted nor mounted. ` +
      `Terminate the instance, or wipe the device by hand if nobody needs it`,
  );
}

/** Device mounted at the data directory; the last line counts, as the last mount covers the others. */
async function mountedSource(host: Host): Promise<string | undefined> {
  const mounts = (await host.readText("/proc/self/mounts")) ?? "";
  return mounts
    .split("\n")
    .map((line) => line.split(" "))
    .findLast(([, target]) => target === DATA_DIRECTORY)?.[0];
}

function foreignMount(source: string): string {
  return `${DATA_DIRECTORY} is already the mount of ${source}, which is not this host's instance store`;
}
