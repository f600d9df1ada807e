import {
  AutoScalingClient,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { awsPorts } from "../../cli/cluster/aws.ts";
import { clusterOf, slotConfig, type ClusterStack } from "../../cli/cluster/environment.ts";
import type { ClusterPorts } from "../../cli/cluster/ports.ts";
import { statusParameter } from "../../infra/lib/names.ts";
import { GUARD_VARIABLES } from "../../model/guard.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { guardFunction } from "../../runtime/guard/aws/function.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { Ledger } from "../../runtime/guard/ledger.ts";
import { newDay } from "../../runtime/guard/ledger.ts";
import { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { dayOf, MINUTE } from "../../runtime/guard/time.ts";
import { awsAnswers, GOOD, type AccountFacts } from "../doctor/aws-answers.ts";
import { NOON, tableOf } from "../guard-aws/setting.ts";
import { Capacity } from "../support/aws-capacity.ts";
import { Groups } from "../support/aws-groups.ts";
import { Instances } from "../support/aws-instances.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { tables } from "../support/aws-tables.ts";
import { environmentOf, MOTO_ACCOUNT, startMoto, type Moto } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";
import { makeGroups } from "./account-groups.ts";
import { WorldClock } from "./world-clock.ts";

/** What a slot's host does after its launch. */
export type Behaviour = "boots" | "fails" | "is silent";

/** How long a host takes from launch to ready. */
export const BOOT_MS = 4 * MINUTE;

/** The prod stack, nine slots, as `pulumi up` leaves it, on moto behind the proxy, with hosts that boot in the test's time. */
export class ClusterAccount {
  readonly moto: Moto;
  readonly proxy: AwsProxy;
  readonly groups: Groups;
  readonly instances: Instances;
  readonly capacity: Capacity;
  readonly clock = new WorldClock();
  readonly table: GuardTable;
  readonly stack: ClusterStack;
  readonly prices = new OnDemandPrices(loadCatalogue());
  facts: AccountFacts = structuredClone(GOOD);
  /** Default: boots. */
  readonly behaviours = new Map<string, Behaviour>();
  readonly #said = new Map<string, string>();
  readonly #autoScaling: AutoScalingClient;
  readonly #ec2: EC2Client;
  readonly #ssm: SSMClient;
  readonly #dynamodb: DynamoDBClient;

  constructor(moto: Moto, proxy: AwsProxy, groups: Groups, instances: Instances, capacity: Capacity) {
    this.moto = moto;
    this.proxy = proxy;
    this.groups = groups;
    this.instances = instances;
    this.capacity = capacity;
    this.stack = clusterOf(stackSettings("prod"), MOTO_ACCOUNT, loadCatalogue());
    const options = { ...moto.client, endpoint: proxy.url };
    this.#autoScaling = new AutoScalingClient(options);
    this.#ec2 = new EC2Client(options);
    this.#ssm = new SSMClient(options);
    this.#dynamodb = new DynamoDBClient(options);
    this.table = new GuardTable(this.#dynamodb, this.stack.table);
  }

  get slots(): readonly string[] {
    return this.stack.slots.map(({ name }) => name);
  }

  ports(): ClusterPorts {
    return awsPorts(this.stack, this.clock);
  }

  /** Forgets the last test's account and makes it anew, metered up to now. */
  async make(now = NOON): Promise<void> {
    await this.moto.reset();
    for (const one of [this.proxy, this.groups, this.instances, this.capacity]) one.clear();
    this.behaviours.clear();
    this.#said.clear();
    this.clock.set(now);
    this.clock.happens = () => this.hostsGoOn();
    this.instances.now = () => this.clock.now();
    this.groups.now = () => this.clock.now();
    this.facts = structuredClone(GOOD);
    await Promise.all([
      this.#dynamodb.send(new CreateTableCommand(tableOf(this.stack.table))),
      makeGroups(this.stack, this.#ec2, this.#autoScaling),
    ]);
    await this.meter();
    this.forgetRules();
  }

  /** Takes back what a test made AWS refuse; quotas are told again, which moto does not know. */
  forgetRules(): void {
    this.proxy.clear();
    this.proxy.rule((request) => awsAnswers(this.facts)(request));
  }

  /** Writes the guard's ledger as its last tick would have left it. */
  async meter(change: Partial<Ledger> & { readonly spentUsd?: string } = {}): Promise<void> {
    const { spentUsd = "0", ...rest } = change;
    const before = await this.table.read();
    const day = dayOf(this.clock.now());
    await this.table.write(
      {
        version: (before?.version ?? 0) + 1,
        meteredUntil: this.clock.now(),
        days: [{ ...newDay(day), compute: nanoUsd(spentUsd) }],
        meters: new Map(),
        modelPerHour: 0,
        latch: null,
        warnedDay: null,
        heldGroups: [],
        warnedLeases: [],
        asked: [],
        ...rest,
      },
      before?.version,
    );
  }

  /** What hosts say by now, and the guard's next look: happens in every pause of a command. */
  async hostsGoOn(): Promise<void> {
    for (const instance of await this.running()) {
      const { InstanceId = "", LaunchTime, Tags = [] } = instance;
      const group = Tags.find(({ Key }) => Key === "aws:autoscaling:groupName")?.Value;
      const slot = this.stack.config.slots.find((one) => one.group === group)?.name;
      if (slot === undefined || this.behaviours.get(slot) === "is silent") continue;
      const age = this.clock.now() - (LaunchTime?.getTime() ?? 0);
      const booted = age >= BOOT_MS;
      const state = !booted ? "booting" : this.behaviours.get(slot) === "fails" ? "failed" : "ready";
      if (this.#said.get(slot) === `${InstanceId} ${state}`) continue;
      this.#said.set(slot, `${InstanceId} ${state}`);
      await this.say(slot, InstanceId, state);
    }
  }

  async say(slot: string, instanceId: string, state: "booting" | "ready" | "failed"): Promise<void> {
    const at = new Date(this.clock.now()).toISOString();
    await this.#ssm.send(
      new PutParameterCommand({
        Name: statusParameter(this.stack.settings, slot),
        Type: "String",
        Overwrite: true,
        Value: JSON.stringify({
          state,
          step: state === "ready" ? "dns" : "raid",
          reason: state === "failed" ? "no NVMe device was found" : null,
          instanceId,
          launchedAt: at,
          incarnation: null,
          data: null,
          at,
        }),
      }),
    );
  }

  /** As a person or a schedule does it, past every lease. */
  async wish(slot: string, DesiredCapacity: number): Promise<void> {
    const AutoScalingGroupName = slotConfig(this.stack, slot).group;
    await this.#autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
  }

  async deleteGroup(slot: string): Promise<void> {
    const AutoScalingGroupName = slotConfig(this.stack, slot).group;
    await this.#autoScaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }),
    );
  }

  /** A run of the guard's own function, as its schedule starts it, with a queue and a topic of its own. */
  async guardTicks(): Promise<void> {
    const options = { ...this.moto.client, endpoint: this.proxy.url };
    const sqs = new SQSClient(options);
    const sns = new SNSClient(options);
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "events" }));
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "guard" }));
    for (const client of [sqs, sns]) client.destroy();
    const { table, queueUrl, topicArn } = GUARD_VARIABLES;
    await guardFunction({
      config: this.stack.config,
      variables: { [table]: this.stack.table, [queueUrl]: QueueUrl, [topicArn]: TopicArn },
      clock: this.clock,
      print: () => undefined,
      waitSeconds: 0,
    })({}, { awsRequestId: `run-${String(this.clock.now())}` });
  }

  async suspendLaunch(slot: string): Promise<void> {
    const AutoScalingGroupName = slotConfig(this.stack, slot).group;
    await this.#autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["Launch"] }),
    );
  }

  async running(): Promise<readonly Instance[]> {
    const { Reservations = [] } = await this.#ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  /** Slots whose group wants a host. */
  async wanted(): Promise<readonly string[]> {
    const found = await this.describeGroups();
    return this.slots.filter((slot) => {
      const { group } = slotConfig(this.stack, slot);
      return found.some((one) => one.AutoScalingGroupName === group && (one.DesiredCapacity ?? 0) > 0);
    });
  }

  /** Slots whose group launches on demand. */
  async onDemand(): Promise<readonly string[]> {
    const found = await this.describeGroups();
    return this.slots.filter((slot) => {
      const group = found.find((one) => one.AutoScalingGroupName === slotConfig(this.stack, slot).group);
      return group?.MixedInstancesPolicy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity === 100;
    });
  }

  async describeGroups(): Promise<readonly AutoScalingGroup[]> {
    const names = this.stack.config.slots.map(({ group }) => group);
    const { AutoScalingGroups = [] } = await this.#autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names }),
    );
    return AutoScalingGroups;
  }

  async stop(): Promise<void> {
    for (const client of [this.#autoScaling, this.#ec2, this.#ssm, this.#dynamodb]) client.destroy();
    await this.proxy.stop();
    await this.moto.stop();
  }
}

/** Starts moto and the proxy before it, and points the SDK of this process at them until `stop` is called. */
export async function startClusterAccount(context: Mocha.Context): Promise<ClusterAccount> {
  const moto = await startMoto(context);
  const groups = new Groups();
  const instances = new Instances(groups);
  const capacity = new Capacity(groups);
  const proxy = await startAwsProxy(moto.url, [
    capacity,
    ...groups.imitations,
    ...instances.imitations,
    ...tables(),
  ]);
  const before = { ...process.env };
  Object.assign(process.env, environmentOf(proxy.url));
  const account = new ClusterAccount(moto, proxy, groups, instances, capacity);
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
