import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Plan } from "../../model/plan.ts";
import type { EngineOperation, EngineRun } from "../support/engine-events.ts";
import type { Properties } from "../support/simulated-provider/world.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const GROUP = "aws:autoscaling/group:Group";
const BUCKET = "aws:s3/bucket:Bucket";
const policyPacks = [join(root, "policies")];

/** The plan without an engine. Its command also builds the pack and the host programs where they are old. */
async function offlinePlan(): Promise<Plan> {
  const words = [join(root, "cli/ground.mjs"), "plan", "--stack", "dev", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as Plan;
}

function typesAndNames(resources: readonly { readonly type: string; readonly name: string }[]): string[] {
  return resources
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

/** The properties that change when a group is told how much of it to launch on demand, per cent. */
function withOnDemandPercentage(properties: Properties, percentage: number): Properties {
  const policy = properties["mixedInstancesPolicy"] as { instancesDistribution: Properties };
  const instancesDistribution = {
    ...policy.instancesDistribution,
    onDemandPercentageAboveBaseCapacity: percentage,
  };
  return { mixedInstancesPolicy: { ...policy, instancesDistribution } };
}

describe("the dev stack under the real engine", function () {
  this.timeout(120_000);
  let workspace: EngineWorkspace | undefined;
  let plan: Plan | undefined;

  before(async function () {
    skipWithoutEngine(this);
    plan = await offlinePlan();
    workspace = await EngineWorkspace.start({ project: root, stack: "dev" });
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

  async function done(operation: EngineOperation): Promise<EngineRun> {
    const run = await account().run(
      operation,
      operation === "preview" || operation === "up" ? { policyPacks } : {},
    );
    assert.equal(run.exitCode, 0, `${operation} failed:\n${run.stdout}${run.stderr}`);
    return run;
  }

  it("previews the resources that the offline plan shows, with the same verdicts", async () => {
    const run = await done("preview");
    assert.deepEqual(typesAndNames(run.steps), typesAndNames(offline().resources));
    assert.deepEqual(
      run.verdicts
        .map(({ name, level, urn }) => ({ name, level, urn }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      offline()
        .policies.map(({ name, level, urn }) => ({ name, level, urn }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    );
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

  it("comes up as planned, and is then without changes or drift", async () => {
    const run = await done("up");
    const made = account().cloud.resources();
    assert.deepEqual(typesAndNames(made), typesAndNames(run.steps.filter(({ custom }) => custom)));
    assert.deepEqual((await done("refresh")).changes, {});
    assert.deepEqual((await done("up")).changes, {});
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

  it("is destroyed whole; its bucket with what it holds, since dev says so (FM-44)", async () => {
    const [bucket] = account().cloud.resources(BUCKET);
    assert.ok(bucket !== undefined, "the dev stack has no bucket");
    account().cloud.holdObjects(BUCKET, bucket.name, 5);
    await done("destroy");
    assert.deepEqual(account().cloud.resources(), []);
  });
});
