import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, GetRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GUARD_ARCHIVE, GUARD_VARIABLES, MODELS_DENIED_POLICY } from "../../model/guard.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { SuspendedProcesses } from "../support/aws-suspended.ts";
import { startMinistack, type Ministack } from "../support/ministack.ts";
import { zipOf } from "../support/zip.ts";
import { AGENTS_ROLE, CONFIG, groupOf, REGION, tableOf, tagsOf } from "./setting.ts";

const BUNDLE = "dist/guard/guard.mjs";
const MEBIBYTE = 1_048_576;

function archive(config: unknown): Buffer {
  return zipOf({
    [GUARD_ARCHIVE.program]: readFileSync(BUNDLE),
    [GUARD_ARCHIVE.config]: JSON.stringify(config),
  });
}

describe("the guard's bundle", function () {
  this.timeout(120_000);

  before(() => {
    execFileSync(process.execPath, ["scripts/build.mjs"]);
  });

  it("is below 1 MB zipped, with its AWS clients", () => {
    const { length } = archive(CONFIG);
    console.log(`      ${(length / 1024).toFixed(0)} KB zipped`);
    assert.ok(length < MEBIBYTE, `${String(length)} bytes: see by esbuild's metafile what came in`);
    assert.doesNotMatch(readFileSync(BUNDLE, "utf8"), /from\s*"(@aws-sdk|@smithy|zod)/);
  });

  describe("on ministack", () => {
    let ministack: Ministack;
    let proxy: AwsProxy;
    let stack: Stack;

    before(async function () {
      ministack = await startMinistack(this);
      proxy = await startAwsProxy(ministack.url, [new SuspendedProcesses()]);
      stack = new Stack(proxy.url);
      await stack.make();
    });
    after(async () => {
      (stack as Stack | undefined)?.destroy();
      await (proxy as AwsProxy | undefined)?.stop();
      await (ministack as Ministack | undefined)?.stop();
    });

    it("refuses a configuration that is not whole, with every fault", async () => {
      const name = await stack.deploy("broken", { ...CONFIG, linePerDay: "100", regions: [] });
      const { FunctionError, Payload } = await stack.lambda.send(new InvokeCommand({ FunctionName: name }));
      assert.ok(FunctionError !== undefined);
      const said = Buffer.from(Payload ?? []).toString();
      assert.match(said, /config\.json of the guard is not valid/);
      assert.match(said, /linePerDay/);
      assert.match(said, /regions/);
    });

    it("called by EventBridge Scheduler, it stops what runs, and nothing persistent", async () => {
      const orchestrator = await stack.run("persistent");
      const victims = [await stack.run("on-demand"), await stack.run("on-demand")];
      const name = await stack.deploy("guard", { ...CONFIG, linePerDay: 1 });
      await stack.schedule(name);

      const message = await stack.nextMessage();
      assert.match(message, /dev: stopped at the line/);
      for (const victim of victims) assert.match(message, new RegExp(victim));
      assert.deepEqual(await stack.running(), [orchestrator]);
      assert.deepEqual(await stack.group(), { desired: 0, suspended: ["Launch", "ScheduledActions"] });
      assert.match(await stack.denial(), /bedrock:InvokeModel\*/);
      // The message is written before the ledger says that it was.
      await until(async () => (await stack.table.read())?.latch?.reported === true);
      assert.equal((await stack.table.read())?.latch?.phase, "stopped");
    });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(100);
}

const NAME = "proving-ground-dev-guard";
const ROLE_ARN = "arn:aws:iam::123456789012:role/guard";

/** What the function needs around it. */
class Stack {
  readonly lambda: LambdaClient;
  readonly table: GuardTable;
  readonly #url: string;
  readonly #groups: AutoScalingClient;
  readonly #dynamodb: DynamoDBClient;
  readonly #ec2: EC2Client;
  readonly #iam: IAMClient;
  readonly #scheduler: SchedulerClient;
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;
  #variables: Record<string, string> = {};
  #inbox = "";

  constructor(url: string) {
    const options = {
      endpoint: url,
      region: REGION,
      credentials: { accessKeyId: "123456789012", secretAccessKey: "testing" },
    };
    this.#url = url;
    this.lambda = new LambdaClient(options);
    this.#groups = new AutoScalingClient(options);
    this.#dynamodb = new DynamoDBClient(options);
    this.#ec2 = new EC2Client(options);
    this.#iam = new IAMClient(options);
    this.#scheduler = new SchedulerClient(options);
    this.#sns = new SNSClient(options);
    this.#sqs = new SQSClient(options);
    this.table = new GuardTable(this.#dynamodb, NAME);
  }

  async make(): Promise<void> {
    await this.#dynamodb.send(new CreateTableCommand(tableOf(NAME)));
    await this.#iam.send(new CreateRoleCommand({ RoleName: AGENTS_ROLE, AssumeRolePolicyDocument: "{}" }));
    const queue = async (QueueName: string): Promise<string> =>
      (await this.#sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
    const events = await queue("events");
    this.#inbox = await queue("inbox");
    const { TopicArn = "" } = await this.#sns.send(new CreateTopicCommand({ Name: "guard" }));
    const Endpoint = `arn:aws:sqs:${REGION}:123456789012:inbox`;
    await this.#sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    const [slot] = CONFIG.slots;
    assert.ok(slot !== undefined);
    const LaunchTemplateName = slot.group;
    await this.#ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName,
        LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "i4i.2xlarge" },
      }),
    );
    await this.#groups.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: slot.group,
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
        AvailabilityZones: [`${REGION}a`],
        LaunchTemplate: { LaunchTemplateName, Version: "$Latest" },
      }),
    );
    this.#variables = {
      [GUARD_VARIABLES.table]: NAME,
      [GUARD_VARIABLES.queueUrl]: events,
      [GUARD_VARIABLES.topicArn]: TopicArn,
      AWS_ENDPOINT_URL: this.#url,
    };
  }

  /** A function as the stack makes it. */
  async deploy(name: string, config: unknown): Promise<string> {
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs22.x",
        Architectures: ["arm64"],
        Handler: "guard.handler",
        Role: ROLE_ARN,
        Timeout: 240,
        Code: { ZipFile: archive(config) },
        Environment: { Variables: this.#variables },
      }),
    );
    return name;
  }

  /** A schedule whose time has come. */
  async schedule(name: string): Promise<void> {
    await this.#scheduler.send(
      new CreateScheduleCommand({
        Name: name,
        ScheduleExpression: `at(${new Date().toISOString().slice(0, 19)})`,
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: `arn:aws:lambda:${REGION}:123456789012:function:${name}`, RoleArn: ROLE_ARN },
      }),
    );
  }

  async run(life: "persistent" | "on-demand"): Promise<string> {
    const Tags = Object.entries(tagsOf(life)).map(([Key, Value]) => ({ Key, Value }));
    const { Instances: [instance] = [] } = await this.#ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: "c7a.large",
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: "instance", Tags }],
      }),
    );
    return instance?.InstanceId ?? assert.fail("ministack ran nothing");
  }

  async running(): Promise<readonly string[]> {
    const { Reservations = [] } = await this.#ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = "" }) => InstanceId));
  }

  async group(): Promise<{ readonly desired: number; readonly suspended: readonly string[] }> {
    const { AutoScalingGroups: [group] = [] } = await this.#groups.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupOf("storage-1")] }),
    );
    return {
      desired: group?.DesiredCapacity ?? Number.NaN,
      suspended: (group?.SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName).sort(),
    };
  }

  async denial(): Promise<string> {
    const { PolicyDocument = "" } = await this.#iam.send(
      new GetRolePolicyCommand({ RoleName: AGENTS_ROLE, PolicyName: MODELS_DENIED_POLICY }),
    );
    return decodeURIComponent(PolicyDocument);
  }

  /** The next word to people, whenever it comes. */
  async nextMessage(): Promise<string> {
    for (;;) {
      const { Messages: [message] = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#inbox, WaitTimeSeconds: 5 }),
      );
      if (message?.Body === undefined) continue;
      const { Subject, Message } = JSON.parse(message.Body) as { Subject: string; Message: string };
      return `${Subject}\n${Message}`;
    }
  }

  destroy(): void {
    for (const client of [this.lambda, this.#groups, this.#dynamodb, this.#ec2, this.#iam]) client.destroy();
    for (const client of [this.#scheduler, this.#sns, this.#sqs]) client.destroy();
  }
}
