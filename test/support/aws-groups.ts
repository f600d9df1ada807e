import { Cron } from "croner";
import type { Ask, AwsAnswer, AwsRequest, Imitation } from "./aws-proxy.ts";
import {
  formOf,
  itemsOf,
  listOf,
  operationOf,
  pageOf,
  serviceOf,
  textOf,
  withForm,
  xmlAnswer,
} from "./aws-query.ts";

const NAMESPACE = 'xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"';

/** A launch or termination as Auto Scaling words it. */
export interface ScalingActivity {
  readonly group: string;
  /** For example `Launching a new EC2 instance: i-0123456789abcdef0`. */
  readonly description: string;
  readonly status: string;
  readonly message?: string;
  readonly at: number;
}

/** What EC2 Auto Scaling does and moto does not. */
export class Groups {
  readonly imitations: readonly Imitation[];
  /** Newest first, as Auto Scaling gives them. */
  readonly activities: ScalingActivity[] = [];
  /** The emulated clock of schedules. */
  now: () => number = () => Date.now();
  readonly #spot = new Set<string>();
  readonly #suspended = new Map<string, Set<string>>();
  /** Capacity wanted of groups that may launch nothing. */
  readonly #wanted = new Map<string, number>();

  constructor() {
    this.imitations = [
      {
        what: "A group whose `Launch` is suspended takes a new desired capacity and launches nothing until it is resumed.",
        source: "EC2 Auto Scaling User Guide, Suspend and resume Amazon EC2 Auto Scaling processes: Launch",
        answer: (request, ask) => this.#capacity(request, ask),
      },
      {
        what: "`DescribeScalingActivities` tells launches and terminations, newest first, from `StartTimeLowerBound` on, by pages.",
        source: "EC2 Auto Scaling API Reference: DescribeScalingActivities, Activity",
        answer: (request) =>
          isCall(request, "DescribeScalingActivities") ? Promise.resolve(this.#tell(request)) : undefined,
      },
      {
        what: "`DescribeScheduledActions` gives the next run of a recurring action as its `StartTime`, in its time zone.",
        source: "EC2 Auto Scaling User Guide, Use DescribeScheduledActions with a CLI (example output)",
        answer: (request, ask) =>
          isCall(request, "DescribeScheduledActions") ? this.#scheduled(request, ask) : undefined,
      },
    ];
  }

  /** True for a group whose every host beyond the base is spot. */
  isSpot(group: string): boolean {
    return this.#spot.has(group);
  }

  clear(): void {
    this.activities.length = 0;
    this.#spot.clear();
    this.#suspended.clear();
    this.#wanted.clear();
    this.now = () => Date.now();
  }

  #capacity(request: AwsRequest, ask: Ask): Promise<AwsAnswer | undefined> | undefined {
    const form = serviceOf(request) === "autoscaling" ? formOf(request) : undefined;
    if (form === undefined) return undefined;
    const group = form.get("AutoScalingGroupName") ?? "";
    const operation = operationOf(request);
    if (operation === "CreateAutoScalingGroup" || operation === "UpdateAutoScalingGroup")
      this.#note(group, form);
    if (operation === "SuspendProcesses") this.#suspend(group, form);
    if (operation === "ResumeProcesses") return this.#resume(request, form, group, ask);
    if (operation === "SetDesiredCapacity") return this.#setDesired(form, group);
    if (operation === "DescribeAutoScalingGroups") return this.#describe(request, ask);
    return undefined;
  }

  #note(group: string, form: URLSearchParams): void {
    const share = form.get("MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity");
    if (share === "0") this.#spot.add(group);
    else if (share !== null) this.#spot.delete(group);
  }

  #suspend(group: string, form: URLSearchParams): void {
    const processes = this.#suspended.get(group) ?? new Set();
    for (const process of listOf(form, "ScalingProcesses")) processes.add(process);
    this.#suspended.set(group, processes);
  }

  /** What was wanted meanwhile is launched now. */
  async #resume(request: AwsRequest, form: URLSearchParams, group: string, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    for (const process of listOf(form, "ScalingProcesses")) this.#suspended.get(group)?.delete(process);
    const wanted = this.#wanted.get(group);
    if (wanted === undefined || this.#suspended.get(group)?.has("Launch") === true) return answer;
    this.#wanted.delete(group);
    const launch = new URLSearchParams({
      Action: "SetDesiredCapacity",
      Version: form.get("Version") ?? "2011-01-01",
      AutoScalingGroupName: group,
      DesiredCapacity: String(wanted),
    });
    await ask(withForm(request, launch));
    return answer;
  }

  #setDesired(form: URLSearchParams, group: string): Promise<AwsAnswer> | undefined {
    const desired = Number(form.get("DesiredCapacity"));
    if (desired === 0 || this.#suspended.get(group)?.has("Launch") !== true) {
      this.#wanted.delete(group);
      return undefined;
    }
    this.#wanted.set(group, desired);
    return Promise.resolve(xmlAnswer(`<SetDesiredCapacityResponse ${NAMESPACE}/>`));
  }

  async #describe(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    const body = [...this.#wanted].reduce(
      (xml, [group, wanted]) =>
        itemsOf(xml, "AutoScalingGroups", "member")
          .filter((one) => textOf(one, "AutoScalingGroupName") === group)
          .reduce(
            (whole, one) =>
              whole.replace(one, one.replace(/<DesiredCapacity>\d+</, `<DesiredCapacity>${String(wanted)}<`)),
            xml,
          ),
      answer.body,
    );
    return { ...answer, body };
  }

  #tell(request: AwsRequest): AwsAnswer {
    const form = formOf(request) ?? new URLSearchParams();
    const group = form.get("AutoScalingGroupName");
    const bound = form.get("Filters.member.1.Values.member.1");
    const since = bound === null ? 0 : Date.parse(bound);
    const told = this.activities.filter((one) => one.at >= since && (group === null || one.group === group));
    const { page, next } = pageOf(told, Number(form.get("MaxRecords") ?? 100), form.get("NextToken"));
    const members = page.map(
      ({ group: of, description, status, message, at }, index) =>
        `<member><ActivityId>${String(at)}-${String(index)}</ActivityId><AutoScalingGroupName>${of}</AutoScalingGroupName><Description>${description}</Description><StartTime>${new Date(at).toISOString()}</StartTime><StatusCode>${status}</StatusCode>${message === undefined ? "" : `<StatusMessage>${message}</StatusMessage>`}</member>`,
    );
    const rest = next === undefined ? "" : `<NextToken>${next}</NextToken>`;
    return xmlAnswer(
      `<DescribeScalingActivitiesResponse ${NAMESPACE}><DescribeScalingActivitiesResult><Activities>${members.join("")}</Activities>${rest}</DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`,
    );
  }

  async #scheduled(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const answer = await ask(request);
    const body = itemsOf(answer.body, "ScheduledUpdateGroupActions", "member").reduce((xml, action) => {
      const recurrence = textOf(action, "Recurrence");
      if (recurrence === undefined) return xml;
      const next = new Cron(recurrence, { timezone: textOf(action, "TimeZone") ?? "UTC" }).nextRun(
        new Date(this.now()),
      );
      const bare = action.replace(/<StartTime>[^<]*<\/StartTime>/, "");
      return xml.replace(action, `${bare}<StartTime>${next?.toISOString() ?? ""}</StartTime>`);
    }, answer.body);
    return { ...answer, body };
  }
}

function isCall(request: AwsRequest, operation: string): boolean {
  return serviceOf(request) === "autoscaling" && operationOf(request) === operation;
}
