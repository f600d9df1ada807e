import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram, type ProgramArgs, type Recording } from "../../cli/plan/recorder.ts";
import { isUnknown, UNKNOWN, type ResourceRecord } from "../../model/resource.ts";

const ROOT = "urn:pulumi:dev::proving-ground::";

function record(
  program: ProgramArgs["program"],
  given: Partial<Pick<ProgramArgs, "config" | "secretKeys" | "stack">> = {},
): Promise<Recording> {
  return recordProgram({
    project: "proving-ground",
    stack: "dev",
    config: {},
    secretKeys: [],
    ...given,
    program,
  });
}

function named({ resources }: Recording, name: string): ResourceRecord {
  const found = resources.find((resource) => resource.name === name);
  assert.ok(found !== undefined, `no ${name} among ${resources.map((resource) => resource.urn).join(", ")}`);
  return found;
}

class Inner extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;

  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Inner", name, {}, opts);
    this.queue = new aws.sqs.Queue(`${name}-queue`, {}, { parent: this });
    this.registerOutputs({ arn: this.queue.arn });
  }
}

class Outer extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("test:index:Outer", name, {}, opts);
    new Inner(`${name}-inner`, { parent: this });
    this.registerOutputs({});
  }
}

describe("recorded program", () => {
  it("names whom GitHub knows by number: two people are two markers, one asked for twice is one", async () => {
    const recording = await record(() => {
      const numberOf = async (username: string) => Number((await github.getUser({ username })).id);
      const team = async () => Number((await github.getTeam({ slug: "sre" })).id);
      const reviewers = [
        { users: [numberOf("alice"), numberOf("mallory"), numberOf("alice")], teams: [team()] },
      ];
      new github.RepositoryEnvironment("prod", {
        repository: "app",
        environment: "prod",
        reviewers,
        waitTimer: 7,
      });
      return {};
    });
    const { inputs } = named(recording, "prod");
    assert.deepEqual(inputs["reviewers"], [
      { users: ["[user.alice]", "[user.mallory]", "[user.alice]"], teams: ["[team.sre]"] },
    ]);
    assert.equal(inputs["waitTimer"], 7);
    assert.ok(isUnknown("[user.alice]"));
  });

  it("says what stays where it is when the program gives it up, and nothing of the rest", async () => {
    const recording = await record(() => {
      new aws.sqs.Queue("kept", {}, { retainOnDelete: true });
      new aws.sqs.Queue("made", {});
      return {};
    });
    assert.equal(named(recording, "kept").retainOnDelete, true);
    assert.ok(!("retainOnDelete" in named(recording, "made")));
  });

  it("has the URNs of the engine: every type of the chain of parents, without the stack's", async () => {
    const recording = await record(() => {
      new Outer("outer");
      new aws.sqs.Queue("alone", {});
      return {};
    });
    assert.deepEqual(
      recording.resources.map(({ urn }) => urn),
      [
        `${ROOT}aws:sqs/queue:Queue::alone`,
        `${ROOT}pulumi:pulumi:Stack::proving-ground-dev`,
        `${ROOT}test:index:Outer$test:index:Inner$aws:sqs/queue:Queue::outer-inner-queue`,
        `${ROOT}test:index:Outer$test:index:Inner::outer-inner`,
        `${ROOT}test:index:Outer::outer`,
      ],
    );
    assert.equal(
      named(recording, "outer-inner-queue").parent,
      `${ROOT}test:index:Outer$test:index:Inner::outer-inner`,
    );
    assert.equal(named(recording, "alone").parent, `${ROOT}pulumi:pulumi:Stack::proving-ground-dev`);
    assert.equal(named(recording, "proving-ground-dev").parent, undefined);
  });

  it("shows a component by the outputs it registered, and the stack by none: those are its own list", async () => {
    const recording = await record(() => {
      new Outer("outer");
      return { answer: 42, list: [{ nested: true }] };
    });
    assert.deepEqual(named(recording, "outer-inner").inputs, { arn: "[outer-inner-queue.arn]" });
    assert.deepEqual(named(recording, "proving-ground-dev").inputs, {});
    assert.deepEqual(recording.outputs, { answer: 42, list: [{ nested: true }] });
  });

  it("shows secrets as [secret] wherever they stand (FM-65)", async () => {
    const canary = "canary-7f3a";
    const recording = await record(
      () => {
        const fromConfig = new pulumi.Config("proving-ground").requireSecret("token");
        const planted = pulumi.secret(`${canary}-input`);
        const queue = new aws.sqs.Queue("queue", {
          name: fromConfig,
          tags: { planted, joined: pulumi.interpolate`before ${planted} after` },
          policy: pulumi.jsonStringify({ deep: { planted } }),
          visibilityTimeoutSeconds: 30,
        });
        const component = new pulumi.ComponentResource("test:index:Holder", "holder");
        (component as unknown as { registerOutputs(outputs: pulumi.Inputs): void }).registerOutputs({
          planted,
        });
        return { fromConfig, tags: queue.tags, name: queue.name, later: queue.name.apply((text) => text) };
      },
      { config: { "proving-ground:token": `${canary}-config` }, secretKeys: ["proving-ground:token"] },
    );
    assert.ok(!JSON.stringify(recording).includes(canary), JSON.stringify(recording));
    assert.deepEqual(named(recording, "queue").inputs, {
      name: "[secret]",
      policy: "[secret]",
      tags: { joined: "[secret]", planted: "[secret]" },
      visibilityTimeoutSeconds: 30,
    });
    assert.deepEqual(named(recording, "holder").inputs, { planted: "[secret]" });
    assert.equal(recording.outputs["fromConfig"], "[secret]");
    assert.equal(recording.outputs["name"], "[secret]");
    assert.equal(recording.outputs["later"], "[secret]");
  });

  it("names what only AWS knows after its resource, and marks what nothing names as unknown", async () => {
    const recording = await record(() => {
      const first = new aws.sqs.Queue("first", {});
      new aws.sqs.Queue("second", {
        name: pulumi.interpolate`after-${first.arn}`,
        redrivePolicy: first.redriveAllowPolicy,
      });
      return { id: first.id, url: first.url };
    });
    const { inputs } = named(recording, "second");
    assert.deepEqual(inputs, { name: "after-[first.arn]", redrivePolicy: UNKNOWN });
    assert.ok(Object.values(inputs).every(isUnknown));
    assert.equal(recording.outputs["id"], "[first.id]");
  });

  it("shows files by their path, resources by their URN", async () => {
    const recording = await record(() => {
      new aws.s3.BucketObjectv2("file", {
        bucket: "b",
        source: new pulumi.asset.FileAsset("dist/host/boot.mjs"),
      });
      new aws.s3.BucketObjectv2("text", { bucket: "b", source: new pulumi.asset.StringAsset("inline text") });
      new aws.s3.BucketObjectv2("folder", { bucket: "b", source: new pulumi.asset.FileArchive("./docs") });
      const queue = new aws.sqs.Queue("queue", {});
      const component = new pulumi.ComponentResource("test:index:Holder", "holder");
      (component as unknown as { registerOutputs(outputs: pulumi.Inputs): void }).registerOutputs({ queue });
      return {};
    });
    assert.deepEqual(named(recording, "file").inputs["source"], { asset: "dist/host/boot.mjs" });
    assert.deepEqual(named(recording, "text").inputs["source"], { asset: "inline" });
    assert.deepEqual(named(recording, "folder").inputs["source"], { asset: "./docs" });
    assert.deepEqual(named(recording, "holder").inputs["queue"], `${ROOT}aws:sqs/queue:Queue::queue`);
  });

  it("keeps dependencies, by property too, and protection", async () => {
    const recording = await record(() => {
      const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" }, { protect: true });
      const gateway = new aws.ec2.InternetGateway("gateway", { vpcId: vpc.id });
      new aws.ec2.Subnet(
        "subnet",
        { vpcId: vpc.id, tags: { also: vpc.arn }, cidrBlock: "10.0.0.0/24" },
        { dependsOn: [gateway] },
      );
      return {};
    });
    const [vpc, gateway] = [named(recording, "vpc").urn, named(recording, "gateway").urn];
    const subnet = named(recording, "subnet");
    assert.deepEqual(subnet.dependencies, [gateway, vpc].sort());
    assert.deepEqual(subnet.propertyDependencies, { tags: [vpc], vpcId: [vpc] });
    assert.equal(subnet.protect, false);
    assert.equal(named(recording, "vpc").protect, true);
  });

  it("is the same when recorded twice in one process, and forgets the settings of the first time", async () => {
    const program = () => {
      new Outer("outer");
      return { greeting: new pulumi.Config("proving-ground").get("greeting") ?? "none" };
    };
    const first = await record(program, { config: { "proving-ground:greeting": "hello" } });
    const again = await record(program, { config: { "proving-ground:greeting": "hello" } });
    assert.equal(JSON.stringify(again), JSON.stringify(first));
    assert.deepEqual((await record(program)).outputs, { greeting: "none" });
    assert.ok(named(await record(program, { stack: "prod" }), "outer").urn.startsWith("urn:pulumi:prod::"));
  });

  it("waits for its turn where several are asked for at once", async () => {
    const names = ["one", "two", "three"];
    const recordings = await Promise.all(
      names.map((name) =>
        record(() => {
          new aws.sqs.Queue(name, {});
          return { name };
        }),
      ),
    );
    assert.deepEqual(
      recordings.map(({ outputs }) => outputs["name"]),
      names,
    );
    assert.deepEqual(
      recordings.map(({ resources }) => resources.map(({ name }) => name)),
      names.map((name) => [name, "proving-ground-dev"]),
    );
  });

  it("waits for resources made late", async () => {
    const recording = await record(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      new aws.sqs.Queue("late", {});
      return {};
    });
    assert.equal(named(recording, "late").type, "aws:sqs/queue:Queue");
  });
});

describe("recorded program that fails", () => {
  class OwnError extends Error {}

  const failures: readonly (readonly [where: string, program: ProgramArgs["program"], message: RegExp])[] = [
    [
      "by throwing",
      () => {
        throw new OwnError("thrown by the program");
      },
      /^thrown by the program$/,
    ],
    [
      "inside apply, in an input of a resource",
      () => {
        const vpc = new aws.ec2.Vpc("vpc", {});
        new aws.ec2.Subnet("subnet", { vpcId: vpc.id.apply(refuse("in an input")) });
        return {};
      },
      /in an input/,
    ],
    [
      "inside apply, in an output",
      () => ({ id: new aws.ec2.Vpc("vpc", {}).id.apply(refuse("in an output")) }),
      /in an output/,
    ],
    [
      "inside an apply whose value nobody uses",
      () => {
        new aws.ec2.Vpc("vpc", {}).id.apply(refuse("in nobody's apply"));
        return {};
      },
      /in nobody's apply/,
    ],
    [
      "by asking for a provider function without an answer, which is named",
      () => ({ region: aws.getRegionOutput().region }),
      /no answer for the provider function aws:index\/getRegion:getRegion: add one to cli\/plan\/recorder\.ts/,
    ],
    [
      "by making two resources of one URN, as in the engine",
      () => {
        new aws.ec2.Vpc("twice", {});
        new aws.ec2.Vpc("twice", {});
        return {};
      },
      /duplicate resource URN urn:pulumi:dev::proving-ground::aws:ec2\/vpc:Vpc::twice/,
    ],
  ];

  for (const [where, program, message] of failures) {
    it(`rejects the recording: ${where}`, async () => {
      await assert.rejects(record(program), (error) => error instanceof Error && message.test(error.message));
    });
  }

  it("keeps the class of the program's own error, by which the command chooses its exit code", async () => {
    await assert.rejects(
      record(() => {
        throw new OwnError("own");
      }),
      OwnError,
    );
  });

  it("does not spoil the next recording", async () => {
    const program = () => {
      new aws.sqs.Queue("queue", {});
      return {};
    };
    const before = await record(program);
    for (const [, broken] of failures) await assert.rejects(record(broken));
    assert.deepEqual(await record(program), before);
  });

  it("leaves the listeners of the process as they were", async () => {
    const before = process.listeners("unhandledRejection");
    await assert.rejects(
      record(() => {
        throw new OwnError("own");
      }),
    );
    assert.deepEqual(process.listeners("unhandledRejection"), before);
  });
});

function refuse(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}
