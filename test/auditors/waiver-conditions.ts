import type { Audited } from "../support/terraform-plan.ts";

/** The part of a plan that a waiver may look at. */
export interface AuditedPlan {
  readonly resources: readonly Audited[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[] | string;
  readonly Resource?: readonly string[] | string;
}

/** True where the policy of this name gives on `*` only actions that begin with one of these. */
export function actionsOnEverything(
  ...allowed: readonly string[]
): (plan: AuditedPlan, name: string) => boolean {
  return ({ resources }, name) => {
    const document = resources.find((resource) => resource.name === name)?.inputs["policy"];
    if (typeof document !== "string") return false;
    const { Statement } = JSON.parse(document) as { Statement: readonly Statement[] };
    return Statement.filter(({ Effect, Resource }) => Effect === "Allow" && [Resource].flat().includes("*"))
      .flatMap(({ Action }) => Action)
      .every((action) => allowed.some((start) => action.startsWith(start)));
  };
}

/** True where no rule of the plan lets an address range in. */
export function noneFromOutside({ resources }: AuditedPlan): boolean {
  return resources.every(({ type, inputs }) => {
    if (type === "aws:ec2/securityGroup:SecurityGroup") return inputs["ingress"] === undefined;
    if (type !== "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") return true;
    return ["cidrIpv4", "cidrIpv6", "prefixListId"].every((from) => inputs[from] === undefined);
  });
}

/** True where the function of this name has these environment variables and no other. */
export function variablesAre(...names: readonly string[]): (plan: AuditedPlan, name: string) => boolean {
  return ({ resources }, name) => {
    const { variables } = (resources.find((resource) => resource.name === name)?.inputs["environment"] ??
      {}) as {
      variables?: Readonly<Record<string, unknown>>;
    };
    return JSON.stringify(Object.keys(variables ?? {}).sort()) === JSON.stringify(names.toSorted());
  };
}
