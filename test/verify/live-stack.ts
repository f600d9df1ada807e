import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  SuspendProcessesCommand,
} from "@aws-sdk/client-auto-scaling";
import { BudgetsClient, CreateBudgetCommand } from "@aws-sdk/client-budgets";
import {
  CreateLaunchTemplateCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { tagsOf } from "../../cli/verify/context.ts";
import { ofType, textOf } from "../../cli/verify/expected.ts";
import type { Plan } from "../../model/plan.ts";
import { makeBucket, type Account } from "../deploy/support.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";

/** One of moto's own images. */
const IMAGE = "ami-12c6146b";

/** A stack in the emulated account, as `pulumi up` of the plan would have left it, with one slot started. */
export interface LiveStack {
  readonly iam: IAMClient;
  readonly route53: Route53Client;
  readonly ssm: SSMClient;
  readonly budgets: BudgetsClient;
  readonly groups: AutoScalingClient;
  readonly zoneId: string;
  /** The instance of slot `storage-1`. */
  readonly instance: Address;
  readonly orchestrator: Address;
  /** Points an A record of the private zone somewhere. */
  point(name: string, address: string): Promise<void>;
  /** Writes a slot's status, as its host would. */
  say(slot: string, status: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface Address {
  readonly id: string;
  readonly address: string;
}

/** Makes what `ground verify` looks at, from the plan's own inputs. */
export async function makeLiveStack({ moto, proxy, behind }: Account, plan: Plan): Promise<LiveStack> {
  // Through the proxy, which remembers what moto forgets.
  const options = { ...moto.client, endpoint: proxy.url };
  const iam = new IAMClient(options);
  const route53 = new Route53Client(options);
  const ssm = new SSMClient(options);
  const budgets = new BudgetsClient(options);
  const groups = new AutoScalingClient(options);
  const ec2 = new EC2Client(options);
  await makeBucket(behind);
  await makeRoles(iam, plan);
  await makeBudgets(budgets, new SNSClient(options), plan);
  const { zoneId, subnetId } = await makeNetwork(ec2, route53, plan);
  const orchestrator = await makeOrchestrator(ec2, subnetId, plan);
  await makeGroups(groups, ec2, subnetId, plan);
  const instance = await instanceOf(groups, ec2, "proving-ground-dev-storage-1");
  const stack: LiveStack = {
    iam,
    route53,
    ssm,
    budgets,
    groups,
    zoneId,
    instance,
    orchestrator,
    async point(name, address) {
      const ResourceRecordSet = {
        Name: name,
        Type: "A" as const,
        TTL: 60,
        ResourceRecords: [{ Value: address }],
      };
      const ChangeBatch = { Changes: [{ Action: "UPSERT" as const, ResourceRecordSet }] };
      await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
    },
    async say(slot, status) {
      const Value = JSON.stringify({ ...READY, instanceId: instance.id, ...status });
      const Name = `/proving-ground/dev/slots/${slot}/status`;
      await ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
    },
  };
  await stack.point("orchestrator.dev.internal", orchestrator.address);
  await stack.point("storage-1.dev.internal", instance.address);
  await stack.say("storage-1", {});
  return stack;
}

const READY = {
  state: "ready",
  step: "dns",
  reason: null,
  launchedAt: "2026-08-01T08:00:00.000Z",
  incarnation: "1",
  data: "md0",
  at: "2026-08-01T08:03:00.000Z",
};

/** What a deployment puts in place of `[RESOURCE.PROPERTY]`. */
function resolved(text: string): string {
  return text
    .replaceAll("[aws.account]", MOTO_ACCOUNT)
    .replaceAll(/\[([\w.-]+)\]/g, "arn:aws:made:us-west-2::$1");
}

async function makeRoles(iam: IAMClient, plan: Plan): Promise<void> {
  for (const role of ofType(plan, "aws:iam/role:Role")) {
    const AssumeRolePolicyDocument = resolved(textOf(role, "assumeRolePolicy"));
    await iam.send(new CreateRoleCommand({ RoleName: textOf(role, "name"), AssumeRolePolicyDocument }));
  }
  for (const policy of ofType(plan, "aws:iam/rolePolicy:RolePolicy")) {
    const PolicyDocument = resolved(textOf(policy, "policy"));
    // As Pulumi names it: with letters of its own.
    const PolicyName = `${policy.name}-1a2b3c4`;
    await iam.send(
      new PutRolePolicyCommand({ RoleName: textOf(policy, "role"), PolicyName, PolicyDocument }),
    );
  }
  for (const profile of ofType(plan, "aws:iam/instanceProfile:InstanceProfile")) {
    const InstanceProfileName = textOf(profile, "name");
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await iam.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: textOf(profile, "role") }),
    );
  }
}

async function makeBudgets(budgets: BudgetsClient, sns: SNSClient, plan: Plan): Promise<void> {
  // The same people hear of the budget and of the guard, each by a topic of its own.
  const mails = ofType(plan, "aws:sns/topicSubscription:TopicSubscription")
    .filter((subscription) => textOf(subscription, "protocol") === "email")
    .map((subscription) => textOf(subscription, "endpoint"));
  for (const topic of ofType(plan, "aws:sns/topic:Topic")) {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: textOf(topic, "name") }));
    for (const Endpoint of new Set(mails))
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint }));
  }
  for (const budget of ofType(plan, "aws:budgets/budget:Budget"))
    await makeBudget(budgets, textOf(budget, "name"), textOf(budget, "limitAmount"), [80, 100]);
}

/** @param thresholds of the alarms, per cent */
export async function makeBudget(
  budgets: BudgetsClient,
  BudgetName: string,
  Amount: string,
  thresholds: readonly number[],
): Promise<void> {
  await budgets.send(
    new CreateBudgetCommand({
      AccountId: MOTO_ACCOUNT,
      Budget: { BudgetName, BudgetType: "COST", TimeUnit: "DAILY", BudgetLimit: { Amount, Unit: "USD" } },
      NotificationsWithSubscribers: thresholds.map((Threshold) => ({
        Notification: {
          NotificationType: "ACTUAL",
          ComparisonOperator: "GREATER_THAN",
          Threshold,
          ThresholdType: "PERCENTAGE",
        },
        Subscribers: [
          {
            SubscriptionType: "SNS",
            Address: `arn:aws:sns:us-west-2:${MOTO_ACCOUNT}:proving-ground-dev-alarms`,
          },
          { SubscriptionType: "EMAIL", Address: "claudefs-oncall@example.com" },
        ],
      })),
    }),
  );
}

async function makeNetwork(ec2: EC2Client, route53: Route53Client, plan: Plan) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.20.0.0/19" }));
  const [planned] = ofType(plan, "aws:route53/zone:Zone");
  if (planned === undefined) throw new Error("the plan has no zone");
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({
      Name: textOf(planned, "name"),
      CallerReference: "live stack",
      HostedZoneConfig: { PrivateZone: true },
      VPC: { VPCId: VpcId, VPCRegion: "us-west-2" },
    }),
  );
  const zoneId = (HostedZone?.Id ?? "").replace("/hostedzone/", "");
  const AddTags = awsTags(tagsOf(planned.inputs));
  await route53.send(
    new ChangeTagsForResourceCommand({ ResourceType: "hostedzone", ResourceId: zoneId, AddTags }),
  );
  return { zoneId, subnetId: Subnet?.SubnetId ?? "" };
}

async function makeOrchestrator(ec2: EC2Client, SubnetId: string, plan: Plan): Promise<Address> {
  const [planned] = ofType(plan, "aws:ec2/instance:Instance");
  const Tags = awsTags(tagsOf(planned?.inputs ?? {}));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      InstanceType: "c7a.large",
      MinCount: 1,
      MaxCount: 1,
      SubnetId,
      TagSpecifications: [{ ResourceType: "instance", Tags }],
    }),
  );
  return { id: Instances[0]?.InstanceId ?? "", address: Instances[0]?.PrivateIpAddress ?? "" };
}

async function makeGroups(
  groups: AutoScalingClient,
  ec2: EC2Client,
  VPCZoneIdentifier: string,
  plan: Plan,
): Promise<void> {
  const LaunchTemplateName = "slot";
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName,
      LaunchTemplateData: { ImageId: IMAGE, InstanceType: "i4i.large" },
    }),
  );
  for (const group of ofType(plan, "aws:autoscaling/group:Group")) {
    const AutoScalingGroupName = textOf(group, "name");
    const DesiredCapacity = AutoScalingGroupName.endsWith("storage-1") ? 1 : 0;
    await groups.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity,
        VPCZoneIdentifier,
        LaunchTemplate: { LaunchTemplateName, Version: "$Latest" },
      }),
    );
    await groups.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["AZRebalance"] }),
    );
  }
}

async function instanceOf(groups: AutoScalingClient, ec2: EC2Client, name: string): Promise<Address> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const id = (await groups.send(command)).AutoScalingGroups?.[0]?.Instances?.[0]?.InstanceId ?? "";
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return { id, address: Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress ?? "" };
}

function awsTags(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
