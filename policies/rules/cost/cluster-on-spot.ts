import { valueAt } from "../../../model/inputs.ts";
import { CLUSTER_ROLES } from "../../../model/roles.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { tagOf } from "../../../pricing/resource-index.ts";
import type { ResourceRule } from "../../rule.ts";

const GROUP = "aws:autoscaling/group:Group";
const INSTANCE = "aws:ec2/instance:Instance";

export const clusterOnSpot: ResourceRule = {
  name: "cluster-on-spot",
  level: "mandatory",
  why: "On-demand capacity for a cluster role costs two to three times the spot price, day after day.",
  fix: "use a mixed-instances policy with no on-demand base and 0 per cent above it",
  *checkResource(resource) {
    if (resource.type !== GROUP && resource.type !== INSTANCE) return;
    const role = clusterRoleOf(resource);
    if (role === undefined) return;
    if (resource.type === INSTANCE) {
      const market = valueAt(resource.inputs, "instanceMarketOptions", "marketType");
      if (market !== "spot") yield `${role} runs as a single instance whose market is ${describe(market)}`;
      return;
    }
    for (const field of ["onDemandBaseCapacity", "onDemandPercentageAboveBaseCapacity"]) {
      const value = valueAt(resource.inputs, "mixedInstancesPolicy", "instancesDistribution", field);
      if (value !== 0) yield `${role}: ${field} is ${describe(value)}, not 0`;
    }
  },
};

function describe(value: unknown): string {
  if (value === undefined) return "not set";
  return isUnknown(value) ? "unknown before deployment" : JSON.stringify(value);
}

/** The cluster role a host carries as a tag. One that is not known yet may be any: it is judged as one. */
function clusterRoleOf({ inputs }: ResourceRecord): string | undefined {
  const role = isUnknown(inputs["tags"]) ? inputs["tags"] : tagOf(inputs, TAGS.role);
  if (isUnknown(role)) return "a role unknown before deployment";
  return CLUSTER_ROLES.find((known) => known === role);
}
