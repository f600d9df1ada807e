import assert from "node:assert/strict";
import { join } from "node:path";
import type { Plan } from "../../model/plan.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";
import { offlinePlan, ROOT, typesAndNames, withoutTexts } from "../support/engine-plans.ts";

const GROUP = "aws:autoscaling/group:Group";
const policyPacks = [join(ROOT, "policies")];

/** What a person would miss: not to be had back by another `up`. */
const IRREPLACEABLE = [
  "aws:ec2/instance:Instance",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
];

for (const stack of ["staging", "prod"]) {
  describe(`the ${stack} stack under the real engine`, function () {
    this.timeout(120_000);
    let workspace: EngineWorkspace | undefined;
    let plan: Plan | undefined;

    before(async function () {
      skipWithoutEngine(this);
      plan = await offlinePlan("--stack", stack);
      workspace = await EngineWorkspace.start({ project: ROOT, stack });
    });

    after(() => workspace?.dispose());

    function account(): EngineWorkspace {
      assert.ok(workspace !== undefined, "the workspace did not start");
      return workspace;
    }

    it("previews the resources that the offline plan shows, with the same verdicts: none", async () => {
      const run = await account().run("preview", { policyPacks });
      assert.equal(run.exitCode, 0, run.stdout + run.stderr);
      assert.deepEqual(typesAndNames(run.steps), typesAndNames(plan?.resources ?? []));
      assert.ok(run.policiesAsked.includes("daily-cost"), run.policiesAsked.join());
      assert.deepEqual(withoutTexts(run.verdicts), []);
      assert.deepEqual(withoutTexts(plan?.policies ?? []), []);
    });

    if (stack !== "prod") return;

    it("refuses to be destroyed while it is protected, and deletes nothing at all", async () => {
      const up = await account().run("up");
      assert.equal(up.exitCode, 0, up.stdout + up.stderr);
      const made = account().cloud.resources();
      account().cloud.forgetCalls();
      // With its preview, as a person runs it: `--skip-preview` would delete what is not protected.
      const destroy = await account().run("destroy", { withPreview: true });
      assert.notEqual(destroy.exitCode, 0);

      const told = destroy.diagnostics.join("\n");
      const kept = made.filter(({ type }) => IRREPLACEABLE.includes(type));
      assert.deepEqual([...new Set(kept.map(({ type }) => type))].sort(), IRREPLACEABLE);
      for (const { name, type } of kept) {
        assert.ok(told.includes(`${type}::${name}`), `${name} is not named as protected in: ${told}`);
      }
      assert.match(told, /protected/);
      assert.deepEqual(account().cloud.resources(), made);
      assert.deepEqual(
        account()
          .cloud.calls()
          .filter(({ operation }) => operation === "delete"),
        [],
      );
    });

    it("keeps what is protected even when it is destroyed without a preview, and another update makes it whole", async () => {
      const made = typesAndNames(account().cloud.resources());
      const held = account()
        .cloud.resources()
        .filter(({ type }) => IRREPLACEABLE.includes(type));
      const destroy = await account().run("destroy");
      assert.notEqual(destroy.exitCode, 0);
      const left = account().cloud.resources();
      for (const resource of held)
        assert.deepEqual(
          left.find(({ id }) => id === resource.id),
          resource,
        );
      assert.deepEqual(
        left.filter(({ type }) => type === GROUP),
        [],
      );
      const again = await account().run("up");
      assert.equal(again.exitCode, 0, again.stdout + again.stderr);
      assert.deepEqual(typesAndNames(account().cloud.resources()), made);
    });

    it("keeps what is protected when a setting would take its protection and itself away at once", async () => {
      account().configure({ "proving-ground:secrets": { names: [], create: true } });
      const up = await account().run("up");
      account().restoreStackFile();
      assert.notEqual(up.exitCode, 0);
      assert.match(up.diagnostics.join("\n"), /secrets-cfs-github-token.*protected/s);
      assert.equal(account().cloud.resources("aws:secretsmanager/secret:Secret").length, 2);
    });
  });
}
