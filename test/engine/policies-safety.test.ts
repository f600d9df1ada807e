import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordProgram } from "../../cli/plan/recorder.ts";
import type { PolicyViolation } from "../../model/plan.ts";
import { policySettingsSchema } from "../../model/policy-settings.ts";
import { evaluate, todayUtc } from "../../policies/evaluate.ts";
import { SAFETY_RULES } from "../../policies/rules/safety/index.ts";
import type { EngineWorkspace } from "../support/engine.ts";
import { startWithPolicyPack } from "../support/engine-policies.ts";
import type { EngineRun, PolicyVerdict } from "../support/engine-events.ts";
import { CASES } from "./programs/safety/cases.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROJECT = fileURLToPath(new URL("programs/safety", import.meta.url));
/** The stack of the tests counts as production. */
const POLICIES = { parameters: { "data-protected-in-prod": { stacks: ["dev"] } } };

type Verdict = readonly [rule: string, level: string, resource: string, message: string];

describe("safety rules on the fixture program, offline", () => {
  it("every rule has a bad resource", () => {
    const covered = Object.values(CASES).flatMap(({ verdicts }) => verdicts.map(([rule]) => rule));
    assert.deepEqual([...new Set(covered)].sort(), SAFETY_RULES.map(({ name }) => name).sort());
  });

  for (const name of Object.keys(CASES)) {
    it(`${name}: the expected verdicts and no others`, async () => {
      assert.deepEqual(withoutMessages(await offline(name)), expected(name));
    });
  }
});

describe("safety rules under the real engine", function () {
  this.timeout(120_000);
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    workspace = await startWithPolicyPack(this, PROJECT);
  });

  afterEach(() => workspace?.restoreStackFile());
  after(() => workspace?.dispose());

  function run(operation: "preview" | "up", name: string, policies: unknown = POLICIES): Promise<EngineRun> {
    assert.ok(workspace !== undefined, "the workspace did not start");
    workspace.configure({ "safety:case": name, "proving-ground:policies": policies });
    return workspace.run(operation, { policyPacks: [join(ROOT, "policies")] });
  }

  for (const [name, { previewed }] of Object.entries(CASES)) {
    if (previewed === false) continue;
    it(`${name}: a preview gives the verdicts of the offline plan, and is refused`, async () => {
      const preview = await run("preview", name);
      const found = safety(preview.verdicts.map(withoutDescription));
      assert.deepEqual(withoutMessages(found), expected(name), preview.stdout + preview.stderr);
      assert.deepEqual(found, await offline(name));
      assert.notEqual(preview.exitCode, 0);
    });
  }

  it("refuses a policy that is unknown at preview at the update, before it is made", async () => {
    const preview = await run("preview", "late");
    assert.deepEqual(safety(preview.verdicts), []);
    assert.equal(preview.exitCode, 0, preview.stdout + preview.stderr);
    const up = await run("up", "late");
    assert.deepEqual(safety(up.verdicts.map(withoutDescription)), await offline("late"));
    assert.notEqual(up.exitCode, 0);
    const made = workspace?.cloud.resources("aws:iam/rolePolicy:RolePolicy").map(({ name }) => name) ?? [];
    assert.ok(!made.includes("no-wildcard-actions-bad"), made.join());
  });

  it("adds the missing tags that the stack gives defaults for", async () => {
    const names = ["project", "environment", "owner"].map((tag) => `proving-ground:${tag}`);
    const defaults = Object.fromEntries(names.map((tag) => [tag, "added"]));
    const parameters = { ...POLICIES.parameters, "required-tags": { defaults } };
    const preview = await run("preview", "resources", { parameters });
    assert.deepEqual(
      preview.verdicts.filter(({ name, level }) => name === "required-tags" && level === "mandatory"),
      [],
    );
    const tagged = preview.steps.find(({ name }) => name === "required-tags-bad");
    assert.deepEqual(tagged?.inputs["tags"], { Name: "nobody's", ...defaults });
  });
});

function safety(verdicts: readonly Pick<PolicyViolation, "name" | "level" | "urn" | "message">[]): Verdict[] {
  return verdicts
    .filter(({ name }) => SAFETY_RULES.some((rule) => rule.name === name))
    .map(({ name, level, urn, message }): Verdict => [name, level, urn.split("::").at(-1) ?? "", message])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** The engine writes a rule's description above what the rule says. */
function withoutDescription(verdict: PolicyVerdict): PolicyVerdict {
  const [, ...said] = verdict.message.trim().split("\n");
  return { ...verdict, message: said.join("\n") };
}

function withoutMessages(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(([rule, level, resource]) => `${level} ${rule} ${resource}`).sort();
}

function expected(name: string): string[] {
  const verdicts = CASES[name]?.verdicts ?? [];
  return verdicts.map(([rule, level, resource]) => `${level} ${rule} ${resource}`).sort();
}

async function offline(name: string): Promise<Verdict[]> {
  const { resources } = await recordProgram({
    project: "safety",
    stack: "dev",
    config: {},
    secretKeys: [],
    program: () => {
      CASES[name]?.make();
      return {};
    },
  });
  const stackUrn = "urn:pulumi:dev::safety::pulumi:pulumi:Stack::safety-dev";
  const settings = policySettingsSchema.parse(POLICIES);
  return safety(evaluate(resources, stackUrn, { stack: "dev", settings, today: todayUtc() }));
}
