import { numberOf, tableOf } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { isUnknown } from "../../../model/resource.ts";
import { resourceRule } from "../../rule.ts";
import { inWords } from "../../words.ts";
import { volumesOf, withValue, type StatedVolume } from "./volumes.ts";

const DEARER = ["gp2", "io1", "io2", "standard"];

/**
 * Up to this size gp2 gives at most 3,000 IOPS and 128 MiB/s, which gp3 gives (3,000 and 125) at any size without
 * extra charge; a larger gp2 volume would become slower. Source: EC2 user guide, "General Purpose SSD volumes".
 */
const MENDED_UP_TO_GIB = 170;

export const volumesGp3 = resourceRule({
  name: "volumes-gp3",
  level: "mandatory",
  why: "A gp2 volume costs 25 per cent more than gp3 for less speed; io1 and io2 are charged for each IOPS besides.",
  fix: "set the volume's type to gp3, with iops and throughput where its 3,000 IOPS and 125 MiB/s are too little",
  outside: ["AWS Trusted Advisor: EBS gp2 to gp3", "AWS Compute Optimizer: EBS volumes"],
  *checkResource(resource) {
    for (const volume of volumesOf(resource)) {
      if (isDearer(volume))
        yield `${volume.title}: its type is ${inWords(volume.type)}${volume.type === undefined ? ", which makes it gp2" : ""}`;
    }
  },
  remediate(resource: ResourceRecord) {
    const mendable = volumesOf(resource).filter(
      ({ type, gib }) => type === "gp2" && (numberOf(gib) ?? Infinity) <= MENDED_UP_TO_GIB,
    );
    if (mendable.length === 0) return undefined;
    return mendable.reduce(
      (inputs, { typePath }) => tableOf(withValue(inputs, typePath, "gp3")),
      tableOf(resource.inputs),
    );
  },
});

function isDearer({ type, gp2WithoutType }: StatedVolume): boolean {
  if (type === undefined) return gp2WithoutType;
  return isUnknown(type) || DEARER.some((dearer) => dearer === type);
}
