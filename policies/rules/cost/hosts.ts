import { Decimal } from "decimal.js";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { mostInstances } from "../../../pricing/group-size.ts";
import { GROUP, INSTANCE, ResourceIndex, tagOf } from "../../../pricing/resource-index.ts";
import { costOf } from "../../cost.ts";

export { GROUP, INSTANCE } from "../../../pricing/resource-index.ts";

/** Groups and single instances that may run something; a group whose size is not known is one of them. */
export function hostsOf(resources: readonly ResourceRecord[]): readonly ResourceRecord[] {
  return resources.filter(
    (resource) =>
      resource.type === INSTANCE || (resource.type === GROUP && countOf(resource, resources) !== 0),
  );
}

/**
 * Instances that may run at once, as the estimate counts them: scheduled actions and a warm pool can make them
 * more than `maxSize`. Undefined where that is not known before deployment.
 */
export function countOf(host: ResourceRecord, resources: readonly ResourceRecord[]): number | undefined {
  return host.type === INSTANCE ? 1 : mostInstances(host, indexOf(resources));
}

const indexes = new WeakMap<readonly ResourceRecord[], ResourceIndex>();

/** Built once for all the rules of a run. */
function indexOf(resources: readonly ResourceRecord[]): ResourceIndex {
  const index = indexes.get(resources) ?? new ResourceIndex(resources);
  indexes.set(resources, index);
  return index;
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
