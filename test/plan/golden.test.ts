import assert from "node:assert/strict";
import type { Plan } from "../../model/plan.ts";
import { assertGolden, goldenText, shortDiff } from "../support/golden.ts";
import { ground, planOf, STACKS } from "../support/plans.ts";

const MARKER = /\[([A-Za-z0-9][\w./-]*)\.[A-Za-z]\w*\]/g;

/** Answers of AWS that no resource of the plan gives. */
const ANSWERS = ["aws"];

describe("golden plan", () => {
  for (const stack of STACKS) {
    it(`of ${stack} is as reviewed in test/golden/${stack}.json`, async () => {
      assertGolden(stack, goldenText(await planOf(stack)));
    });

    it(`of ${stack} is within its policies and its budget`, async () => {
      const { policies, cost } = await planOf(stack);
      assert.deepEqual(policies, []);
      assert.ok(cost.budgetUsdPerDay !== null && cost.usdPerDay <= cost.budgetUsdPerDay);
    });

    it(`of ${stack} names one resource with every marker of an unknown output`, async () => {
      const { resources, outputs } = await planOf(stack);
      const text = JSON.stringify([resources.map(({ inputs }) => inputs), outputs]);
      const owners = new Set([...text.matchAll(MARKER)].map(([, owner = ""]) => owner));
      assert.ok(owners.size > 20);
      for (const owner of owners) {
        if (ANSWERS.includes(owner)) continue;
        assert.equal(resources.filter(({ name }) => name === owner).length, 1, owner);
      }
    });

    it(`of ${stack} names only resources of the plan as parents and dependencies`, async () => {
      const { resources } = await planOf(stack);
      const urns = new Set(resources.map(({ urn }) => urn));
      assert.equal(urns.size, resources.length);
      for (const { urn, parent, dependencies } of resources) {
        for (const other of [...dependencies, ...(parent === null ? [] : [parent])]) {
          assert.ok(urns.has(other), `${urn} names ${other}`);
        }
      }
    });
  }

  it("does not change with the build of the host programs", async () => {
    assert.doesNotMatch(goldenText(await planOf("dev")), /[0-9a-f]{64}/);
  });

  it("shows user data as readable lines", async () => {
    const golden = JSON.parse(goldenText(await planOf("dev"))) as Plan;
    const template = golden.resources.find(({ name }) => name === "storage-1-template");
    const [first] = template?.inputs["userData"] as string[];
    assert.equal(first, "#cloud-config");
  });

  it("that differs shows where, in few lines", () => {
    const before = Array.from({ length: 300 }, (_, index) => `line ${String(index)}`);
    const after = before.map((line, index) => (index === 100 || index === 250 ? `${line} changed` : line));
    const diff = shortDiff(before.join("\n"), after.join("\n")).split("\n");
    assert.equal(diff[0], "  @ line 101");
    assert.ok(diff.includes("- line 100") && diff.includes("+ line 100 changed"));
    assert.ok(diff.length < 60);
    assert.equal(shortDiff("a\nb\nc", "a\nc"), "  @ line 2\n  a\n- b");
  });
});

describe("plan as JSON", () => {
  let first = "";

  before(async function () {
    this.timeout(60_000);
    const one = await ground(["plan", "--stack", "prod", "--json"]);
    const two = await ground(["plan", "--stack", "prod", "--json"]);
    assert.deepEqual([one.exitCode, one.stderr], [0, ""]);
    assert.ok(one.stdout === two.stdout, "two processes print the same bytes");
    first = one.stdout;
  });

  it("is the same bytes twice, and the plan of the sources", async () => {
    assert.equal(first, `${JSON.stringify(await planOf("prod"), undefined, 2)}\n`);
  });

  it("is one document and nothing else, with exactly these parts", () => {
    const document = JSON.parse(first) as Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["project", "stack", "resources", "outputs", "cost", "policies"]);
    assert.equal(document["project"], "proving-ground");
    assert.equal(document["stack"], "prod");
  });

  it("has these fields in every resource, and in every line of its cost", () => {
    const { resources, cost } = JSON.parse(first) as Plan;
    for (const resource of resources) {
      assert.deepEqual(
        Object.keys(resource),
        ["urn", "type", "name", "parent", "dependencies", "protect", "inputs"],
        resource.urn,
      );
    }
    const named = ["pricesAsOf", "usdPerHour", "usdPerDay", "usdPerMonth", "worstCaseUsdPerDay", "lines"];
    for (const key of [...named, "budgetUsdPerDay"]) assert.ok(key in cost, key);
    for (const line of cost.lines) {
      for (const key of ["urn", "item", "quantity", "unit", "basis", "usdPerDay"])
        assert.ok(key in line, key);
      assert.ok(["spot", "on-demand", "fixed", "allowance"].includes(line.basis));
    }
  });

  it("lists resources in the order of their URNs", () => {
    const urns = (JSON.parse(first) as Plan).resources.map(({ urn }) => urn);
    assert.deepEqual(urns, urns.toSorted());
  });
});
