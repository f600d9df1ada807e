import type { ResourceRecord } from "../model/resource.ts";
import { textOf, type Table, listOf, tableOf } from "../model/inputs.ts";

export const INSTANCE = "aws:ec2/instance:Instance";
export const GROUP = "aws:autoscaling/group:Group";
export const SCHEDULE = "aws:autoscaling/schedule:Schedule";
export const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const FUNCTION = "aws:lambda/function:Function";
const SCHEDULER = "aws:scheduler/schedule:Schedule";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
export const PROVIDER = "pulumi:providers:aws";

/** Look-ups between resources, built in one pass so that the estimate stays linear in their number. */
export class ResourceIndex {
  readonly #byUrn = new Map<string, ResourceRecord>();
  readonly #schedules = new Map<string, ResourceRecord[]>();
  readonly #flowLogTargets = new Set<string>();
  readonly #functionLogs = new Set<string>();
  readonly #callers = new Map<string, ResourceRecord[]>();
  /** Regions that AWS providers of the plan name, by URN of the provider. */
  readonly providerRegions: readonly unknown[];

  constructor(resources: readonly ResourceRecord[]) {
    const providers: ResourceRecord[] = [];
    for (const resource of resources) {
      this.#byUrn.set(resource.urn, resource);
      if (resource.type === PROVIDER) providers.push(resource);
      if (resource.type === SCHEDULE) {
        const name = textOf(resource.inputs["autoscalingGroupName"]);
        const keys = new Set([
          ...dependencies(resource, "autoscalingGroupName"),
          ...(name === undefined ? [] : [name]),
        ]);
        for (const key of keys) this.#schedules.set(key, [...(this.#schedules.get(key) ?? []), resource]);
      }
      if (resource.type === FUNCTION) {
        for (const urn of dependencies(resource, "loggingConfig")) this.#functionLogs.add(urn);
      }
      if (resource.type === SCHEDULER) {
        for (const urn of dependencies(resource, "target"))
          this.#callers.set(urn, [...(this.#callers.get(urn) ?? []), resource]);
      }
      if (resource.type === FLOW_LOG) {
        for (const property of ["logDestination", "logGroupName"]) {
          for (const urn of dependencies(resource, property)) this.#flowLogTargets.add(urn);
        }
      }
    }
    providers.sort((first, second) => (first.urn < second.urn ? -1 : 1));
    this.providerRegions = providers
      .map(({ inputs }) => inputs["region"])
      .filter((region) => region !== undefined);
  }

  get(urn: string | undefined): ResourceRecord | undefined {
    return urn === undefined ? undefined : this.#byUrn.get(urn);
  }

  /** Resources of a type that one input of `resource` depends on, in a stable order. */
  behind(resource: ResourceRecord, property: string, type: string): readonly ResourceRecord[] {
    return dependencies(resource, property)
      .map((urn) => this.#byUrn.get(urn))
      .filter((found): found is ResourceRecord => found?.type === type);
  }

  /** Scheduled actions of a group, found by URN or, where programs write the name out, by name. */
  schedulesOf(group: ResourceRecord): readonly ResourceRecord[] {
    const name = textOf(group.inputs["name"]);
    const named = name === undefined ? [] : (this.#schedules.get(name) ?? []);
    return [...new Set([...(this.#schedules.get(group.urn) ?? []), ...named])];
  }

  /** Schedules of EventBridge Scheduler that call a function. */
  schedulesOfFunction(urn: string): readonly ResourceRecord[] {
    return this.#callers.get(urn) ?? [];
  }

  /** True for a log group that a Lambda function states as its own. */
  receivesFunctionLogs(urn: string): boolean {
    return this.#functionLogs.has(urn);
  }

  /** True for a log group that VPC flow logs are written to. */
  receivesFlowLogs(urn: string): boolean {
    return this.#flowLogTargets.has(urn);
  }
}

/** URNs that one input depends on. */
export function dependencies(resource: ResourceRecord, property: string): readonly string[] {
  return resource.propertyDependencies[property] ?? [];
}

/** Value of a tag, from a table of tags or from a group's list of them. */
export function tagOf(inputs: Table, key: string): unknown {
  const { tags } = inputs;
  if (!Array.isArray(tags)) return tableOf(tags)[key];
  return listOf(tags)
    .map(tableOf)
    .find((tag) => tag["key"] === key)?.["value"];
}
