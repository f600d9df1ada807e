import { Decimal } from "decimal.js";
import { numberOf } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { GROUP, tagOf } from "../../../pricing/resource-index.ts";
import { costOf } from "../../cost.ts";

export { GROUP } from "../../../pricing/resource-index.ts";
export const INSTANCE = "aws:ec2/instance:Instance";

/** Groups and single instances that may run something; a group whose size is not known is one of them. */
export function hostsOf(resources: readonly ResourceRecord[]): readonly ResourceRecord[] {
  return resources.filter(
    (resource) => resource.type === INSTANCE || (resource.type === GROUP && countOf(resource) !== 0),
  );
}

/** Instances that may run at once; undefined where that is not known before deployment. */
export function countOf({ type, inputs }: ResourceRecord): number | undefined {
  return type === INSTANCE ? 1 : numberOf(inputs["maxSize"]);
}

/** A tag of a host. Tags that are unknown as a whole make each of them unknown. */
export function hostTag({ inputs }: ResourceRecord, key: (typeof TAGS)[keyof typeof TAGS]): unknown {
  return isUnknown(inputs["tags"]) ? inputs["tags"] : tagOf(inputs, key);
}

/**
 * US dollars an hour of a resource at on-demand prices, everything of it running, from the estimate's lines.
 * `instances`: the instances alone, without volumes and addresses.
 */
export function onDemandUsdPerHour(
  resources: readonly ResourceRecord[],
  urn: string,
  part: "everything" | "instances",
): Decimal {
  return costOf(resources)
    .lines.filter((line) => line.urn === urn && (part === "everything" || line.item.includes(" instance (")))
    .reduce((sum, line) => sum.plus(line.worstCaseUsdPerDay), new Decimal(0))
    .div(24);
}
