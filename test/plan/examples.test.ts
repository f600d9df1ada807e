import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { renderHtml } from "../../cli/report/html.ts";
import { renderText } from "../../cli/report/text.ts";
import { SECRET } from "../../model/resource.ts";
import { remembered } from "../support/components.ts";
import { assertGolden, goldenText } from "../support/golden.ts";
import { ground, ofType, ROOT } from "../support/plans.ts";

const FOLDER = join(ROOT, "examples");

/** Day on which their waivers are judged. */
const TODAY = "2026-12-01";

const planOf = remembered((name: string) => {
  const file = readStackFile(join(FOLDER, `${name}.yaml`));
  settingsOf(file, { stack: file.stack });
  return makePlan({ project: file.project, stack: file.stack, today: TODAY, ...pulumiConfig(file) });
});

/** The governed systems: example, folder of its workflows in the tests, and what is in its plan by type. */
const GOVERNED = [
  [
    "octollm",
    "octollm",
    {
      ActionsRepositoryPermissions: 1,
      ActionsSecret: 2,
      ActionsVariable: 1,
      BranchProtection: 1,
      Repository: 1,
      RepositoryDependabotSecurityUpdates: 1,
      RepositoryFile: 1,
      RepositoryVulnerabilityAlerts: 1,
      WorkflowRepositoryPermissions: 1,
    },
  ],
  [
    "rbee",
    "rbee",
    {
      ActionsRepositoryPermissions: 1,
      ActionsVariable: 1,
      BranchProtection: 1,
      Repository: 1,
      RepositoryVulnerabilityAlerts: 1,
      WorkflowRepositoryPermissions: 1,
    },
  ],
  [
    "terraphim",
    "terraphim",
    {
      ActionsRepositoryPermissions: 1,
      ActionsSecret: 1,
      ActionsVariable: 4,
      Repository: 1,
      RepositoryEnvironment: 1,
      RepositoryEnvironmentDeploymentPolicy: 2,
      RepositoryRuleset: 1,
      RepositoryVulnerabilityAlerts: 1,
      WorkflowRepositoryPermissions: 1,
    },
  ],
  [
    "claudefs-github",
    "claudefs",
    {
      ActionsEnvironmentVariable: 2,
      ActionsRepositoryPermissions: 1,
      ActionsSecret: 1,
      ActionsVariable: 2,
      BranchProtection: 1,
      IssueLabel: 2,
      Repository: 1,
      RepositoryDependabotSecurityUpdates: 1,
      RepositoryEnvironment: 2,
      RepositoryEnvironmentDeploymentPolicy: 2,
      RepositoryVulnerabilityAlerts: 1,
      WorkflowRepositoryPermissions: 1,
    },
  ],
] as const;

describe("examples", () => {
  it("claudefs-70 plans the complete cluster below $70 a day, and no policy objects", async () => {
    const { cost, policies, resources } = await planOf("claudefs-70");
    assert.ok(
      cost.usdPerDay < 70,
      `a day costs ${String(cost.usdPerDay)} USD; lower the hours, sizes or allowance`,
    );
    assert.equal(cost.budgetUsdPerDay, 70);
    assert.deepEqual(policies, []);
    assert.equal(resources.filter(({ type }) => type === "aws:autoscaling/group:Group").length, 9);
  });

  it("are all planned here", () => {
    const planned = ["claudefs-70", ...GOVERNED.map(([name]) => name)].map((name) => `${name}.yaml`);
    assert.deepEqual(readdirSync(FOLDER).sort(), planned.sort());
  });

  for (const [name, workflows, expected] of GOVERNED) {
    describe(name, () => {
      it("makes exactly this on GitHub and nothing on AWS", async () => {
        const { resources } = await planOf(name);
        const made = resources.filter(({ type }) => type.startsWith("github:"));
        const counts: Record<string, number> = {};
        for (const { type } of made) {
          const kind = type.split(":").at(-1) ?? type;
          counts[kind] = (counts[kind] ?? 0) + 1;
        }
        assert.deepEqual(counts, expected);
        assert.deepEqual(
          resources.filter(({ type }) => type.startsWith("aws:")),
          [],
        );
      });

      it(`is as reviewed in its golden plan, test/golden/${name}.json`, async () => {
        assertGolden(name, goldenText(await planOf(name)));
      });

      it("costs nothing, says so, and is refused by no policy", async () => {
        const plan = await planOf(name);
        assert.equal(plan.cost.usdPerDay, 0);
        assert.deepEqual(
          plan.policies.filter(({ level }) => level !== "waived"),
          [],
        );
        const options = { stackFile: `examples/${name}.yaml`, rules: 52, schedules: [] };
        for (const shown of [
          renderText(plan, { ...options, color: false, width: 100 }),
          await renderHtml(plan, options),
        ]) {
          assert.match(shown, /Nothing in this plan costs money/);
          assert.match(shown, /Nobody\s+asked GitHub/);
          assert.doesNotMatch(shown, /prices as of|no budget|no ceiling|Without a budget|\$0\.00/);
        }
      });

      it("shows no secret, only that there is one (FM-65)", async () => {
        for (const { inputs } of ofType(await planOf(name), "github:index/actionsSecret:ActionsSecret"))
          assert.equal(inputs["valueEncrypted"], SECRET);
      });

      it("requires only checks that its workflows report on every pull request (FM-61)", async () => {
        const run = await ground([
          "checks",
          "--config",
          join(FOLDER, `${name}.yaml`),
          "--workflows",
          join(ROOT, "test/checks/workflows", workflows),
        ]);
        assert.equal(run.exitCode, 0, run.stdout + run.stderr);
      }).timeout(60_000);
    });
  }

  it("octollm accepts three findings, each with its reason and last day", async () => {
    const { policies } = await planOf("octollm");
    assert.deepEqual(
      policies.map(({ name }) => name),
      ["actions-restricted", "workflow-token-bounded", "workflow-token-bounded"],
    );
  });
});
