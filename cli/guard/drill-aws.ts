import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { clientOptions, makeClients } from "../../runtime/guard/aws/clients.ts";
import { awsCloud } from "../../runtime/guard/aws/cloud.ts";
import { ADMISSION_LOCK_KEY } from "../../runtime/guard/aws/items.ts";
import { TableLock } from "../../runtime/guard/aws/lock.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import { messageOf } from "../../runtime/guard/observe.ts";
import type { Clock } from "../../runtime/guard/ports.ts";
import type { DrillPorts, GroupFacts, GuardParts } from "./drill-ports.ts";
import type { GuardedStack } from "./stack.ts";

/** The most names that DescribeAutoScalingGroups gives in a page. */
const GROUPS_AT_ONCE = 100;

export function drillPorts(stack: GuardedStack, clock: Clock): DrillPorts {
  const { config, name } = stack;
  const clients = makeClients(config.homeRegion);
  return {
    cloud: awsCloud(clients, config, clock),
    clock,
    admissionLock: new TableLock(clients.dynamodb, name, clock, ADMISSION_LOCK_KEY),
    table: new GuardTable(clients.dynamodb, name),
    parts: () => partsOf(stack, clients.sns),

    async groupFacts(names) {
      const facts = new Map<string, GroupFacts>();
      for (let from = 0; from < names.length; from += GROUPS_AT_ONCE) {
        const { AutoScalingGroups = [] } = await clients.autoScaling.send(
          new DescribeAutoScalingGroupsCommand({
            AutoScalingGroupNames: names.slice(from, from + GROUPS_AT_ONCE),
            MaxRecords: GROUPS_AT_ONCE,
          }),
        );
        for (const { AutoScalingGroupName, AutoScalingGroupARN: arn = "", Tags = [] } of AutoScalingGroups) {
          const tags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
          if (AutoScalingGroupName !== undefined) facts.set(AutoScalingGroupName, { arn, tags });
        }
      }
      return facts;
    },

    async decisionFor(roleArn, action, resource, context) {
      const { EvaluationResults: [result] = [] } = await clients.iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: roleArn,
          ActionNames: [action],
          ResourceArns: [resource],
          ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
            ContextKeyName,
            ContextKeyValues: [value],
            ContextKeyType: ContextKeyName === "dynamodb:LeadingKeys" ? "stringList" : "string",
          })),
        }),
      );
      return result?.EvalDecision ?? "no answer";
    },

    async tryTerminate(region, ids) {
      try {
        await clients
          .ec2(region)
          .send(new TerminateInstancesCommand({ InstanceIds: [...ids], DryRun: true }));
      } catch (error) {
        // How EC2 says that it would have done it (API Reference, "DryRun").
        if (error instanceof Error && error.name === "DryRunOperation") return;
        throw error;
      }
      throw new Error("EC2 answered a dry run as if it had been none: look at once what still runs");
    },
  };
}

async function partsOf({ config, name }: GuardedStack, sns: SNSClient): Promise<GuardParts> {
  const options = clientOptions(config.homeRegion);
  const topicArn = config.budgetTopicArn.replace(/[^:]+$/, name);
  const lambdaClient = new LambdaClient(options);
  const scheduler = new SchedulerClient(options);
  const [lambda, schedule, people, budget] = await Promise.allSettled([
    lambdaClient.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    scheduler.send(new GetScheduleCommand({ Name: name, GroupName: name })),
    endpointsOf(sns, topicArn),
    endpointsOf(sns, config.budgetTopicArn),
  ]);
  if (
    lambda.status === "rejected" ||
    schedule.status === "rejected" ||
    people.status === "rejected" ||
    budget.status === "rejected"
  )
    throw new Error(
      problemsOf([
        [`function ${name}`, lambda],
        [`schedule ${name}`, schedule],
        [`the guard's topic ${name}`, people],
        [`AWS Budgets' topic ${config.budgetTopicArn.split(":").at(-1) ?? ""}`, budget],
      ]).join("\n"),
    );
  const { FunctionArn: functionArn = "", Role: roleArn = "", State = "unknown" } = lambda.value;
  return {
    functionArn,
    roleArn,
    state: State,
    lastUpdate: lambda.value.LastUpdateStatus ?? "unknown",
    schedule: { state: schedule.value.State ?? "unknown", target: schedule.value.Target?.Arn ?? "" },
    people: {
      confirmed: people.value.filter(({ isConfirmed }) => isConfirmed).length,
      pending: people.value.filter(({ isConfirmed }) => !isConfirmed).length,
    },
    budgetCalls: budget.value.some(({ endpoint, isConfirmed }) => isConfirmed && endpoint === functionArn),
  };
}

/** What is missing, all of it and in the order given: the first to be refused is another from run to run. */
function problemsOf(
  answers: readonly (readonly [what: string, answer: PromiseSettledResult<unknown>])[],
): readonly string[] {
  return answers.flatMap(([what, answer]) =>
    answer.status === "rejected" ? [`${what}: ${messageOf(answer.reason)}`] : [],
  );
}

async function endpointsOf(
  client: SNSClient,
  TopicArn: string,
): Promise<readonly { readonly endpoint: string; readonly isConfirmed: boolean }[]> {
  const found: { endpoint: string; isConfirmed: boolean }[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
    for (const { Endpoint = "", SubscriptionArn = "" } of Subscriptions)
      found.push({ endpoint: Endpoint, isConfirmed: SubscriptionArn.startsWith("arn:") });
  return found;
}
