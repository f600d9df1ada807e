import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineOperation, EngineRun } from "../support/engine-events.ts";
import { engineUnavailable, EngineWorkspace, skipWithoutEngine, type RunOptions } from "../support/engine.ts";
import { awsError } from "../support/simulated-provider/cloud.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GROUP = "aws:autoscaling/group:Group";
const BUCKET = "aws:s3/bucket:Bucket";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

describe("where there is no engine", () => {
  it("the reason names what is missing and what to do", () => {
    const reason = engineUnavailable([folder, join(folder, "nowhere")].join(delimiter));
    assert.match(reason ?? "", /no pulumi and no pulumi-language-nodejs on PATH; install/);
  });
});

describe("the simulated account under the real engine", function () {
  this.timeout(60_000);
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    skipWithoutEngine(this);
    workspace = await EngineWorkspace.start({ project: join(folder, "programs/small") });
  });

  after(() => workspace?.dispose());

  function account(): EngineWorkspace {
    assert.ok(workspace !== undefined, "the workspace did not start");
    return workspace;
  }

  async function done(operation: EngineOperation, options?: RunOptions): Promise<EngineRun> {
    const run = await account().run(operation, options);
    assert.equal(run.exitCode, 0, `${operation} failed:\n${run.stdout}${run.stderr}`);
    return run;
  }

  it("previews, and takes policy verdicts from the event log", async () => {
    account().configure({ "simulated:instanceType": "c7a.2xlarge" });
    const packs = { policyPacks: [join(folder, "packs/tiny")] };
    const refused = await account().run("preview", packs);
    assert.deepEqual(refused.verdicts.map(({ name, level }) => [name, level]).sort(), [
      ["no-large-instances", "mandatory"],
      ["stack-size", "advisory"],
    ]);
    assert.match(
      refused.verdicts.find(({ level }) => level === "mandatory")?.message ?? "",
      /c7a\.2xlarge is too large/,
    );

    account().configure({ "simulated:instanceType": "c7a.large" });
    const allowed = await done("preview", packs);
    assert.deepEqual(
      allowed.verdicts.map(({ level }) => level),
      ["advisory"],
    );
    assert.ok(allowed.policiesAsked.includes("no-large-instances"));
    assert.deepEqual(account().cloud.resources(), [], "a preview made something");
    assert.equal(
      allowed.steps.find(({ type }) => type === SUBNET)?.inputs["vpcId"],
      "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    );
  });

  it("creates, after an error tries again, and gives ids and ARNs of AWS's form", async () => {
    const message = awsError(
      "EC2:CreateVpc",
      "VpcLimitExceeded",
      "The maximum number of VPCs has been reached.",
    );
    account().cloud.fail({ operation: "create", type: VPC, times: 1, message });
    const failed = await account().run("up");
    assert.notEqual(failed.exitCode, 0);
    assert.ok(failed.diagnostics.some((text) => text.includes("VpcLimitExceeded")));
    assert.deepEqual(account().cloud.resources(VPC), []);

    await done("up");
    const { id, properties } = account().cloud.get(VPC, "net");
    assert.match(id, /^vpc-0[0-9a-f]{16}$/);
    assert.equal(properties["arn"], `arn:aws:ec2:us-west-2:123456789012:vpc/${id}`);
    assert.equal(account().cloud.get(SUBNET, "net-a").properties["vpcId"], id);
    assert.equal(account().cloud.get(SUBNET, "net-a").properties["availabilityZone"], "us-west-2b");
    assert.match(account().cloud.get(BUCKET, "store").id, /^store-[0-9a-f]{8}$/);
    assert.equal(account().cloud.get(GROUP, "slot").id, "slot");
  });

  it("finds nothing to do in a second update and a refresh", async () => {
    assert.deepEqual((await done("up")).changes, {});
    assert.deepEqual((await done("refresh")).changes, {});
  });

  it("keeps secrets out of the state in clear (FM-65)", () => {
    const state = readFileSync(account().stateFile, "utf8");
    assert.match(state, /\/small\/token/);
    assert.ok(!state.includes("canary-1234"));
  });

  it("sees drift planted from outside, and repairs it", async () => {
    account().cloud.change(VPC, "net", { tags: { Name: "renamed by hand" } });
    const refresh = await done("refresh");
    assert.deepEqual(refresh.changes, { update: 1 });
    assert.deepEqual(
      refresh.steps.filter(({ op }) => op === "update").map(({ name }) => name),
      ["net"],
    );
    assert.deepEqual((await done("up")).changes, { update: 1 });
    assert.deepEqual(account().cloud.get(VPC, "net").properties["tags"], { Name: "first" });
  });

  it("makes again what was deleted from outside", async () => {
    account().cloud.remove(INSTANCE, "keeper");
    assert.deepEqual((await done("refresh")).changes, { delete: 1 });
    assert.deepEqual((await done("up")).changes, { create: 1 });
  });

  it("updates in place, with a new version of the launch template for its group", async () => {
    account().configure({ "simulated:instanceType": "c7a.xlarge" });
    const run = await done("up");
    assert.deepEqual(run.changes, { update: 2 });
    assert.equal(account().cloud.get(TEMPLATE, "slot").properties["latestVersion"], 2);
    assert.deepEqual(account().cloud.get(GROUP, "slot").properties["launchTemplate"], {
      id: account().cloud.get(TEMPLATE, "slot").id,
      version: "2",
    });
  });

  it("replaces on an immutable property, and what hangs on it", async () => {
    const before = account().cloud.get(VPC, "net").id;
    account().configure({ "simulated:cidr": "10.9.0.0/16" });
    const run = await done("up");
    const replaced = run.steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    assert.deepEqual(replaced.sort(), ["keeper", "net", "net-a"]);
    assert.notEqual(account().cloud.get(VPC, "net").id, before);
    assert.equal(account().cloud.resources(VPC).length, 1);
  });

  it("resumes a suspended process that the program does not ignore, as the AWS provider does", async () => {
    account().configure({ "simulated:latchable": false });
    // A refresh goes by what the last update was told to ignore.
    await done("up");
    account().cloud.change(GROUP, "slot", { suspendedProcesses: ["Launch"] });
    assert.deepEqual((await done("refresh")).changes, { update: 1 });
    await done("up");
    assert.deepEqual(account().cloud.get(GROUP, "slot").properties["suspendedProcesses"], []);
  });

  it("leaves it suspended where the program ignores it, even when it changes something else (FM-05)", async () => {
    account().configure({ "simulated:latchable": true });
    await done("up");
    account().configure({ "simulated:lifetime": 90_000 });
    account().cloud.change(GROUP, "slot", { suspendedProcesses: ["Launch"], desiredCapacity: 1 });
    assert.deepEqual((await done("refresh")).changes, {});
    assert.deepEqual((await done("up")).changes, { update: 1 });
    const { properties } = account().cloud.get(GROUP, "slot");
    assert.deepEqual(
      [properties["suspendedProcesses"], properties["desiredCapacity"], properties["maxInstanceLifetime"]],
      [["Launch"], 1, 90_000],
    );
  });

  it("refuses to delete a bucket that holds objects and a protected instance (FM-44)", async () => {
    account().configure({ "simulated:protected": true });
    await done("up");
    account().cloud.holdObjects(BUCKET, "store", 3);
    const refused = await account().run("destroy", { arguments: ["--continue-on-error"] });
    assert.notEqual(refused.exitCode, 0);
    const reasons = refused.diagnostics.join("\n");
    assert.match(reasons, /BucketNotEmpty/);
    assert.match(reasons, /may not be terminated/);
    assert.equal(account().cloud.resources(BUCKET).length, 1);
  });

  it("destroys the rest and leaves nothing", async () => {
    account().cloud.holdObjects(BUCKET, "store", 0);
    account().cloud.change(INSTANCE, "keeper", { disableApiTermination: false });
    await done("destroy");
    assert.deepEqual(account().cloud.resources(), []);
  });
});
