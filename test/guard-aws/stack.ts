import { CreateAutoScalingGroupCommand, type AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateLaunchTemplateCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { CreateTopicCommand, SubscribeCommand, type SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { TAGS } from "../../model/tags.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";
import { AGENTS_ROLE, CONFIG, IMAGE, REGION, TABLE, tableOf, tagsOf, TYPE } from "./setting.ts";

export interface StackClients {
  readonly autoScaling: AutoScalingClient;
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** Addresses of the queue of state changes, and of one that gets what people are told. */
export interface Queues {
  readonly events: string;
  readonly inbox: string;
}

/** What `pulumi up` leaves for the guard to work with. */
export async function makeStack(clients: StackClients): Promise<Queues> {
  const [queues] = await Promise.all([
    makeTopic(clients),
    makeGroups(clients),
    clients.dynamodb.send(new CreateTableCommand(tableOf(TABLE))),
  ]);
  return queues;
}

async function makeGroups({ iam, ec2, autoScaling }: StackClients): Promise<void> {
  await iam.send(new CreateRoleCommand({ RoleName: AGENTS_ROLE, AssumeRolePolicyDocument: "{}" }));
  await makeProfile(iam, AGENTS_ROLE);
  await Promise.all(
    CONFIG.slots.map(async ({ name, group, profile }) => {
      await makeProfile(iam, profile);
      await ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: group,
          LaunchTemplateData: {
            ImageId: IMAGE,
            InstanceType: TYPE,
            IamInstanceProfile: { Name: profile },
          },
        }),
      );
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: group,
          MinSize: 0,
          MaxSize: 1,
          DesiredCapacity: 0,
          AvailabilityZones: ["us-west-2a"],
          MixedInstancesPolicy: {
            InstancesDistribution: { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 0 },
            LaunchTemplate: {
              LaunchTemplateSpecification: { LaunchTemplateName: group, Version: "$Latest" },
              Overrides: [{ InstanceType: TYPE }],
            },
          },
          Tags: Object.entries({ ...tagsOf("on-demand"), [TAGS.slot]: name }).map(([Key, Value]) => ({
            Key,
            Value,
            PropagateAtLaunch: true,
          })),
        }),
      );
    }),
  );
}

async function makeProfile(iam: IAMClient, InstanceProfileName: string): Promise<void> {
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  if (InstanceProfileName !== AGENTS_ROLE) return;
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: AGENTS_ROLE }));
}

async function makeTopic({ sqs, sns }: StackClients): Promise<Queues> {
  const make = async (QueueName: string): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "guard" }));
  const events = await make("events");
  const inbox = await make("inbox");
  const Endpoint = `arn:aws:sqs:${REGION}:${MOTO_ACCOUNT}:inbox`;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  return { events, inbox };
}
