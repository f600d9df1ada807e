import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GroundError } from "../../cli/errors.ts";
import { drillPorts } from "../../cli/guard/drill-aws.ts";
import { evidenceJson, evidenceMarkdown, keepEvidence } from "../../cli/guard/drill-evidence.ts";
import type { DrillStep } from "../../cli/guard/drill.ts";
import { drill } from "../../cli/guard/drill-run.ts";
import type { DrillPorts } from "../../cli/guard/drill-ports.ts";
import { marshal } from "../../runtime/guard/aws/attributes.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { startAccount, type Account } from "../guard-aws/account.ts";
import { CONFIG, TABLE, tagsOf, TIGHT } from "../guard-aws/setting.ts";
import { operationOf } from "../support/aws-query.ts";
import { asDeployed, changesSince, guardRole, makeParts, simulations, type Decide } from "./parts.ts";
import { stackWith } from "./stack.ts";

describe("ground guard drill on moto", function () {
  this.timeout(60_000);
  let account: Account;
  let ports: DrillPorts;
  /** What IAM says of an action on a resource; moto does not know the question. */
  let decide: Decide;
  const stack = stackWith(CONFIG);

  before(async function () {
    account = await startAccount(this);
  });
  after(() => (account as Account | undefined)?.stop());

  beforeEach(async () => {
    await account.make();
    await makeParts(account.proxy.url, stack);
    await account.orchestrator();
    await account.tick();
    account.proxy.clear();
    decide = asDeployed;
    account.proxy.rule(
      simulations(guardRole(stack), (action, resource, context) => decide(action, resource, context)),
    );
    ports = drillPorts(stack, account.clock);
  });

  const outcomes = (steps: readonly DrillStep[]) => steps.map(({ id, status }) => `${id} ${status}`);
  const found = (steps: readonly DrillStep[], id: string) =>
    steps.find((step) => step.id === id)?.found ?? "";

  it("walks the whole way of a stop and of re-arming, and changes nothing (FM-08)", async () => {
    const id = await account.start("storage-1");
    const tagged = await account.run(tagsOf("on-demand"));
    const before = [await account.runningIds(), await account.slots()];
    const from = account.proxy.passed.length;
    const evidence = await drill(ports, stack, "alex", undefined);
    assert.deepEqual(changesSince(account.proxy, from), []);
    assert.deepEqual(outcomes(evidence.steps), [
      "drill.parts ok",
      "drill.life ok",
      "drill.people ok",
      "drill.rights ok",
      "drill.persistent ok",
      "drill.stop ok",
      "drill.rearm ok",
    ]);
    assert.deepEqual([await account.runningIds(), await account.slots()], before);
    const stop = evidence.steps.find((step) => step.id === "drill.stop");
    const calls = stop?.calls.map(({ call }) => call) ?? [];
    for (const [what, pattern] of [
      ["every group is closed", /^autoscaling:SuspendProcesses proving-ground-dev-storage-3 Launch/],
      ["the one that is up is set to 0", /^autoscaling:SetDesiredCapacity proving-ground-dev-storage-1 0$/],
      ["its host is terminated", new RegExp(`^ec2:TerminateInstances .*${id}`)],
      ["so is the tagged one", new RegExp(`^ec2:TerminateInstances .*${tagged}`)],
      ["models are denied", /^iam:PutRolePolicy /],
    ] as const)
      assert.ok(
        calls.some((call) => pattern.test(call)),
        `${what}: ${calls.join("; ")}`,
      );
    assert.match(found(evidence.steps, "drill.persistent"), /^1 out of its reach/);
  });

  it("names each right that the guard's role lacks, and goes on to the end (FM-03)", async () => {
    await account.start("storage-1");
    decide = (action) =>
      ["autoscaling:SetDesiredCapacity", "sns:Publish", "iam:PutRolePolicy"].includes(action)
        ? "implicitDeny"
        : "allowed";
    const { steps } = await drill(ports, stack, "alex", "storage-2");
    assert.deepEqual(
      steps.filter(({ status }) => status === "failed").map(({ id }) => id),
      ["drill.rights", "drill.persistent", "drill.stop"],
    );
    assert.match(found(steps, "drill.rights"), /sns:Publish on arn:aws:sns:.*: implicitDeny/);
    assert.match(found(steps, "drill.persistent"), /could terminate i-[0-9a-f]+, a persistent host/);
    const stop = found(steps, "drill.stop");
    assert.match(stop, /set proving-ground-dev-storage-1 to 0: .*may not autoscaling:SetDesiredCapacity/);
    assert.match(stop, /deny models to/);
    assert.ok(
      steps.every(({ id, status }) => !id.startsWith("live.") || status === "skipped"),
      "nothing is started where the way is not clear",
    );
    assert.deepEqual((await account.table.requests()).leases, []);
  });

  it("takes EC2's own refusal for one, though IAM would allow it", async () => {
    const id = await account.start("storage-1");
    account.proxy.rule((request) =>
      operationOf(request) === "TerminateInstances" && request.body.includes("DryRun=true")
        ? {
            status: 403,
            body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>`,
          }
        : undefined,
    );
    const { steps } = await drill(ports, stack, "alex", undefined);
    assert.match(found(steps, "drill.stop"), new RegExp(`terminate ${id}: `));
  });

  it("says what is wrong with the parts: schedule, subscriptions, silence (FM-15)", async () => {
    const parts = await ports.parts();
    const broken: DrillPorts = {
      ...ports,
      parts: () =>
        Promise.resolve({
          ...parts,
          state: "Inactive",
          schedule: { state: "DISABLED", target: "" },
          people: { confirmed: 0, pending: 2 },
          budgetCalls: false,
        }),
    };
    account.clock.pass(20 * MINUTE);
    const { steps } = await drill(broken, stack, "alex", undefined);
    assert.match(
      found(steps, "drill.parts"),
      /function is Inactive\nthe schedule is DISABLED\nthe schedule calls nothing\nAWS Budgets' topic/,
    );
    assert.match(found(steps, "drill.life"), /the last one was .* 20m ago/);
    assert.match(found(steps, "drill.people"), /nobody is: 2 wait/);
  });

  it("live: starts the slot on a lease, stops it by the guard's own code, and puts everything back", async () => {
    const other = await account.start("storage-1");
    const tagged = await account.run(tagsOf("on-demand"));
    const running = await account.runningIds();
    const evidence = await drill(ports, stack, "alex", "storage-2");
    assert.deepEqual(outcomes(evidence.steps).slice(-4), [
      "live.start ok",
      "live.stop ok",
      "live.gone ok",
      "live.restore ok",
    ]);
    assert.ok(running.includes(other) && running.includes(tagged));
    assert.deepEqual(await account.runningIds(), running, "other hosts are out of its sight");
    assert.deepEqual((await account.slots())[1], { desired: 0, suspended: [] });
    assert.deepEqual((await account.table.requests()).leases, []);
    const stop = evidence.steps.find(({ id }) => id === "live.stop");
    assert.ok((stop?.ms ?? 0) > 0);
  });

  it("live: puts the slot back where it does not stop, and says so (FM-03)", async () => {
    account.proxy.rule((request) =>
      operationOf(request) === "SuspendProcesses" ? { status: 500, body: "" } : undefined,
    );
    const { steps } = await drill(ports, stack, "alex", "storage-2");
    assert.deepEqual(outcomes(steps).slice(-4), [
      "live.start ok",
      "live.stop failed",
      "live.gone ok",
      "live.restore ok",
    ]);
    assert.equal((await account.slots())[1]?.desired, 0);
  });

  for (const [title, slot, code, prepare] of [
    ["is in use", "storage-1", 2, () => account.start("storage-1")],
    ["does not exist", "storage-9", 2, () => Promise.resolve()],
    [
      "is at rest while the guard is latched",
      "storage-1",
      5,
      () => account.tick({ ...CONFIG, linePerDay: TIGHT - 1_000_000_000 }),
    ],
  ] as const) {
    it(`live: refuses a slot that ${title}, with exit code ${String(code)}, and starts nothing`, async () => {
      if (code === 5) await account.start("storage-2");
      await prepare();
      const running = await account.runningIds();
      await assert.rejects(
        drill(ports, stack, "alex", slot),
        (error) => error instanceof GroundError && error.exitCode === code,
      );
      assert.deepEqual(await account.runningIds(), running);
      assert.deepEqual((await account.table.requests()).leases, []);
    });
  }

  it("leaves evidence: JSON, Markdown, and a line in the guard's table", async () => {
    const folder = await mkdtemp(join(tmpdir(), "drill-"));
    try {
      const evidence = await drill(ports, stack, "alex", "storage-3");
      const [json = "", markdown = ""] = await keepEvidence(ports, evidence, folder);
      const read = JSON.parse(await readFile(json, "utf8")) as { ok: boolean; live: string };
      assert.deepEqual([read.ok, read.live], [true, "storage-3"]);
      assert.deepEqual(read, JSON.parse(JSON.stringify(evidenceJson(evidence))));
      const text = await readFile(markdown, "utf8");
      assert.equal(text, evidenceMarkdown(evidence));
      assert.match(text, /\| stop storage-3 \| ok \| verified by two empty looks \| 2026-11-21T12:/);
      assert.match(
        text,
        /`autoscaling:SuspendProcesses proving-ground-dev-storage-1 Launch, ScheduledActions`/,
      );
      const { Item } = await account.dynamodb.send(
        new GetItemCommand({
          TableName: TABLE,
          Key: marshal({ pk: "drill", sk: new Date(evidence.startedAt).toISOString() }),
        }),
      );
      assert.deepEqual(
        [Item?.["by"]?.S, Item?.["ok"]?.BOOL, Item?.["ttl"]?.N !== undefined],
        ["alex", true, true],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
