import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Plan, PlannedResource } from "../model/plan.ts";

/**
 * Writes the program to compare with: the SDK's own classes under the SDK's own mocks, registering the
 * very resources of a plan with the same types, names, parents and inputs, and nothing else: no
 * settings, no outputs passed on, no prices, no rules, no report. Plain JavaScript, compiled beforehand.
 */
export function writeBareProgram(plan: Plan, path: string): void {
  const registrations = inParentOrder(plan.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    [
      'import * as pulumi from "@pulumi/pulumi";',
      'import * as aws from "@pulumi/aws";',
      'import * as random from "@pulumi/random";',
      "await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }), call: () => ({}) }, 'bare', 'bench', true);",
      "const made = {};",
      "await pulumi.runtime.runInPulumiStack(async () => {",
      ...registrations.map(registration),
      "});",
      "await pulumi.runtime.disconnect();",
      "",
    ].join("\n"),
  );
}

/** Parents before children, as any program makes them. */
function inParentOrder(resources: readonly PlannedResource[]): PlannedResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const depth = (resource: PlannedResource | undefined): number =>
    resource === undefined ? 0 : 1 + depth(byUrn.get(resource.parent ?? ""));
  return resources.toSorted((a, b) => depth(a) - depth(b));
}

function registration({ urn, type, name, parent, inputs }: PlannedResource): string {
  const options = `{ parent: made[${JSON.stringify(parent)}] }`;
  const [module = "", member = "", className = ""] = type.split(/[/:]/).filter((part) => part !== "index");
  const created =
    module === "proving-ground"
      ? `new pulumi.ComponentResource(${JSON.stringify(type)}, ${JSON.stringify(name)}, {}, ${options})`
      : `new ${classOf(type, module, member, className)}(${JSON.stringify(name)}, ${JSON.stringify(inputs)}, ${options})`;
  return `made[${JSON.stringify(urn)}] = ${created};`;
}

/** `aws:ec2/vpc:Vpc` is `aws.ec2.Vpc`, `random:index/randomId:RandomId` is `random.RandomId`. */
function classOf(type: string, module: string, member: string, className: string): string {
  if (type === "pulumi:providers:aws") return "aws.Provider";
  return module === "random"
    ? `random.${type.split(":").at(-1) ?? className}`
    : `${module}.${member}.${type.split(":").at(-1) ?? className}`;
}
