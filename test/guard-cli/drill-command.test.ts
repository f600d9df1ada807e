import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardedStackOf } from "../../cli/guard/stack.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { startClusterAccount, type ClusterAccount } from "../cluster/account.ts";
import { startGround, type Finished } from "../deploy/support.ts";
import { operationOf } from "../support/aws-query.ts";
import { environmentOf, MOTO_ACCOUNT } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";
import { changesSince, guardRole, makeParts, simulations } from "./parts.ts";

interface DrillJson {
  readonly environment: string;
  readonly ok: boolean;
  readonly live: string | null;
  readonly by: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly files: readonly string[];
  readonly steps: readonly {
    readonly id: string;
    readonly status: string;
    readonly found: string;
    readonly startedAt: string;
    readonly ms: number;
    readonly calls: readonly { readonly call: string; readonly at: string; readonly ms: number }[];
  }[];
}

/** A drill waits as long as the guard does between two looks: ten seconds for each way that it walks. */
describe("ground guard drill as a command", function () {
  this.timeout(180_000);
  const stack = guardedStackOf(stackSettings("prod"), MOTO_ACCOUNT, loadCatalogue());
  let account: ClusterAccount;
  let folder: string;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "drill-"));
    await account.make(Date.now());
    await account.guardTicks();
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** The guard's parts are there, and IAM's simulator allows all that is asked. */
  async function deployed(): Promise<void> {
    await makeParts(account.proxy.url, stack);
    account.proxy.rule(simulations(guardRole(stack), () => "allowed"));
  }

  function drill(...options: readonly string[]): Promise<Finished> {
    return startGround(
      ["guard", "drill", "--stack", "prod", "--out", folder, ...options],
      environmentOf(account.proxy.url),
    ).finished;
  }

  /** Groups with what they want and what is suspended, hosts, leases: all that a drill could change. */
  async function situation(): Promise<unknown> {
    const groups = await account.describeGroups();
    return {
      groups: groups.map(({ AutoScalingGroupName, DesiredCapacity, SuspendedProcesses = [] }) => [
        AutoScalingGroupName,
        DesiredCapacity,
        SuspendedProcesses.map(({ ProcessName }) => ProcessName),
      ]),
      hosts: (await account.running()).map(({ InstanceId }) => InstanceId).sort(),
      leases: (await account.table.requests()).leases,
    };
  }

  /** Both files, which must be all that is in the folder. */
  async function evidenceIn(files: readonly string[]): Promise<readonly [DrillJson, string]> {
    assert.deepEqual((await readdir(folder)).map((file) => join(folder, file)).sort(), [...files].sort());
    const [json = "", markdown = ""] = files;
    return [JSON.parse(await readFile(json, "utf8")) as DrillJson, await readFile(markdown, "utf8")];
  }

  it("dry: walks every step of a stop, changes nothing, leaves what, when and how long; exit 0 (FM-08)", async () => {
    await deployed();
    await account.wish("storage-1", 1);
    const before = await situation();
    const from = account.proxy.passed.length;
    const began = Date.now();
    const { exitCode, stdout, stderr } = await drill();
    const ended = Date.now();
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(await situation(), before);
    // The line in the guard's own table that says when the last drill was.
    assert.deepEqual(changesSince(account.proxy, from), ["PutItem"]);

    const files = /^Evidence: (.*)$/m.exec(stdout)?.[1]?.split(", ") ?? [];
    const [evidence, markdown] = await evidenceIn(files);
    assert.deepEqual([evidence.environment, evidence.ok, evidence.live], ["prod", true, null]);
    assert.deepEqual(
      evidence.steps.map(({ id, status }) => `${id} ${status}`),
      ["parts", "life", "people", "rights", "persistent", "stop", "rearm"].map((step) => `drill.${step} ok`),
    );
    const calls = evidence.steps.flatMap((step) => step.calls);
    for (const pattern of [
      /^autoscaling:SuspendProcesses proving-ground-prod-storage-5 Launch/,
      /^autoscaling:SetDesiredCapacity proving-ground-prod-storage-1 0$/,
      /^ec2:TerminateInstances us-west-2 i-[0-9a-f]+$/,
      /^iam:PutRolePolicy /,
      /^autoscaling:ResumeProcesses /,
    ])
      assert.ok(
        calls.some(({ call }) => pattern.test(call)),
        `${String(pattern)}: ${JSON.stringify(calls)}`,
      );
    for (const at of [evidence.startedAt, evidence.endedAt, ...calls.map((call) => call.at)])
      assert.ok(Date.parse(at) >= began && Date.parse(at) <= ended, at);
    const lengths = evidence.steps.map(({ ms }) => ms);
    const whole = Date.parse(evidence.endedAt) - Date.parse(evidence.startedAt);
    assert.ok(lengths.every((ms) => ms >= 0) && lengths.reduce((sum, ms) => sum + ms, 0) <= whole);
    assert.match(markdown, /^# Drill of the money guard: prod\n\nEvery step is well\./);
    assert.match(markdown, /Dry: nothing was changed\./);
  });

  it("dry: where the guard is not whole, says so, leaves evidence of that as well; exit 4 (FM-15)", async () => {
    const { exitCode, stdout, stderr } = await drill("--json");
    assert.equal(exitCode, 4, stdout + stderr);
    const printed = JSON.parse(stdout) as DrillJson;
    const [evidence, markdown] = await evidenceIn(printed.files);
    assert.deepEqual({ ...evidence, files: printed.files }, printed);
    assert.deepEqual(
      evidence.steps.map(({ id, status }) => `${id} ${status}`),
      ["drill.parts failed", "drill.life ok", "drill.rest skipped"],
    );
    const { found = "" } = evidence.steps[0] ?? {};
    assert.deepEqual(
      found.split("\n").map((text) => text.slice(0, text.indexOf(":"))),
      [
        `function ${stack.name}`,
        `schedule ${stack.name}`,
        `the guard's topic ${stack.name}`,
        "AWS Budgets' topic proving-ground-prod-alarms",
      ],
      "every missing part, in the same order each time",
    );
    assert.equal(evidence.ok, false);
    assert.match(markdown, /\*\*Not every step is well\.\*\*/);
  });

  it("live: starts the slot at rest, stops it by the guard's own code, puts everything back; exit 0 (FM-03)", async () => {
    await deployed();
    await account.wish("storage-1", 1);
    const before = await situation();
    const from = account.proxy.passed.length;
    const { exitCode, stdout, stderr } = await drill("--live", "storage-2", "--json");
    assert.equal(exitCode, 0, stdout + stderr);
    const printed = JSON.parse(stdout) as DrillJson;
    assert.deepEqual(
      printed.steps.slice(-4).map(({ id, status }) => `${id} ${status}`),
      ["start", "stop", "gone", "restore"].map((step) => `live.${step} ok`),
    );
    assert.equal(printed.live, "storage-2");
    assert.deepEqual(await situation(), before, "the other slot runs on, this one is at rest again");
    const changed = new Set(changesSince(account.proxy, from));
    for (const operation of ["SetDesiredCapacity", "SuspendProcesses", "ResumeProcesses"])
      assert.ok(changed.has(operation), [...changed].join(", "));
    assert.match((await evidenceIn(printed.files))[1], /Live: slot storage-2 was started and stopped/);
  });

  it("live: refuses a slot that does not exist before anything of the stack is asked; exit 2, no evidence", async () => {
    const from = account.proxy.passed.length;
    const { exitCode, stdout, stderr } = await drill("--live", "storage-9");
    assert.equal(exitCode, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /There is no slot storage-9; there are storage-1, /);
    const asked = new Set(account.proxy.passed.slice(from).map(operationOf));
    assert.deepEqual([...asked], ["GetCallerIdentity"]);
    assert.deepEqual(await readdir(folder), []);
  });
});
