import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordProgram } from "../../cli/plan/recorder.ts";
import { policySettingsSchema } from "../../model/policy-settings.ts";
import type { PolicyViolation } from "../../model/plan.ts";
import { evaluate, todayUtc, type Evaluation } from "../../policies/evaluate.ts";
import { remediate } from "../../policies/remediate.ts";
import { COST_RULES } from "../../policies/rules/cost/index.ts";
import type { EngineRun, EngineStep, PolicyVerdict } from "../support/engine-events.ts";
import type { EngineWorkspace } from "../support/engine.ts";
import { startWithPolicyPack } from "../support/engine-policies.ts";
import { CASES } from "./programs/cost/cases.ts";
import { EXPECTATIONS, NEXT_MONTH, type Expectation, type Expected } from "./programs/cost/expectations.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROJECT = fileURLToPath(new URL("programs/cost", import.meta.url));
const POLICIES = "proving-ground:policies";
const VOLUME = "aws:ebs/volume:Volume";
const STACK_URN = "urn:pulumi:dev::cost::pulumi:pulumi:Stack::cost-dev";

interface Verdict {
  readonly name: string;
  readonly level: string;
  readonly resource: string;
  readonly message: string;
}

describe("cost rules under the real engine", function () {
  this.timeout(60_000);
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    workspace = await startWithPolicyPack(this, PROJECT);
  });

  after(() => workspace?.dispose());

  const previews = new Map<string, Promise<EngineRun>>();

  /** The preview of a case, made once. */
  function preview(name: string, policies?: unknown): Promise<EngineRun> {
    assert.ok(workspace !== undefined, "the workspace did not start");
    const config = { "cost:case": name, ...(policies === undefined ? {} : { [POLICIES]: policies }) };
    const key = JSON.stringify(config);
    const made =
      previews.get(key) ?? workspace.run("preview", { policyPacks: [join(ROOT, "policies")], config });
    previews.set(key, made);
    return made;
  }

  it("every rule has a case, and every case an expectation", () => {
    const covered = new Set(
      Object.values(EXPECTATIONS).flatMap(({ verdicts }) => verdicts.map(([rule]) => rule)),
    );
    assert.deepEqual([...covered].sort(), COST_RULES.map(({ name }) => name).sort());
    assert.deepEqual(Object.keys(CASES).sort(), Object.keys(EXPECTATIONS).sort());
  });

  for (const [index, [name, expectation]] of Object.entries(EXPECTATIONS).entries()) {
    it(`${title(name)}: the expected verdicts, offline and at a preview alike`, async () => {
      const begun = preview(name, expectation.policies);
      // The next one runs beside it: each leaves the processor idle for half of its time.
      const [next] = Object.entries(EXPECTATIONS).slice(index + 1);
      if (next !== undefined) void preview(next[0], next[1].policies);
      const run = await begun;
      const found = sorted(run.verdicts.filter(isCost).map(asSaid).map(verdict));
      assert.deepEqual(withoutMessages(found), expected(expectation), run.stdout + run.stderr);
      assert.deepEqual(found, sorted((await offline(name, expectation)).map(verdict)));
      const refused = run.verdicts.some(({ level }) => level === "mandatory");
      assert.equal(run.exitCode !== 0, refused, run.stdout);
    });
  }

  it("mends what is safe to mend, beside an unknown value, and neither more nor less than offline", async () => {
    const run = await preview("resource-rules");
    const { resources, mended } = remediate(await recorded("resource-rules"), evaluationOf({ verdicts: [] }));
    assert.deepEqual(
      mended
        .filter(isCost)
        .map(({ name, level, urn, message }) => [name, level, lastName(urn), message.split(";")[0]]),
      [["volumes-gp3", "remediate", "volumes-gp3-mended", 'type is "gp3" instead of "gp2" in this plan']],
    );
    const types = (steps: readonly Pick<EngineStep, "type" | "name" | "inputs">[]) =>
      Object.fromEntries(
        steps.filter(({ type }) => type === VOLUME).map(({ name, inputs }) => [name, inputs["type"]]),
      );
    assert.deepEqual(types(run.steps), types(resources));
    assert.equal(types(run.steps)["volumes-gp3-mended"], "gp3");
  });

  it("does not mend under a waiver", async () => {
    const waiver = {
      rule: "volumes-gp3",
      resource: "volumes-gp3-mended",
      reason: "Compared with gp3 by a test.",
      owner: "claudefs",
      expires: NEXT_MONTH,
    };
    const run = await preview("resource-rules", { waivers: [waiver] });
    const volume = run.steps.find(({ name }) => name === "volumes-gp3-mended");
    assert.equal(volume?.inputs["type"], "gp2");
    assert.ok(!run.verdicts.some(({ urn }) => lastName(urn) === "volumes-gp3-mended"), run.stdout);
  });

  for (const [what, policies, said] of [
    [
      "unsound parameters",
      { parameters: { "dearest-node": { usdPerHour: -1 } } },
      "policies.parameters.dearest-node.usdPerHour",
    ],
    ["a misspelt rule", { levels: { "daily-costs": "advisory" } }, "did you mean daily-cost?"],
  ] as const) {
    it(`a pack with ${what} refuses the stack, and says why (FM-47)`, async () => {
      const run = await preview("dearest-node", policies);
      assert.notEqual(run.exitCode, 0);
      assert.ok((run.stdout + run.stderr).includes(said), run.stdout + run.stderr);
    });
  }
});

function title(name: string): string {
  return name === "unknown-type" ? "an instance type unknown at preview counts as the dearest (FM-48)" : name;
}

function isCost({ name }: { readonly name: string }): boolean {
  return COST_RULES.some((rule) => rule.name === name);
}

function lastName(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function verdict({
  name,
  level,
  urn,
  message,
}: Pick<PolicyViolation, "name" | "level" | "urn" | "message">): Verdict {
  return { name, level, resource: urn === STACK_URN ? "" : lastName(urn), message };
}

/** The engine writes a rule's description above what the rule says. */
function asSaid(found: PolicyVerdict): PolicyVerdict {
  const [, ...said] = found.message.trim().split("\n");
  return { ...found, message: said.join("\n") };
}

function sorted(verdicts: readonly Verdict[]): Verdict[] {
  return [...verdicts].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function withoutMessages(verdicts: readonly Verdict[]): Expected[] {
  return verdicts.map(({ name, level, resource }) => [name, level, resource] as Expected);
}

function expected({ verdicts }: Expectation): Expected[] {
  const full = verdicts.map(([name, level, resource = ""]) => ({ name, level, resource, message: "" }));
  return withoutMessages(sorted(full));
}

function evaluationOf({ policies = {} }: Expectation): Evaluation {
  return { stack: "dev", settings: policySettingsSchema.parse(policies), today: todayUtc() };
}

async function recorded(name: string) {
  const { resources } = await recordProgram({
    project: "cost",
    stack: "dev",
    config: {},
    secretKeys: [],
    program: () => {
      CASES[name]?.();
      return {};
    },
  });
  return resources;
}

/** The verdicts of the offline plan, mended resources first as the engine does. */
async function offline(name: string, expectation: Expectation): Promise<PolicyViolation[]> {
  const evaluation = evaluationOf(expectation);
  const { resources } = remediate(await recorded(name), evaluation);
  return evaluate(resources, STACK_URN, evaluation).filter(isCost);
}
