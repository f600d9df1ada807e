import { TAGS } from "../../model/tags.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import type { ObservedInstance } from "../../runtime/guard/observations.ts";
import type { Cloud, LatchedProcess } from "../../runtime/guard/ports.ts";
import type { DrillPorts, GroupFacts, RightContext } from "./drill-ports.ts";

/** A call that the guard would have made, and how it came out: what, when, how long. */
export interface DrillCall {
  readonly call: string;
  readonly at: number;
  readonly ms: number;
  /** Absent where it would have gone through. */
  readonly refused?: string;
}

/**
 * A cloud for the guard's own code in which every change is a question: IAM is asked whether the guard's role may do
 * it, EC2 whether it would. What was asked counts as done when it is looked at again, so that the whole path is
 * walked, to its end. Looks are real.
 */
export class DryCloud implements Cloud {
  readonly calls: DrillCall[] = [];
  readonly instances: Cloud["instances"];
  readonly groups: Cloud["groups"];
  readonly scheduledRuns: Cloud["scheduledRuns"];
  readonly scalingActivities: Cloud["scalingActivities"];
  readonly spotPrices: Cloud["spotPrices"];
  readonly spotRequests: Cloud["spotRequests"];
  readonly modelUsage: Cloud["modelUsage"];
  readonly #ports: DrillPorts;
  readonly #config: Pick<GuardConfig, "account" | "environment">;
  readonly #role: string;
  readonly #facts: ReadonlyMap<string, GroupFacts>;
  readonly #suspended = new Map<string, ReadonlySet<string>>();
  readonly #desired = new Map<string, number>();
  readonly #terminated = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly #seen = new Map<string, ObservedInstance>();
  #denied: boolean | undefined;

  constructor(
    ports: DrillPorts,
    config: Pick<GuardConfig, "account" | "environment">,
    role: string,
    facts: ReadonlyMap<string, GroupFacts>,
  ) {
    this.#ports = ports;
    this.#config = config;
    this.#role = role;
    this.#facts = facts;
    const { cloud } = ports;
    this.instances = async (region, next) => {
      const page = await cloud.instances(region, next);
      for (const instance of page.items) this.#seen.set(instance.id, instance);
      return { ...page, items: page.items.filter(({ id }) => !this.#terminated.has(id)) };
    };
    this.groups = async (names, next) => {
      const page = await cloud.groups(names, next);
      const items = page.items.map((group) => ({
        ...group,
        desired: this.#desired.get(group.name) ?? group.desired,
        suspended: [...(this.#suspended.get(group.name) ?? group.suspended)],
      }));
      for (const { name, suspended } of items) this.#suspended.set(name, new Set(suspended));
      return { ...page, items };
    };
    this.spotRequests = async (region, next) => {
      const page = await cloud.spotRequests(region, next);
      return { ...page, items: page.items.filter(({ id }) => !this.#cancelled.has(id)) };
    };
    this.scheduledRuns = (next) => cloud.scheduledRuns(next);
    this.scalingActivities = (since, next) => cloud.scalingActivities(since, next);
    this.spotPrices = (...question) => cloud.spotPrices(...question);
    this.modelUsage = (days) => cloud.modelUsage(days);
  }

  async suspend(group: string, processes: readonly LatchedProcess[]): Promise<void> {
    await this.#ofGroup("autoscaling:SuspendProcesses", group, processes.join(", "));
    this.#suspended.set(group, new Set([...(this.#suspended.get(group) ?? []), ...processes]));
  }

  async resume(group: string, processes: readonly LatchedProcess[]): Promise<void> {
    await this.#ofGroup("autoscaling:ResumeProcesses", group, processes.join(", "));
    const left = [...(this.#suspended.get(group) ?? [])].filter(
      (process) => !processes.some((one) => one === process),
    );
    this.#suspended.set(group, new Set(left));
  }

  async setDesired(group: string, desired: number): Promise<void> {
    await this.#ofGroup("autoscaling:SetDesiredCapacity", group, String(desired));
    this.#desired.set(group, desired);
  }

  async cancelSpotRequests(region: string, ids: readonly string[]): Promise<void> {
    // Asked as for requests that carry the environment's tags: those of a request itself are not in what is observed.
    const context = tagContext({
      [TAGS.project]: "proving-ground",
      [TAGS.environment]: this.#config.environment,
    });
    await this.#record(`ec2:CancelSpotInstanceRequests ${region} ${ids.join(", ")}`, async () => {
      for (const id of ids) {
        const arn = `arn:aws:ec2:${region}:${this.#config.account}:spot-instances-request/${id}`;
        await this.#require("ec2:CancelSpotInstanceRequests", arn, context);
      }
    });
    for (const id of ids) this.#cancelled.add(id);
  }

  /** All or none, as EC2. */
  async terminate(region: string, ids: readonly string[]): Promise<void> {
    await this.#record(`ec2:TerminateInstances ${region} ${ids.join(", ")}`, async () => {
      for (const id of ids) {
        const arn = `arn:aws:ec2:${region}:${this.#config.account}:instance/${id}`;
        await this.#require("ec2:TerminateInstances", arn, tagContext(this.#seen.get(id)?.tags ?? {}));
      }
      await this.#ports.tryTerminate(region, ids);
    });
    for (const id of ids) this.#terminated.add(id);
  }

  async modelsDenied(role: string): Promise<boolean> {
    return this.#denied ?? this.#ports.cloud.modelsDenied(role);
  }

  async denyModels(role: string): Promise<void> {
    await this.#ofRole("iam:PutRolePolicy", role);
    this.#denied = true;
  }

  async allowModels(role: string): Promise<void> {
    await this.#ofRole("iam:DeleteRolePolicy", role);
    this.#denied = false;
  }

  async #require(action: string, resource: string, context: RightContext): Promise<void> {
    const decision = await this.#ports.decisionFor(this.#role, action, resource, context);
    if (decision !== "allowed")
      throw new Error(`the guard's role may not ${action} on ${resource} (${decision})`);
  }

  async #ofGroup(action: string, group: string, what: string): Promise<void> {
    await this.#record(`${action} ${group} ${what}`, async () => {
      const facts = this.#facts.get(group);
      if (facts === undefined) throw new Error(`group ${group} does not exist`);
      await this.#require(action, facts.arn, tagContext(facts.tags));
    });
  }

  async #ofRole(action: string, role: string): Promise<void> {
    const arn = `arn:aws:iam::${this.#config.account}:role/${role}`;
    await this.#record(`${action} ${role}`, () => this.#require(action, arn, {}));
  }

  async #record(call: string, ask: () => Promise<void>): Promise<void> {
    const { clock } = this.#ports;
    const at = clock.now();
    try {
      await ask();
      this.calls.push({ call, at, ms: clock.now() - at });
    } catch (error) {
      const refused = error instanceof Error ? error.message : String(error);
      this.calls.push({ call, at, ms: clock.now() - at, refused });
      throw error;
    }
  }
}

export function tagContext(tags: Readonly<Record<string, string>>): RightContext {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value]));
}
