import { z } from "zod";
import { listOf, textOf, valueAt } from "../../../model/inputs.ts";
import { ROLES, type Role } from "../../../model/roles.ts";
import { isUnknown, UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { LAUNCH_TEMPLATE } from "../../../pricing/resource-index.ts";
import { resourceRule } from "../../rule.ts";
import { fits, inWords } from "../../words.ts";
import { GROUP, hostTag, INSTANCE } from "./hosts.ts";

const globs = z.array(z.string().min(1)).min(1);

/** The families ClaudeFS is measured on: another one changes its figures as well as its price. */
const FAMILIES = {
  orchestrator: ["c7a.*"],
  storage: ["i4i.*"],
  "fuse-client": ["c7a.*"],
  "nfs-smb-client": ["c7a.*"],
  conduit: ["t3.*"],
  jepsen: ["c7a.*"],
} as const satisfies Record<Role, readonly string[]>;

export const allowedInstanceTypes = resourceRule({
  name: "allowed-instance-types",
  level: "mandatory",
  why: "A type of the wrong family costs more for the same work, and test figures of two families cannot be compared.",
  fix: "choose a type that is allowed for the role, or add it to parameters.allowed-instance-types.types",
  parameters: z.strictObject({
    types: z
      .strictObject(
        Object.fromEntries(ROLES.map((role) => [role, globs.default([...FAMILIES[role]])])) as Record<
          Role,
          z.ZodDefault<typeof globs>
        >,
      )
      .prefault({})
      .describe("Instance types by role; * stands for any text."),
  }),
  *checkResource(resource, { parameters }) {
    for (const type of statedTypes(resource)) {
      const role = roleOf(resource);
      if (isUnknown(role)) {
        yield `the role of the host is unknown before deployment, and with it the types that are allowed`;
        return;
      }
      const known = ROLES.find((other) => other === role);
      // Hosts of other programs have no role; dearest-node bounds them.
      if (known === undefined) continue;
      const allowed = parameters.types[known];
      const text = textOf(type);
      if (text !== undefined && allowed.some((glob) => fits(glob, text))) continue;
      yield `${known}: instance type ${inWords(type)} is not one of ${allowed.join(", ")}`;
    }
  },
});

/** Every resource is judged by the types it states itself: a template's count for groups that override none. */
function statedTypes({ type, inputs }: ResourceRecord): readonly unknown[] {
  if (type === GROUP) {
    const overrides = valueAt(inputs, "mixedInstancesPolicy", "launchTemplate", "overrides");
    if (isUnknown(overrides)) return [overrides];
    return listOf(overrides)
      .map((override) => byRequirements(override) ?? valueAt(override, "instanceType"))
      .filter((stated) => stated !== undefined);
  }
  if (type !== INSTANCE && type !== LAUNCH_TEMPLATE) return [];
  if (byRequirements(inputs) !== undefined) return [UNKNOWN];
  return inputs["instanceType"] === undefined ? [] : [inputs["instanceType"]];
}

/** Requirements let AWS choose: the type is known to nobody before. */
function byRequirements(launch: unknown): typeof UNKNOWN | undefined {
  const requirements = valueAt(launch, "instanceRequirements");
  return requirements === undefined || requirements === null ? undefined : UNKNOWN;
}

/** Of a template: the role its instances get. */
function roleOf(resource: ResourceRecord): unknown {
  const specifications = valueAt(resource.inputs, "tagSpecifications");
  if (isUnknown(specifications)) return specifications;
  const instances = listOf(specifications).find(
    (specification) => valueAt(specification, "resourceType") === "instance",
  );
  return valueAt(instances, "tags", TAGS.role) ?? hostTag(resource, TAGS.role);
}
