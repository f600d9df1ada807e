import { textOf, valueAt } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { tagOf } from "../../../pricing/resource-index.ts";
import { stackRule } from "../../rule.ts";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATES = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
];
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";
const ROLE = "aws:iam/role:Role";

export const oneRolePerSlot = stackRule({
  name: "one-role-per-slot",
  level: "mandatory",
  why: "A host with another slot's role can take over that slot's name, status and results.",
  fix: "give each slot a launch template, an instance profile and a role of its own",
  outside: ["AWS Well-Architected SEC03-BP02"],
  *checkStack(resources) {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const owners = new Map<string, string>();
    // By URN: the offline plan is sorted so, the engine tells resources in the order they were made.
    const slots = resources
      .filter(({ type, inputs }) => type === GROUP && tagOf(inputs, TAGS.slot) !== undefined)
      .sort((a, b) => (a.urn < b.urn ? -1 : 1));
    for (const group of slots) {
      for (const role of new Set(rolesOf(group, byUrn))) {
        const owner = owners.get(role);
        if (owner === undefined) owners.set(role, group.name);
        else yield { urn: group.urn, message: `its hosts have the role of ${owner}` };
      }
    }
  },
});

/** Roles of a group's hosts: by URN where Pulumi recorded what the inputs depend on, by name where they are plain text. */
function rolesOf(group: ResourceRecord, byUrn: ReadonlyMap<string, ResourceRecord>): string[] {
  const inputs = ["launchTemplate", "launchConfiguration", "mixedInstancesPolicy"];
  const templates = TEMPLATES.flatMap((type) => named(group, inputs, type, byUrn));
  return templates.flatMap((template) => {
    const profiles = named(template, ["iamInstanceProfile"], PROFILE, byUrn);
    if (profiles.length > 0) return profiles.flatMap((profile) => rolesOfProfile(profile, byUrn));
    const name = profileName(template.inputs["iamInstanceProfile"]);
    if (name === undefined) return [];
    const made = [...byUrn.values()].find(({ type, inputs }) => type === PROFILE && inputs["name"] === name);
    return made === undefined ? [`profile ${name}`] : rolesOfProfile(made, byUrn);
  });
}

function rolesOfProfile(profile: ResourceRecord, byUrn: ReadonlyMap<string, ResourceRecord>): string[] {
  const roles = named(profile, ["role"], ROLE, byUrn).map(({ urn }) => urn);
  return roles.length > 0 ? roles : [textOf(profile.inputs["role"]) ?? profile.urn];
}

/** Name of a profile written out, be it by its name or by its ARN. */
function profileName(profile: unknown): string | undefined {
  const name = textOf(profile) ?? textOf(valueAt(profile, "name")) ?? textOf(valueAt(profile, "arn"));
  return name?.split("/").at(-1);
}

function named(
  { propertyDependencies }: ResourceRecord,
  properties: readonly string[],
  type: string,
  byUrn: ReadonlyMap<string, ResourceRecord>,
): ResourceRecord[] {
  return properties
    .flatMap((property) => propertyDependencies[property] ?? [])
    .map((urn) => byUrn.get(urn))
    .filter((resource): resource is ResourceRecord => resource?.type === type);
}
