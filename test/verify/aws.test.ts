import { SuspendProcessesCommand, UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DeleteBudgetCommand } from "@aws-sdk/client-budgets";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteParameterCommand } from "@aws-sdk/client-ssm";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { CheckLine } from "../../cli/checklist.ts";
import { blobKey } from "../../cli/deploy/manifest.ts";
import { diagnose } from "../../cli/doctor/doctor.ts";
import { verifyChecks } from "../../cli/verify/verify.ts";
import type { Plan } from "../../model/plan.ts";
import { BUCKET, deployFolder, Folder, startAccount, stopAccount, type Account } from "../deploy/support.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";
import { planOf, stackSettings } from "../support/plans.ts";
import { makeBudget, makeLiveStack, type LiveStack } from "./live-stack.ts";

const ROLE = "proving-ground-dev-storage-1";

describe("verify, against moto", function () {
  this.timeout(60_000);
  let account: Account;
  let plan: Plan;
  let stack: LiveStack;
  let folder: Folder;

  before(async function () {
    account = await startAccount(this);
    plan = await planOf("dev");
  });
  after(async () => {
    await stopAccount(account);
  });

  beforeEach(async () => {
    await account.moto.reset();
    account.proxy.clear();
    stack = await makeLiveStack(account, plan);
    folder = new Folder().write({ "bin/cfs": "program", notes: "text" });
    await deployFolder(account, folder);
  });
  afterEach(() => {
    folder.remove();
  });

  async function verify(options: { version?: string; deep?: boolean } = {}) {
    const { moto, proxy } = account;
    const checks = verifyChecks({
      plan,
      settings: stackSettings("dev"),
      version: options.version,
      deep: options.deep ?? false,
      aws: { endpoint: proxy.url, credentials: moto.client.credentials },
      gitHub: undefined,
      now: Date.now,
    });
    return diagnose(checks);
  }

  /** The one line that is not well, and that the exit code says so. */
  async function onlyFailure(
    id: string,
    options: { version?: string; deep?: boolean } = {},
  ): Promise<CheckLine> {
    const { lines, exitCode } = await verify(options);
    const bad = lines.filter(({ status }) => status !== "ok" && status !== "skipped");
    assert.deepEqual(
      bad.map((line) => line.id),
      [id],
      JSON.stringify(bad, undefined, 1),
    );
    assert.equal(exitCode, 4);
    const [line] = bad;
    assert.ok(line?.fix !== undefined && line.fix !== "", "it says what to do");
    return line;
  }

  it("a stack as planned: every line ok, or at rest; exit 0", async () => {
    const { lines, exitCode } = await verify();
    assert.deepEqual(
      lines.map(({ id, status, found }) => `${id}: ${status} ${found}`),
      [
        "aws.account: ok 123456789012",
        "aws.artifacts: ok 1.0.0: 2 files, 11 B, sizes and SHA-256 as deployed",
        "aws.budget.proving-ground-dev-day: ok 15.00 USD daily, alarms at 80 % and 100 %",
        "aws.budget.proving-ground-dev-model-api: ok 8.00 USD daily, alarms at 80 % and 100 %",
        "aws.mails.proving-ground-dev-alarms: ok confirmed: claudefs-oncall@example.com",
        "aws.mails.proving-ground-dev-guard: ok confirmed: claudefs-oncall@example.com",
        `aws.slot.storage-1: ok ready: ${stack.instance.id} since 2026-08-01T08:03:00.000Z`,
        "aws.slot.fuse-client-1: ok at rest",
        `aws.dns.dev.internal: ok private zone ${stack.zoneId}`,
        `aws.dns.orchestrator.dev.internal: ok orchestrator.dev.internal is ${stack.orchestrator.address}`,
        `aws.dns.storage-1.dev.internal: ok storage-1.dev.internal is ${stack.instance.address}`,
        "aws.dns.fuse-client-1.dev.internal: skipped the slot is at rest",
      ]
        .concat(
          ["storage-1", "fuse-client-1", "flow-logs", "orchestrator", "guard", "guard-schedule"].map(
            (name) => `aws.role.proving-ground-dev-${name}: ok trust and rights as planned`,
          ),
          ["storage-1", "fuse-client-1", "orchestrator"].map(
            (name) => `aws.profile.proving-ground-dev-${name}: ok carries proving-ground-dev-${name}`,
          ),
        )
        .sort((one, other) => order(lines, one) - order(lines, other)),
    );
    assert.equal(exitCode, 0);
  });

  it("an artifact altered behind its back (FM-27)", async () => {
    await account.behind.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: keyOf("program"),
        Body: "pROGRAM",
        ChecksumAlgorithm: "SHA256",
      }),
    );
    const { found } = await onlyFailure("aws.artifacts");
    assert.equal(found, "bin/cfs: SHA-256 differs: it was altered");
  });

  it("an artifact truncated, and one missing (FM-27)", async () => {
    await account.behind.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: keyOf("program"),
        Body: "prog",
        ChecksumAlgorithm: "SHA256",
      }),
    );
    await account.behind.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: keyOf("text") }));
    const { found } = await onlyFailure("aws.artifacts");
    assert.equal(found, "bin/cfs: has 4 bytes, manifest says 7\nnotes: is missing");
  });

  it("content that S3 reports sound and that is not: only --deep sees it (FM-27)", async () => {
    account.proxy.rule(({ method, path }) =>
      method === "GET" && path.includes(sha256("program")) ? { status: 200, body: "pROGRAM" } : undefined,
    );
    assert.equal((await verify()).exitCode, 0);
    const { found } = await onlyFailure("aws.artifacts", { deep: true });
    assert.equal(found, "bin/cfs: content differs from its SHA-256");
  });

  it("a version that does not exist", async () => {
    const { found } = await onlyFailure("aws.artifacts", { version: "2.0.0" });
    assert.equal(found, "version 2.0.0 does not exist: no releases/2.0.0/manifest.json");
  });

  it("a manifest that leads out of the release folder is not believed (FM-27)", async () => {
    const file = { path: "../../etc/passwd", bytes: 1, sha256: sha256("x"), executable: false };
    const Body = JSON.stringify({
      formatVersion: 1,
      version: "1.0.0",
      created: "2026-08-01T12:00:00Z",
      files: [file],
    });
    await account.behind.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: "releases/1.0.0/manifest.json", Body }),
    );
    const { found } = await onlyFailure("aws.artifacts");
    assert.match(found, /files\.0\.path must be a relative path/);
  });

  it("a budget gone", async () => {
    const BudgetName = "proving-ground-dev-day";
    await stack.budgets.send(new DeleteBudgetCommand({ AccountId: MOTO_ACCOUNT, BudgetName }));
    const { found } = await onlyFailure("aws.budget.proving-ground-dev-day");
    assert.equal(found, "budget proving-ground-dev-day does not exist: nobody is told of spending");
  });

  it("a budget with another limit and an alarm less", async () => {
    const BudgetName = "proving-ground-dev-day";
    await stack.budgets.send(new DeleteBudgetCommand({ AccountId: MOTO_ACCOUNT, BudgetName }));
    await makeBudget(stack.budgets, BudgetName, "150", [80]);
    const { found } = await onlyFailure("aws.budget.proving-ground-dev-day");
    assert.equal(found, "limit is 150 USD, stack says 15.00 USD\nno alarm at 100 %");
  });

  it("a mail that nobody confirmed", async () => {
    account.proxy.rule(({ body }) =>
      body.includes("Action=ListSubscriptionsByTopic") && body.includes("proving-ground-dev-alarms")
        ? {
            status: 200,
            body: `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>PendingConfirmation</SubscriptionArn><Protocol>email</Protocol><Endpoint>claudefs-oncall@example.com</Endpoint></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
          }
        : undefined,
    );
    const { found } = await onlyFailure("aws.mails.proving-ground-dev-alarms");
    assert.equal(found, "claudefs-oncall@example.com is not confirmed");
  });

  it("a slot whose status is of an earlier instance", async () => {
    await stack.say("storage-1", { instanceId: "i-0000000000earlier" });
    const { found } = await onlyFailure("aws.slot.storage-1");
    assert.equal(
      found,
      `${stack.instance.id} runs, but the status is of i-0000000000earlier, an earlier one (ready, 2026-08-01T08:03:00.000Z)`,
    );
  });

  it("a slot that failed to boot, one that never spoke", async () => {
    await stack.say("storage-1", { state: "failed", step: "raid", reason: "no disks" });
    assert.equal(
      (await onlyFailure("aws.slot.storage-1")).found,
      `${stack.instance.id} is failed at step raid: no disks`,
    );
    await stack.ssm.send(new DeleteParameterCommand({ Name: "/proving-ground/dev/slots/storage-1/status" }));
    assert.equal(
      (await onlyFailure("aws.slot.storage-1")).found,
      `${stack.instance.id} runs, but has never said how it is`,
    );
  });

  it("a slot whose size somebody raised", async () => {
    const AutoScalingGroupName = "proving-ground-dev-fuse-client-1";
    await stack.groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize: 4 }));
    const { found } = await onlyFailure("aws.slot.fuse-client-1");
    assert.equal(found, "max is 4, stack says 1");
  });

  it("a latched slot is at rest", async () => {
    const AutoScalingGroupName = "proving-ground-dev-fuse-client-1";
    await stack.groups.send(
      new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ["Launch"] }),
    );
    const { lines, exitCode } = await verify();
    const line = lines.find(({ id }) => id === "aws.slot.fuse-client-1");
    assert.deepEqual([line?.status, exitCode], ["ok", 0]);
    assert.match(line?.found ?? "", /^at rest, latched \(suspended: .*Launch/);
  });

  it("a name that leads elsewhere", async () => {
    await stack.point("storage-1.dev.internal", "10.20.0.250");
    const { found } = await onlyFailure("aws.dns.storage-1.dev.internal");
    assert.equal(found, `storage-1.dev.internal is 10.20.0.250; the instance has ${stack.instance.address}`);
    await stack.point("storage-1.dev.internal", stack.instance.address);
    await stack.point("orchestrator.dev.internal", "10.20.0.251");
    const other = await onlyFailure("aws.dns.orchestrator.dev.internal");
    assert.equal(
      other.found,
      `orchestrator.dev.internal is 10.20.0.251; the instance has ${stack.orchestrator.address}`,
    );
  });

  it("a role that others may take", async () => {
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
    };
    await stack.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument: JSON.stringify(trust) }),
    );
    const { found } = await onlyFailure(`aws.role.${ROLE}`);
    assert.match(found, /^who may take the role differs: /);
  });

  it("a role with more rights, or fewer", async () => {
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
    const { Policy } = await stack.iam.send(
      new CreatePolicyCommand({ PolicyName: "everything", PolicyDocument: document }),
    );
    await stack.iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn: Policy?.Arn ?? "" }));
    await stack.iam.send(
      new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "more", PolicyDocument: document }),
    );
    assert.equal(
      (await onlyFailure(`aws.role.${ROLE}`)).found,
      `has ${Policy?.Arn ?? ""} attached, which the stack does not say\ninline policy more is not as the stack says`,
    );
  });

  it("a role without its rights", async () => {
    const [policy] = plan.resources.filter(
      ({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && inputs["role"] === ROLE,
    );
    await stack.iam.send(
      new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: `${policy?.name ?? ""}-1a2b3c4` }),
    );
    assert.equal((await onlyFailure(`aws.role.${ROLE}`)).found, "1 of its inline policies missing");
  });

  it("an instance profile without its role", async () => {
    await stack.iam.send(
      new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: ROLE, RoleName: ROLE }),
    );
    assert.equal((await onlyFailure(`aws.profile.${ROLE}`)).found, `carries no role, stack says ${ROLE}`);
  });

  it("what AWS refuses to tell is unknown, and no ok", async () => {
    account.proxy.rule(({ body }) =>
      body.includes("Action=GetRole&")
        ? {
            status: 403,
            body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>",
          }
        : undefined,
    );
    const { lines, exitCode } = await verify();
    const unknown = lines.filter(({ status }) => status === "unknown");
    assert.deepEqual([unknown.length, exitCode], [6, 4]);
    assert.match(unknown[0]?.found ?? "", /AWS refused to tell: AccessDenied: not you/);
  });

  it("without any credentials that AWS knows: exit 3", async () => {
    account.proxy.rule(({ body }) =>
      body.includes("Action=GetCallerIdentity")
        ? {
            status: 403,
            body: "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>unknown</Message></Error></ErrorResponse>",
          }
        : undefined,
    );
    const { lines, exitCode } = await verify();
    assert.equal(exitCode, 3, JSON.stringify(lines));
    assert.equal(lines[0]?.status, "failed");
  });

  it("an account in which nothing was made", async () => {
    await account.moto.reset();
    const { lines, exitCode } = await verify();
    assert.equal(exitCode, 4);
    const wells = lines.filter(({ status }) => status === "ok").map(({ id }) => id);
    assert.deepEqual(wells, ["aws.account"]);
  });
});

function order(lines: readonly CheckLine[], text: string): number {
  return lines.findIndex(({ id }) => text.startsWith(`${id}: `));
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

function keyOf(content: string): string {
  return blobKey(sha256(content));
}
