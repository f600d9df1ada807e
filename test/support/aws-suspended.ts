import type { Ask, AwsAnswer, AwsRequest, Imitation } from "./aws-proxy.ts";
import { formOf, itemsOf, listOf, operationOf, serviceOf, textOf, xmlAnswer } from "./aws-query.ts";

/** What EC2 Auto Scaling does and ministack does not. */
export class SuspendedProcesses implements Imitation {
  readonly what =
    "`SuspendProcesses` and `ResumeProcesses` are kept, and told by `DescribeAutoScalingGroups`.";
  readonly source = "EC2 Auto Scaling API Reference: SuspendProcesses, ResumeProcesses, SuspendedProcess";
  readonly #suspended = new Map<string, Set<string>>();

  answer(request: AwsRequest, ask: Ask): Promise<AwsAnswer> | undefined {
    const form = serviceOf(request) === "autoscaling" ? formOf(request) : undefined;
    if (form === undefined) return undefined;
    const operation = operationOf(request);
    if (operation === "DescribeAutoScalingGroups") return this.#describe(request, ask);
    if (operation !== "SuspendProcesses" && operation !== "ResumeProcesses") return undefined;
    const group = form.get("AutoScalingGroupName") ?? "";
    const processes = this.#suspended.get(group) ?? new Set();
    for (const process of listOf(form, "ScalingProcesses")) {
      if (operation === "SuspendProcesses") processes.add(process);
      else processes.delete(process);
    }
    this.#suspended.set(group, processes);
    return Promise.resolve(
      xmlAnswer(`<${operation}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>`),
    );
  }

  async #describe(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    const body = itemsOf(answer.body, "AutoScalingGroups", "member").reduce((xml, group) => {
      const members = [...(this.#suspended.get(textOf(group, "AutoScalingGroupName") ?? "") ?? [])].map(
        (process) => `<member><ProcessName>${process}</ProcessName></member>`,
      );
      return xml.replace(group, `${group}<SuspendedProcesses>${members.join("")}</SuspendedProcesses>`);
    }, answer.body);
    return { ...answer, body };
  }
}
