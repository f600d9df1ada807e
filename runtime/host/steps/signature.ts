import { mustRun, type Host } from "../host.ts";

/** What the first bytes of a device say it is. */
export interface Signature {
  /** File system, RAID or volume manager, in blkid's words; undefined for a bare partition table. */
  readonly type: string | undefined;
  readonly label: string | undefined;
  readonly partitionTable: string | undefined;
}

/**
 * Looks at the device itself, past blkid's cache.
 *
 * @returns undefined for a device without any signature.
 * @throws Error where blkid fails or finds contradictory signatures: what is not understood is not empty.
 */
export async function readSignature(host: Host, device: string): Promise<Signature | undefined> {
  const args = ["--probe", "--output", "export", device];
  const { code, stdout } = await host.run("blkid", args);
  // 2: nothing recognised. 8: contradictory signatures (manual page of blkid, "Exit status").
  if (code === 2) return undefined;
  if (code === 8)
    throw new Error(`${device} carries contradictory signatures: it is neither formatted nor mounted`);
  if (code !== 0) return parse(await mustRun(host, "blkid", args));
  return parse(stdout);
}

export function describeSignature({ type, label, partitionTable }: Signature): string {
  const what =
    type ?? (partitionTable === undefined ? "an unknown signature" : `a partition table (${partitionTable})`);
  return label === undefined ? what : `${what} labelled "${label}"`;
}

function parse(output: string): Signature {
  const values = new Map(
    output.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  return { type: values.get("TYPE"), label: values.get("LABEL"), partitionTable: values.get("PTTYPE") };
}
