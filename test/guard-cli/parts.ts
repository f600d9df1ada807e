import assert from "node:assert/strict";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { GuardedStack } from "../../cli/guard/stack.ts";
import type { AwsProxy, Rule } from "../support/aws-proxy.ts";
import { operationOf } from "../support/aws-query.ts";
import { zipOf } from "../support/zip.ts";

export function guardRole({ config, name }: GuardedStack): string {
  return `arn:aws:iam::${config.account}:role/${name}`;
}

/** Function, schedule and topics of a guard, as its stack makes them. */
export async function makeParts(endpoint: string, stack: GuardedStack): Promise<void> {
  const { config, name } = stack;
  const { homeRegion: region, account, budgetTopicArn } = config;
  const options = { region, endpoint };
  const iam = new IAMClient(options);
  const lambda = new LambdaClient(options);
  const scheduler = new SchedulerClient(options);
  const sns = new SNSClient(options);
  const Role = guardRole(stack);
  const functionArn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: "{}" }));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role,
      Runtime: "nodejs22.x",
      Handler: "guard.handler",
      Code: { ZipFile: zipOf({ "guard.mjs": "" }) },
    }),
  );
  await scheduler.send(new CreateScheduleGroupCommand({ Name: name }));
  await scheduler.send(
    new CreateScheduleCommand({
      Name: name,
      GroupName: name,
      ScheduleExpression: "rate(5 minutes)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: functionArn, RoleArn: Role },
    }),
  );
  for (const [Name, Protocol, Endpoint] of [
    [name, "sqs", `arn:aws:sqs:${region}:${account}:inbox`],
    [budgetTopicArn.split(":").at(-1) ?? "", "lambda", functionArn],
  ] as const) {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
  }
  for (const client of [iam, lambda, scheduler, sns]) client.destroy();
}

/** What IAM says of an action on a resource. */
export type Decide = (action: string, resource: string, context: ReadonlyMap<string, string>) => string;

/** As the guard's policy has it: by the tags of what is touched, persistent hosts never. */
export const asDeployed: Decide = (action, _resource, context) => {
  if (action !== "ec2:TerminateInstances") return "allowed";
  return context.get("aws:ResourceTag/proving-ground:life") === "on-demand" ? "allowed" : "explicitDeny";
};

/** IAM's simulator, which moto does not know, for one role. */
export function simulations(role: string, decide: Decide): Rule {
  return ({ body }) => {
    const form = new URLSearchParams(body.toString());
    if (form.get("Action") !== "SimulatePrincipalPolicy") return undefined;
    assert.equal(form.get("PolicySourceArn"), role);
    const entry = (index: number, part: string): string =>
      form.get(`ContextEntries.member.${String(index)}.${part}`) ?? "";
    const context = new Map<string, string>();
    for (let index = 1; entry(index, "ContextKeyName") !== ""; index += 1)
      context.set(entry(index, "ContextKeyName"), entry(index, "ContextKeyValues.member.1"));
    const action = form.get("ActionNames.member.1") ?? "";
    const decision = decide(action, form.get("ResourceArns.member.1") ?? "", context);
    return {
      status: 200,
      body: `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>${action}</EvalActionName><EvalDecision>${decision}</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
    };
  };
}

/** Operations that change something; EC2 is asked for dry runs, which a test sees by what still runs. */
export function changesSince({ passed }: Pick<AwsProxy, "passed">, from: number): string[] {
  return passed
    .slice(from)
    .filter(({ method }) => method !== "GET")
    .map(operationOf)
    .filter((operation) => !/^(Describe|Get|List|Query|Terminate)/.test(operation));
}
