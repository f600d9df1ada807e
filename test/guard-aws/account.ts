import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GUARD_VARIABLES } from "../../model/guard.ts";
import { guardFunction, type GuardFunction, type Outcome } from "../../runtime/guard/aws/function.ts";
import { ADMISSION_LOCK_KEY } from "../../runtime/guard/aws/items.ts";
import type { LockedLeases } from "../../runtime/guard/aws/leases.ts";
import { TableLock } from "../../runtime/guard/aws/lock.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import type { InstanceState } from "../../runtime/guard/observations.ts";
import { DAY } from "../../runtime/guard/time.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { Groups } from "../support/aws-groups.ts";
import { Instances } from "../support/aws-instances.ts";
import { operationOf } from "../support/aws-query.ts";
import { tables } from "../support/aws-tables.ts";
import { environmentOf, MOTO_ACCOUNT, startMoto, type Moto } from "../support/moto.ts";
import {
  AGENTS_ROLE,
  CONFIG,
  groupOf,
  IMAGE,
  REGION,
  SLOTS,
  TABLE,
  tagsOf,
  TYPE,
  type Slot,
} from "./setting.ts";
import { makeStack, type Queues, type StackClients } from "./stack.ts";
import { TestClock } from "./test-clock.ts";

/** An account as the stack leaves it, on moto behind the proxy, with a clock that stands at noon. */
export class Account implements StackClients {
  readonly proxy: AwsProxy;
  readonly groups: Groups;
  readonly instances: Instances;
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly table: GuardTable;
  readonly dynamodb: DynamoDBClient;
  readonly clock = new TestClock();
  readonly log: Readonly<Record<string, unknown>>[] = [];
  readonly #moto: Moto;
  readonly sns: SNSClient;
  #variables: Record<string, string> = {};
  #queues: Queues = { events: "", inbox: "" };

  constructor(moto: Moto, proxy: AwsProxy, groups: Groups, instances: Instances) {
    this.#moto = moto;
    this.proxy = proxy;
    this.groups = groups;
    this.instances = instances;
    // What people do counts for nothing at the proxy's counter, but goes through it, as it must remember it.
    const options = { ...moto.client, endpoint: proxy.url };
    this.autoScaling = new AutoScalingClient(options);
    this.cloudWatch = new CloudWatchClient(options);
    this.ec2 = new EC2Client(options);
    this.iam = new IAMClient(options);
    this.sqs = new SQSClient(options);
    this.sns = new SNSClient(options);
    this.dynamodb = new DynamoDBClient(options);
    this.table = new GuardTable(this.dynamodb, TABLE);
  }

  /** Forgets the last test's account and makes it anew. */
  async make(): Promise<void> {
    await this.#moto.reset();
    this.proxy.clear();
    this.groups.clear();
    this.instances.clear();
    this.log.length = 0;
    this.clock.reset();
    this.instances.now = () => this.clock.now();
    this.groups.now = () => this.clock.now();
    this.#queues = await makeStack(this);
    this.#variables = {
      [GUARD_VARIABLES.table]: TABLE,
      [GUARD_VARIABLES.queueUrl]: this.#queues.events,
      [GUARD_VARIABLES.topicArn]: `arn:aws:sns:${REGION}:${MOTO_ACCOUNT}:guard`,
    };
    this.proxy.clear();
  }

  /** The function as Lambda would start it anew. */
  guard(config: GuardConfig = CONFIG): GuardFunction {
    return guardFunction({
      config,
      variables: this.#variables,
      clock: this.clock,
      print: (entry) => {
        this.log.push(entry);
      },
      waitSeconds: 0,
    });
  }

  /** One run; by the schedule, unless another event is given. */
  tick(config: GuardConfig = CONFIG, event: unknown = {}): Promise<Outcome> {
    return this.guard(config)(event, { awsRequestId: "the same at every delivery" });
  }

  /** As the holder of the admission lock, whom nobody disturbs for a day. */
  async locked(): Promise<LockedLeases> {
    const holder = "a person";
    await new TableLock(this.dynamodb, TABLE, this.clock, ADMISSION_LOCK_KEY).acquire(holder, DAY);
    return this.table.lockedBy(holder);
  }

  /** As a person starts a slot. */
  async start(slot: Slot): Promise<string> {
    await this.wish(slot, 1);
    const running = (await this.running()).find(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === "aws:autoscaling:groupName" && Value === groupOf(slot)),
    );
    if (running?.InstanceId === undefined) throw new Error(`${slot} did not start`);
    return running.InstanceId;
  }

  async wish(slot: Slot, DesiredCapacity: number): Promise<void> {
    await this.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: groupOf(slot), DesiredCapacity }),
    );
  }

  /** An instance that no group holds. */
  async run(
    tags: Readonly<Record<string, string>>,
    profile?: string,
    InstanceType: "i4i.2xlarge" | "c7a.2xlarge" = TYPE,
  ): Promise<string> {
    const { Instances: [instance] = [] } = await this.ec2.send(
      new RunInstancesCommand({
        ImageId: IMAGE,
        InstanceType,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [
          { ResourceType: "instance", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        ],
        ...(profile === undefined ? {} : { IamInstanceProfile: { Name: profile } }),
      }),
    );
    if (instance?.InstanceId === undefined) throw new Error("moto ran nothing");
    return instance.InstanceId;
  }

  orchestrator(): Promise<string> {
    return this.run(tagsOf("persistent"), AGENTS_ROLE, "c7a.2xlarge");
  }

  async running(): Promise<readonly Instance[]> {
    const { Reservations = [] } = await this.ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  async runningIds(): Promise<readonly string[]> {
    return (await this.running()).map(({ InstanceId = "" }) => InstanceId).sort();
  }

  /** Desired capacity and suspended processes of the slots, in order. */
  async slots(): Promise<readonly { readonly desired: number; readonly suspended: readonly string[] }[]> {
    const { AutoScalingGroups = [] } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: SLOTS.map(groupOf) }),
    );
    return SLOTS.map((slot) => {
      const group = AutoScalingGroups.find(
        ({ AutoScalingGroupName }) => AutoScalingGroupName === groupOf(slot),
      );
      return {
        desired: group?.DesiredCapacity ?? Number.NaN,
        suspended: (group?.SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName).sort(),
      };
    });
  }

  /** Puts an event of EC2 into the queue, as EventBridge wraps it. */
  async happen(instanceId: string, state: InstanceState, at: number): Promise<void> {
    await this.send({
      version: "0",
      source: "aws.ec2",
      "detail-type": "EC2 Instance State-change Notification",
      account: MOTO_ACCOUNT,
      region: REGION,
      time: new Date(at).toISOString().replace(".000Z", "Z"),
      detail: { "instance-id": instanceId, state },
    });
  }

  async send(message: unknown): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({ QueueUrl: this.#queues.events, MessageBody: JSON.stringify(message) }),
    );
  }

  /** Messages that are in the queue, received or not. */
  async queued(): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#queues.events, AttributeNames: ["All"] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    );
  }

  /** What people were told since the last look: `subject\ntext`. */
  async told(): Promise<readonly string[]> {
    const told: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queues.inbox, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return told;
      for (const { Body = "" } of Messages) {
        const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string };
        told.push(`${Subject}\n${Message}`);
      }
    }
  }

  /** How often each operation reached AWS since the proxy was last cleared, or since `from`. */
  calls(from = 0): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const request of this.proxy.passed.slice(from)) {
      const operation = operationOf(request);
      counts[operation] = (counts[operation] ?? 0) + 1;
    }
    return counts;
  }

  async stop(): Promise<void> {
    for (const client of [
      this.autoScaling,
      this.cloudWatch,
      this.ec2,
      this.iam,
      this.sqs,
      this.sns,
      this.dynamodb,
    ])
      client.destroy();
    await this.proxy.stop();
    await this.#moto.stop();
  }
}

/** Starts moto and the proxy before it, and points the SDK of this process at them until `stop` is called. */
export async function startAccount(context: Mocha.Context): Promise<Account> {
  const moto = await startMoto(context);
  const groups = new Groups();
  const instances = new Instances(groups);
  const proxy = await startAwsProxy(moto.url, [...groups.imitations, ...instances.imitations, ...tables()]);
  const before = { ...process.env };
  Object.assign(process.env, environmentOf(proxy.url));
  const account = new Account(moto, proxy, groups, instances);
  const stop = account.stop.bind(account);
  account.stop = async () => {
    for (const name of Object.keys(environmentOf(""))) {
      const value = before[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await stop();
  };
  return account;
}
