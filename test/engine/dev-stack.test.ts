import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../model/plan.ts";
import type { EngineOperation, EngineRun } from "../support/engine-events.ts";
import type { Properties } from "../support/simulated-provider/world.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";
import { ground, offlinePlan, ROOT, typesAndNames, withoutTexts } from "../support/engine-plans.ts";

const GROUP = "aws:autoscaling/group:Group";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const BUCKET = "aws:s3/bucket:Bucket";
const GUARD = "aws:lambda/function:Function";
const policyPacks = [join(ROOT, "policies")];
const APPROVED = "approved-plan.json";

/** The properties that change when a group is told how much of it to launch on demand, per cent. */
function withOnDemandPercentage(properties: Properties, percentage: number): Properties {
  const policy = properties["mixedInstancesPolicy"] as { instancesDistribution: Properties };
  const instancesDistribution = {
    ...policy.instancesDistribution,
    onDemandPercentageAboveBaseCapacity: percentage,
  };
  return { mixedInstancesPolicy: { ...policy, instancesDistribution } };
}

/** Steps that change something, sorted. */
function changed({ steps }: EngineRun): string[] {
  return steps
    .filter(({ op }) => op !== "same")
    .map(({ op, type, name }) => `${op} ${type} ${name}`)
    .sort();
}

/** What a command that ended badly leaves. */
interface Refused {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the dev stack under the real engine", function () {
  this.timeout(300_000);
  let workspace: EngineWorkspace | undefined;
  let plan: Plan | undefined;

  before(async function () {
    skipWithoutEngine(this);
    plan = await offlinePlan("--stack", "dev");
    workspace = await EngineWorkspace.start({ project: ROOT, stack: "dev" });
  });

  after(() => workspace?.dispose());

  function account(): EngineWorkspace {
    assert.ok(workspace !== undefined, "the workspace did not start");
    return workspace;
  }

  function offline(): Plan {
    assert.ok(plan !== undefined, "there is no plan");
    return plan;
  }

  async function done(operation: EngineOperation, ...words: readonly string[]): Promise<EngineRun> {
    const judged = operation === "preview" || operation === "up";
    const run = await account().run(operation, { arguments: words, ...(judged ? { policyPacks } : {}) });
    assert.equal(run.exitCode, 0, `${operation} failed:\n${run.stdout}${run.stderr}`);
    return run;
  }

  it("previews the resources that the offline plan shows, with the same verdicts", async () => {
    const run = await done("preview", "--save-plan", account().path(APPROVED));
    assert.deepEqual(typesAndNames(run.steps), typesAndNames(offline().resources));
    assert.deepEqual(withoutTexts(run.verdicts), withoutTexts(offline().policies));
    assert.ok(
      run.policiesAsked.includes("daily-cost"),
      `the cost rule was not asked; asked: ${run.policiesAsked.join(", ")}`,
    );
    assert.deepEqual(account().cloud.resources(), []);
  });

  it("is refused by the pack, and makes nothing, when the budget is too small (FM-48)", async () => {
    const budget = { usdPerDay: 9, worstCaseUsdPerDay: 10, emails: ["oncall@example.com"] };
    account().configure({ "proving-ground:budget": budget });
    const run = await account().run("preview", { policyPacks });
    account().restoreStackFile();
    const refusals = run.verdicts.filter(({ level }) => level === "mandatory").map(({ name }) => name);
    assert.ok(
      refusals.includes("daily-cost"),
      `refused by: ${refusals.join(", ") || "nothing"}\n${run.stdout}`,
    );
    assert.notEqual(run.exitCode, 0);
    assert.deepEqual(account().cloud.resources(), []);
  });

  it("tells every wrong setting at once, and makes nothing (FM-40)", async () => {
    account().configure({
      "proving-ground:cluster": { size: "smal", hoursPerDay: 25 },
      "proving-ground:artifacts": { expectedGB: 10 },
    });
    const run = await account().run("up");
    account().restoreStackFile();
    assert.notEqual(run.exitCode, 0);
    const told = run.diagnostics.join("\n");
    for (const part of ["cluster.size", '"small"', "cluster.hoursPerDay", "artifacts.expectedGB"]) {
      assert.ok(told.includes(part), `${part} is not named in: ${told}`);
    }
    assert.deepEqual(account().cloud.resources(), []);
  });

  it("comes up as approved, by the saved plan, and is then without changes or drift", async () => {
    const run = await done("up", "--plan", account().path(APPROVED));
    const made = account().cloud.resources();
    assert.deepEqual(typesAndNames(made), typesAndNames(run.steps.filter(({ custom }) => custom)));
    assert.deepEqual((await done("refresh")).changes, {});
    assert.deepEqual((await done("up")).changes, {});
  });

  it("shows what was changed from outside, and the next update mends it", async () => {
    const closed = "artifacts-closed";
    account().cloud.change(ACCESS_BLOCK, closed, { blockPublicAcls: false });
    const refresh = await done("refresh");
    const found = refresh.steps.filter(({ op }) => op !== "same" && op !== "refresh");
    assert.deepEqual(
      found.map(({ op, type, name }) => [op, type, name]),
      [["update", ACCESS_BLOCK, closed]],
    );
    const up = await done("up");
    assert.deepEqual(changed(up), [`update ${ACCESS_BLOCK} ${closed}`]);
    assert.deepEqual(up.changes, { update: 1 });
    assert.equal(account().cloud.get(ACCESS_BLOCK, closed).properties["blockPublicAcls"], true);
  });

  it("leaves a group alone that was started and latched from outside: no drift, no unlatching (FM-05)", async () => {
    const slot = account().cloud.resources(GROUP)[0]?.name;
    assert.ok(slot !== undefined, "the dev stack has no slot");
    const suspended = account().cloud.get(GROUP, slot).properties["suspendedProcesses"];
    const before: unknown[] = Array.isArray(suspended) ? suspended : [];

    // A start from outside: one instance, and on demand since there was no spot capacity.
    const spot = account().cloud.get(GROUP, slot).properties;
    account().cloud.change(GROUP, slot, { ...withOnDemandPercentage(spot, 100), desiredCapacity: 1 });
    assert.deepEqual((await done("refresh")).changes, {}, "a started slot counts as drift");
    account().cloud.change(GROUP, slot, {
      ...withOnDemandPercentage(spot, 0),
      desiredCapacity: 0,
      suspendedProcesses: [...before, "Launch"],
    });
    assert.deepEqual((await done("refresh")).changes, {}, "a latched slot counts as drift");

    account().cloud.forgetCalls();
    assert.deepEqual((await done("up")).changes, {});
    assert.deepEqual(
      account()
        .cloud.calls()
        .filter(({ operation }) => operation !== "read"),
      [],
    );
    const { properties } = account().cloud.get(GROUP, slot);
    assert.deepEqual(properties["suspendedProcesses"], [...before, "Launch"]);
    assert.equal(properties["desiredCapacity"], 0);
  });

  it("stays latched when something else of the group changes (FM-05)", async () => {
    const slot = account().cloud.resources(GROUP)[0]?.name ?? "";
    account().configure({ "proving-ground:owner": "another-team" });
    const run = await done("up");
    account().restoreStackFile();
    assert.ok(
      run.steps.some(({ op, type, name }) => op === "update" && type === GROUP && name === slot),
      "the group was not updated",
    );
    const { properties } = account().cloud.get(GROUP, slot);
    assert.ok((properties["suspendedProcesses"] as string[]).includes("Launch"));
    assert.equal(properties["desiredCapacity"], 0);
  });

  it("holds a secret setting of another program nowhere in clear (FM-65)", async () => {
    const canary = "canary-7f3a9c";
    const { stack, stackFile } = account();
    const words = ["--secret", "--stack", stack];
    assert.equal((await account().command("config", "set", "github:token", canary, ...words)).exitCode, 0);
    const runs = [await account().run("preview"), await account().run("up")];
    for (const { exitCode } of runs) assert.equal(exitCode, 0);
    const state = await account().command("stack", "export", "--stack", stack);
    const plan = await ground("plan", "--config", stackFile, "--json");
    // By itself it changes nothing; an owner that is secret would end up in every tag.
    assert.equal(
      (await account().command("config", "set", "proving-ground:owner", canary, ...words)).exitCode,
      0,
    );
    const refused = await account().run("preview");
    await assert.rejects(ground("plan", "--config", stackFile), ({ code, stdout, stderr }: Refused) => {
      assert.equal(code, 2);
      assert.match(stderr, /owner/);
      assert.ok(!(stdout + stderr).includes(canary), "the offline plan tells the secret");
      return true;
    });
    const encrypted = readFileSync(stackFile, "utf8");
    account().restoreStackFile();
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.diagnostics.join(), /owner/);
    assert.equal(encrypted.match(/secure: /g)?.length, 2, encrypted);

    const told = [...runs, state, refused].map(({ stdout, stderr }) => stdout + stderr);
    assert.deepEqual(
      [...told, plan].filter((text) => text.includes(canary)),
      [],
    );
    const files = account().written();
    assert.ok([...files.keys()].some((file) => file.endsWith(".ndjson")));
    assert.deepEqual(
      [...files].filter(([, text]) => text.includes(canary)).map(([file]) => file),
      [],
    );
  });

  it("grows from small to medium by new slots and other types of the old ones, and touches nothing else", async () => {
    const before = account().cloud.resources();
    account().configure({ "proving-ground:cluster": { size: "medium", hoursPerDay: 4 } });
    // Without the pack: the larger cluster is above dev's budget.
    const run = await account().run("up");
    assert.equal(run.exitCode, 0, run.stdout + run.stderr);

    const slots = ["conduit-1", "jepsen-1", "nfs-smb-client-1", "storage-2", "storage-3"];
    const updated = changed(run).filter((step) => !step.startsWith("create "));
    assert.deepEqual(updated, [
      `update ${GROUP} fuse-client-1-group`,
      `update ${GROUP} storage-1-group`,
      // The guard knows every slot by name.
      `update ${GUARD} guard-function`,
    ]);
    const created = run.steps.filter(({ op }) => op === "create");
    assert.deepEqual(
      typesAndNames(created.filter(({ type }) => type === GROUP)),
      slots.map((slot) => `${GROUP} ${slot}-group`),
    );
    const others = created
      .map(({ name }) => name)
      .filter((name) => !slots.some((slot) => name === slot || name.startsWith(`${slot}-`)))
      // A role that is new has a security group of its own.
      .filter((name) => !/^security-.*(conduit|jepsen|nfs-smb-client)/.test(name));
    assert.deepEqual(others, []);

    for (const resource of before) {
      const now = account().cloud.get(resource.type, resource.name);
      assert.equal(now.id, resource.id);
      if (resource.type !== GROUP && resource.type !== GUARD) assert.deepEqual(now, resource);
    }
    assert.deepEqual((await account().run("up")).changes, {});
  });

  it("is destroyed whole; its bucket with what it holds, since dev says so (FM-44)", async () => {
    const [bucket] = account().cloud.resources(BUCKET);
    assert.ok(bucket !== undefined, "the dev stack has no bucket");
    account().cloud.holdObjects(BUCKET, bucket.name, 5);
    await done("destroy");
    assert.deepEqual(account().cloud.resources(), []);
  });
});
