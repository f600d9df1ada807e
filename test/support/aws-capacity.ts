import type { Ask, AwsAnswer, AwsRequest, Imitation } from "./aws-proxy.ts";
import { formOf, itemsOf, operationOf, serviceOf, textOf, xmlAnswer } from "./aws-query.ts";
import type { Groups } from "./aws-groups.ts";

/**
 * What EC2 Auto Scaling does where EC2 has nothing to give, and moto never does. It stands before `Groups`, and is
 * silent while every group gets what it wants.
 */
export class Capacity implements Imitation {
  readonly what =
    "A group for whose host EC2 has no capacity, or that is over a quota, keeps its desired capacity, has no host, and tells failed launches as its activities.";
  readonly source =
    "EC2 Auto Scaling User Guide, Troubleshoot Amazon EC2 Auto Scaling: instance launch failure; API Reference: Activity";
  readonly #groups: Groups;
  /** Wanted and not to be had, by group: the message of the failure, and on which market. */
  readonly #without = new Map<string, { readonly message: string; readonly spotOnly: boolean }>();
  readonly #wanted = new Set<string>();

  constructor(groups: Groups) {
    this.#groups = groups;
  }

  /** From now on a group's launches fail with this message; with `spotOnly`, as long as it launches spot. */
  refuse(group: string, message: string, spotOnly = false): void {
    this.#without.set(group, { message, spotOnly });
  }

  clear(): void {
    this.#without.clear();
    this.#wanted.clear();
  }

  answer(request: AwsRequest, ask: Ask): Promise<AwsAnswer> | undefined {
    if (serviceOf(request) !== "autoscaling") return undefined;
    const operation = operationOf(request);
    if (operation === "SetDesiredCapacity") return this.#setDesired(request);
    if (operation === "DescribeAutoScalingGroups" && this.#wanted.size > 0)
      return this.#describe(request, ask);
    return undefined;
  }

  #setDesired(request: AwsRequest): Promise<AwsAnswer> | undefined {
    const form = formOf(request) ?? new URLSearchParams();
    const group = form.get("AutoScalingGroupName") ?? "";
    const refusal = this.#without.get(group);
    const refused = refusal !== undefined && (!refusal.spotOnly || this.#groups.isSpot(group));
    if (form.get("DesiredCapacity") === "0" || !refused) {
      this.#wanted.delete(group);
      return undefined;
    }
    this.#wanted.add(group);
    this.#groups.activities.unshift({
      group,
      description: "Launching a new EC2 instance.  Status Reason: see the message",
      status: "Failed",
      message: refusal.message,
      at: this.#groups.now(),
    });
    return Promise.resolve(
      xmlAnswer('<SetDesiredCapacityResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>'),
    );
  }

  async #describe(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    const body = itemsOf(answer.body, "AutoScalingGroups", "member")
      .filter((group) => this.#wanted.has(textOf(group, "AutoScalingGroupName") ?? ""))
      .reduce(
        (xml, group) => xml.replace(group, group.replace(/<DesiredCapacity>\d+</, "<DesiredCapacity>1<")),
        answer.body,
      );
    return { ...answer, body };
  }
}
