import { mustRun, type Host } from "../host.ts";
import { describeSignature, readSignature, type Signature } from "./signature.ts";

/**
 * Makes one RAID 0 over all devices, or finds the one made by an earlier boot. Striped and not
 * mirrored: the disks go with the instance, so a second copy on the same host saves nothing.
 *
 * @returns the device of the array.
 * @throws Error where the devices are neither all empty nor all members of our array.
 */
export async function stripe(host: Host, devices: readonly string[], name: string): Promise<string> {
  const running = await runningArray(host, devices);
  if (running !== undefined) return running;

  const signatures = await Promise.all(
    devices.map(async (device) => ({ device, signature: await readSignature(host, device) })),
  );
  const array = `/dev/md/${name}`;
  if (signatures.every(({ signature }) => signature === undefined)) {
    await ensureMdadm(host);
    const layout = [
      "--level=0",
      `--raid-devices=${String(devices.length)}`,
      `--name=${name}`,
      "--homehost=any",
    ];
    await mustRun(host, "mdadm", ["--create", array, "--run", ...layout, ...devices]);
  } else if (signatures.every(({ signature }) => isMember(signature, name))) {
    await ensureMdadm(host);
    await mustRun(host, "mdadm", ["--assemble", array, ...devices]);
  } else {
    const found = signatures.map(
      ({ device, signature }) =>
        `${device}: ${signature === undefined ? "empty" : describeSignature(signature)}`,
    );
    throw new Error(
      `the instance-store devices are neither all empty nor all members of ${name} (${found.join(", ")}): none is touched. ` +
        `Terminate the instance, or wipe the devices by hand if nobody needs them`,
    );
  }
  return (await runningArray(host, devices)) ?? array;
}

/** After a restart the kernel may have assembled the array already, under a number of its own choice; mounts show that name too. */
async function runningArray(host: Host, devices: readonly string[]): Promise<string | undefined> {
  const holders = await Promise.all(
    devices.map((device) => host.list(`/sys/block/${device.replace("/dev/", "")}/holders`)),
  );
  const names = new Set(holders.flat());
  if (names.size === 0) return undefined;
  const [only] = names;
  if (
    only === undefined ||
    names.size > 1 ||
    !only.startsWith("md") ||
    holders.some((of) => of.length === 0)
  ) {
    throw new Error(
      `the instance-store devices ${devices.join(", ")} are in use by ${[...names].join(", ")}, not by one array over all of them`,
    );
  }
  return `/dev/${only}`;
}

function isMember(signature: Signature | undefined, name: string): boolean {
  if (signature?.type !== "linux_raid_member") return false;
  // mdadm writes the name with the host's before a colon where it thinks the array belongs to one.
  return signature.label === name || signature.label?.endsWith(`:${name}`) === true;
}

/** Not part of the stock image, and needed by the few types with several disks: installed here and not in user data. */
async function ensureMdadm(host: Host): Promise<void> {
  const { code } = await host.run("mdadm", ["--version"]);
  if (code !== 0) await mustRun(host, "dnf", ["install", "-y", "mdadm"]);
}
