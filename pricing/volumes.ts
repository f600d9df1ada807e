import { Decimal } from "decimal.js";
import { isUnknown } from "../model/resource.ts";
import {
  DEFAULT_VOLUME_TYPE,
  GP3_INCLUDED_IOPS,
  GP3_INCLUDED_MIBPS,
  ROOT_VOLUME_GIB,
  ROOT_VOLUME_TYPE,
} from "./assumptions.ts";
import { numberOf, tableOf, textOf, type Table } from "../model/inputs.ts";
import { monthly, type PricedItem, type RunningHours } from "./money.ts";
import type { PriceBook } from "./price-book.ts";

/** An EBS volume, of whichever resource states it. */
export interface Volume {
  /** What the line calls it, such as `root volume`. */
  readonly title: string;
  readonly gib: number;
  readonly type: string;
  readonly iops: number;
  readonly mibps: number;
}

/**
 * Reads a volume from a table with `volumeSize` or `size`, `volumeType` or `type`, `iops` and `throughput`.
 * A size that is not known, or is that of a snapshot, is a problem: nothing sensible bounds it (FM-48).
 */
export function readVolume(table: Table, title: string, owner: string, book: PriceBook): Volume | undefined {
  const size = table["volumeSize"] ?? table["size"];
  const type = table["volumeType"] ?? table["type"];
  for (const [what, value] of [
    ["size", size],
    ["IOPS", table["iops"]],
    ["throughput", table["throughput"]],
  ] as const) {
    if (!isUnknown(value)) continue;
    book.problem(
      `The ${what} of the ${title} of ${owner} is not known before AWS is asked, so it has no price: state it as a number.`,
    );
    return undefined;
  }
  const gib = numberOf(size);
  const snapshot = table["snapshotId"];
  if (gib === undefined && snapshot !== undefined && snapshot !== null && snapshot !== "") {
    book.problem(
      `The size of the ${title} of ${owner} is that of its snapshot, which only AWS knows, so it has no price: state it as a number.`,
    );
    return undefined;
  }
  if (gib === undefined) {
    book.note(
      `Volume without a stated size, counted as ${String(ROOT_VOLUME_GIB)} GiB`,
      `${title} of ${owner}`,
    );
  }
  return {
    title,
    gib: gib ?? ROOT_VOLUME_GIB,
    // io1 is the dearest type with a known price; an unknown type counts as that one.
    type: isUnknown(type) ? "unknown" : (textOf(type) ?? DEFAULT_VOLUME_TYPE),
    iops: numberOf(table["iops"]) ?? 0,
    mibps: numberOf(table["throughput"]) ?? 0,
  };
}

/** Root volume of a host that states none. */
export function assumedRoot(owner: string, book: PriceBook): Volume {
  book.note(
    `Root volume not stated, counted as that of Amazon Linux 2023, ${String(ROOT_VOLUME_GIB)} GiB of ${ROOT_VOLUME_TYPE}`,
    owner,
  );
  return { title: "root volume", gib: ROOT_VOLUME_GIB, type: ROOT_VOLUME_TYPE, iops: 0, mibps: 0 };
}

const ROOT_DEVICES = new Set(["/dev/xvda", "/dev/sda1", "/dev/sda", "/dev/nvme0n1"]);

/** Volumes of the block device mappings of a launch template. */
export function mappedVolumes(
  mappings: readonly unknown[],
  owner: string,
  book: PriceBook,
): readonly Volume[] {
  const stated = mappings.map(tableOf).filter(({ ebs }) => Object.keys(tableOf(ebs)).length > 0);
  const named = (mapping: Table): string => textOf(mapping["deviceName"]) ?? "";
  const root =
    stated.find((mapping) => ROOT_DEVICES.has(named(mapping))) ??
    (stated.length === 1 ? stated[0] : undefined);
  const volumes = stated.map((mapping) =>
    readVolume(
      tableOf(mapping["ebs"]),
      mapping === root ? "root volume" : `volume ${named(mapping)}`,
      owner,
      book,
    ),
  );
  return [
    ...(root === undefined ? [assumedRoot(owner, book)] : []),
    ...volumes.filter((volume) => volume !== undefined),
  ];
}

/** Lines of `count` equal volumes of a resource, there for some hours a day. */
export function volumeItems(
  urn: string,
  region: string,
  volume: Volume,
  count: number,
  book: PriceBook,
  hours?: RunningHours,
): readonly PricedItem[] {
  const { title } = volume;
  const type = pricedType(volume.type, book);
  const head = (item: string, quantity: Decimal, unit: string): Parameters<typeof monthly>[0] => ({
    urn,
    item,
    quantity,
    unit,
    basis: "fixed",
  });
  const gib = new Decimal(volume.gib).times(count);
  const items = [
    monthly(
      head(`${title} (${volume.type})`, gib, "GiB"),
      gib.times(book.service(region, `ebs-${type}-gib-month`)),
      hours,
    ),
  ];
  const included = type === "gp3" ? GP3_INCLUDED_IOPS : 0;
  if (type !== "gp2" && volume.iops > included) {
    const iops = new Decimal(volume.iops).minus(included).times(count);
    items.push(
      monthly(
        head(`${title} IOPS`, iops, "IOPS"),
        iops.times(book.service(region, `ebs-${type}-iops-month`)),
        hours,
      ),
    );
  }
  if (type === "gp3" && volume.mibps > GP3_INCLUDED_MIBPS) {
    const mibps = new Decimal(volume.mibps).minus(GP3_INCLUDED_MIBPS).times(count);
    items.push(
      monthly(
        head(`${title} throughput`, mibps, "MiB/s"),
        mibps.times(book.service(region, "ebs-gp3-mibps-month")),
        hours,
      ),
    );
  }
  return items;
}

/** The volume type whose figures count; io1, the dearest per GiB and IOPS, for every type without figures of its own. */
function pricedType(type: string, book: PriceBook): "gp3" | "gp2" | "io1" {
  if (type === "gp3" || type === "gp2" || type === "io1") return type;
  book.note(
    `EBS volumes of type ${type} have no price in the catalogue: they count as io1, the dearest with a price.`,
  );
  return "io1";
}
