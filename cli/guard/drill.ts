import { METRIC_NAMESPACE } from "../../model/guard.ts";
import { rearm, stopAll } from "../../runtime/guard/act.ts";
import { PARTITIONS } from "../../runtime/guard/aws/items.ts";
import { classifier } from "../../runtime/guard/classify.ts";
import { isAlive } from "../../runtime/guard/billable.ts";
import { all, messageOf } from "../../runtime/guard/observe.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import type { CheckLine } from "../checklist.ts";
import { shownDuration } from "../cluster/duration.ts";
import { DryCloud, tagContext, type DrillCall } from "./drill-cloud.ts";
import type { DrillPorts, GuardParts } from "./drill-ports.ts";
import type { GuardedStack } from "./stack.ts";

/** One step of a drill: a line of its table, with when, how long, and every call that was tried. */
export interface DrillStep extends CheckLine {
  readonly startedAt: number;
  readonly ms: number;
  readonly calls: readonly DrillCall[];
}

/** What a step found. */
export interface Found {
  readonly found: string;
  /** What is not as it must be; a step with any has failed. */
  readonly problems?: readonly string[];
  readonly calls?: readonly DrillCall[];
}

const FIX = "Run `pulumi up` for this stack and drill again; what stays refused, the message names.";

/** Does a step, whatever becomes of it. */
export async function step(
  { clock }: Pick<DrillPorts, "clock">,
  id: string,
  title: string,
  work: () => Promise<Found>,
): Promise<DrillStep> {
  const startedAt = clock.now();
  const done = (status: DrillStep["status"], found: string, calls: readonly DrillCall[] = []): DrillStep => {
    const fix = status === "ok" ? {} : { fix: FIX };
    return { id, title, status, found, ...fix, startedAt, ms: clock.now() - startedAt, calls };
  };
  try {
    const { found, problems = [], calls } = await work();
    return problems.length === 0 ? done("ok", found, calls) : done("failed", problems.join("\n"), calls);
  } catch (error) {
    return done("failed", messageOf(error));
  }
}

/** A step that was not tried, and why. */
export function skipped(
  { clock }: Pick<DrillPorts, "clock">,
  id: string,
  title: string,
  why: string,
): DrillStep {
  return { id, title, status: "skipped", found: why, startedAt: clock.now(), ms: 0, calls: [] };
}

/**
 * Walks the whole way of a stop and of a re-arming by the guard's own code, against the real stack, and changes
 * nothing: every change is a question to IAM, for the guard's role, and to EC2 as a dry run.
 */
export async function dryDrill(ports: DrillPorts, stack: GuardedStack): Promise<readonly DrillStep[]> {
  const { config } = stack;
  let parts: GuardParts | undefined;
  const steps: DrillStep[] = [];
  const run = async (id: string, title: string, work: () => Promise<Found>): Promise<void> => {
    steps.push(await step(ports, id, title, work));
  };

  await run("drill.parts", "function and schedule", async () => {
    parts = await ports.parts();
    return partsFound(parts);
  });
  await run("drill.life", "sign of life", () => lifeFound(ports, stack));
  const roleArn = parts?.roleArn;
  if (parts === undefined || roleArn === undefined)
    return [
      ...steps,
      skipped(ports, "drill.rest", "the other steps", "not tried: the guard's role is not known"),
    ];
  const { people } = parts;
  await run("drill.people", "people are told", () =>
    Promise.resolve({
      found: `${String(people.confirmed)} confirmed`,
      problems: people.confirmed > 0 ? [] : [`nobody is: ${String(people.pending)} wait for confirmation`],
    }),
  );
  await run("drill.rights", "rights of its own", () => ownRights(ports, stack, roleArn));
  await run("drill.persistent", "persistent hosts", () => persistentFound(ports, stack, roleArn));

  const facts = await ports.groupFacts(config.slots.map(({ group }) => group));
  const dry = new DryCloud(ports, config, roleArn, facts);
  await run("drill.stop", "stop, to its end", async () => {
    const { ids, failures, verified } = await stopAll({ cloud: dry, clock: ports.clock }, config);
    const problems = verified || failures.length > 0 ? failures : ["the stop was not verified"];
    const stopped = ids.length === 0 ? "nothing runs that it would stop" : `would stop ${ids.join(", ")}`;
    return { found: `${stopped}; ${String(dry.calls.length)} calls`, problems, calls: [...dry.calls] };
  });
  const before = dry.calls.length;
  await run("drill.rearm", "re-arming", async () => {
    const { failures } = await rearm({ cloud: dry }, config);
    const calls = dry.calls.slice(before);
    return { found: `${String(calls.length)} calls`, problems: failures, calls };
  });
  return steps;
}

function partsFound({ functionArn, state, lastUpdate, schedule, budgetCalls }: GuardParts): Found {
  const problems = [
    ...(state === "Active" ? [] : [`the function is ${state}`]),
    ...(lastUpdate === "Successful" ? [] : [`its last update is ${lastUpdate}`]),
    ...(schedule.state === "ENABLED" ? [] : [`the schedule is ${schedule.state}`]),
    ...(schedule.target === functionArn ? [] : [`the schedule calls ${schedule.target || "nothing"}`]),
    ...(budgetCalls ? [] : ["AWS Budgets' topic does not call the function"]),
  ];
  return { found: "active, called by its schedule and by AWS Budgets", problems };
}

async function lifeFound({ table, clock }: DrillPorts, { config, name }: GuardedStack): Promise<Found> {
  const read = await Promise.all([table.heartbeat(), table.read()]).catch(unlessMissing);
  if (read === undefined) return { found: "", problems: [`the guard's table ${name} does not exist`] };
  const [heartbeat, ledger] = read;
  if (heartbeat === undefined || ledger === undefined) return { found: "", problems: ["it has never run"] };
  const age = clock.now() - heartbeat;
  const found = `${clockTime(heartbeat)}, ${shownDuration(age)} ago`;
  const isOld = age > config.intervalMs * (1 + config.missedTicks) + config.timeToActMs;
  return { found, problems: isOld ? [`the last one was ${found}`] : [] };
}

/** For a table that is not there; any other failure goes on. DynamoDB does not say which resource it has not found. */
export function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
  throw error;
}

/** Rights that the way of a stop needs besides those on groups and hosts, which are asked where they are used. */
async function ownRights(ports: DrillPorts, { config, name }: GuardedStack, roleArn: string): Promise<Found> {
  const { account, homeRegion, agentsRole } = config;
  const table = `arn:aws:dynamodb:${homeRegion}:${account}:table/${name}`;
  const keys = { "dynamodb:LeadingKeys": PARTITIONS.guard };
  const wanted: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ["dynamodb:PutItem", table, keys],
    ["dynamodb:Query", table, { "dynamodb:LeadingKeys": PARTITIONS.request }],
    ["dynamodb:PutItem", table, { "dynamodb:LeadingKeys": PARTITIONS.heartbeat }],
    ["cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": METRIC_NAMESPACE }],
    ["sns:Publish", `arn:aws:sns:${homeRegion}:${account}:${name}`, {}],
    ["ec2:DescribeInstances", "*", {}],
    ["autoscaling:DescribeAutoScalingGroups", "*", {}],
    ...(agentsRole === undefined
      ? []
      : [["iam:PutRolePolicy", `arn:aws:iam::${account}:role/${agentsRole}`, {}] as const]),
  ];
  const problems: string[] = [];
  for (const [action, resource, context] of wanted) {
    const decision = await ports.decisionFor(roleArn, action, resource, context);
    if (decision !== "allowed") problems.push(`${action} on ${resource}: ${decision}`);
  }
  return { found: `${String(wanted.length)} of ${String(wanted.length)} allowed`, problems };
}

/** The other side of the coin: what must never stop is out of the role's reach (FM-08). */
async function persistentFound(ports: DrillPorts, { config }: GuardedStack, roleArn: string): Promise<Found> {
  const classify = classifier(config);
  const instances = await all((next) => ports.cloud.instances(config.homeRegion, next));
  const hosts = instances.filter(
    (instance) => isAlive(instance.state) && classify(instance).kind === "persistent",
  );
  const problems: string[] = [];
  for (const { id, region, tags } of hosts) {
    const arn = `arn:aws:ec2:${region}:${config.account}:instance/${id}`;
    const decision = await ports.decisionFor(roleArn, "ec2:TerminateInstances", arn, tagContext(tags));
    if (decision === "allowed") problems.push(`the guard's role could terminate ${id}, a persistent host`);
  }
  return { found: `${String(hosts.length)} out of its reach`, problems };
}
