import assert from "node:assert/strict";
import fc from "fast-check";
import { diffPlans, parsePlan, renderDiff } from "../../cli/report/diff.ts";
import { changedPaths } from "../../cli/report/paths.ts";
import { GroundError } from "../../cli/errors.ts";
import { hostilePlan, LARGE, samplePlan } from "./sample-plan.ts";

const OPTIONS = { color: false, width: 100 };
const before = samplePlan();
const after = samplePlan({
  roles: LARGE.map((role) =>
    role.role === "storage" ? { ...role, count: 4, instanceType: "i4i.4xlarge", spot: 0.7 } : role,
  ),
  budget: 120,
  policies: [{ name: "headroom", level: "advisory", urn: "x", message: "little left" }],
});

describe("the difference of two plans", () => {
  it("is empty for the same plan", () => {
    const diff = diffPlans(before, samplePlan());
    assert.deepEqual(
      [diff.created, diff.deleted, diff.changed, diff.outputs, diff.figures, diff.items],
      [[], [], [], [], [], []],
    );
    assert.match(renderDiff(diff, OPTIONS), /No difference\./);
  });

  it("shows the worst case rounded up, as the plan does, and what it differs by as it is", () => {
    const worst = (worstCaseUsdPerDay: number) => ({
      ...before,
      cost: { ...before.cost, worstCaseUsdPerDay },
    });
    const text = renderDiff(diffPlans(worst(173.291), worst(180.0001)), OPTIONS);
    assert.match(text, /worst case, a day +\$173\.30 +→ +\$180\.01 +\+\$6\.71/);
  });

  it("names what is created, deleted and changed, with the paths", () => {
    const diff = diffPlans(before, after);
    assert.deepEqual(
      diff.deleted.map(({ name }) => name),
      ["storage-5", "storage-5-role", "storage-5-template", "storage-5-group"],
    );
    assert.deepEqual(diff.created, []);
    assert.deepEqual(
      diff.changed.map((change) => change.after.name),
      ["storage-1-group", "storage-2-group", "storage-3-group", "storage-4-group"],
    );
    assert.deepEqual(diff.changed[0]?.changes, [
      {
        path: "mixedInstancesPolicy.launchTemplate.overrides[0].instanceType",
        before: "i4i.2xlarge",
        after: "i4i.4xlarge",
      },
    ]);
    assert.deepEqual(
      diffPlans(after, before).created.map(({ name }) => name),
      diff.deleted.map(({ name }) => name),
    );
  });

  it("sees protection and dependencies come and go, not their order", () => {
    const [first, ...rest] = before.resources;
    assert.ok(first);
    const changed = {
      ...before,
      resources: [{ ...first, protect: true, dependencies: ["urn::b", "urn::a"] }, ...rest],
    };
    const paths = diffPlans(before, changed).changed.flatMap(({ changes }) =>
      changes.map(({ path, after: value }) => [path, value]),
    );
    assert.deepEqual(paths, [
      ["(protect)", true],
      ["(depends on)", "a, b"],
    ]);
    const turned = {
      ...before,
      resources: [{ ...first, protect: true, dependencies: ["urn::a", "urn::b"] }, ...rest],
    };
    assert.deepEqual(diffPlans(changed, turned).changed, []);
  });

  it("gives the money exactly, by figure and by item", () => {
    const diff = diffPlans(before, after);
    assert.deepEqual(
      diff.figures.find(({ name }) => name === "at the schedule, a day"),
      { name: "at the schedule, a day", before: 91.902470137, after: 99.902470137 },
    );
    assert.deepEqual(
      diff.figures.find(({ name }) => name === "budget, a day"),
      { name: "budget, a day", before: 100, after: 120 },
    );
    const total = diff.items.reduce(
      (sum, item) => sum.plus(item.after).minus(item.before),
      diff.items[0]?.before.times(0) ?? assert.fail(),
    );
    assert.equal(total.toNumber(), 8);
  });

  it("is none where a resource only waits for others", () => {
    const [first, ...rest] = before.resources;
    assert.ok(first);
    const waiting = { ...before, resources: [{ ...first, dependencies: ["urn::a"] }, ...rest] };
    assert.deepEqual(diffPlans(before, waiting).changed, []);
    assert.match(renderDiff(diffPlans(before, waiting), OPTIONS), /No difference\./);
  });

  it("does not cut two long texts to the same one", () => {
    const [first, ...rest] = before.resources;
    assert.ok(first);
    const withPolicy = (end: string) => ({
      ...before,
      resources: [{ ...first, inputs: { ...first.inputs, policy: `${"x".repeat(200)} ${end}` } }, ...rest],
    });
    const text = renderDiff(diffPlans(withPolicy("allow"), withPolicy("deny")), OPTIONS);
    assert.match(text, /policy: …x+ allow" → …x+ deny"/);
  });

  it("tells new verdicts from gone ones", () => {
    assert.deepEqual(
      diffPlans(before, after).policies.added.map(({ name }) => name),
      ["headroom"],
    );
    assert.deepEqual(
      diffPlans(after, before).policies.resolved.map(({ name }) => name),
      ["headroom"],
    );
  });

  it("reads well: deletions first, what is alike once, money with its sign", () => {
    const text = renderDiff(diffPlans(before, after), OPTIONS);
    assert.match(text, /Resources: 3 deleted, 4 changed, 0 created/);
    assert.match(text, /at the schedule, a day +\$91\.90 {2}→ +\$99\.90 +\+\$8\.00/);
    assert.match(text, /storage-1-group and 3 alike +i4i\.4xlarge +\$0\.00 {2}→ {2}\$22\.40 +\+\$22\.40/);
    assert.equal(text.match(/"i4i\.2xlarge" → "i4i\.4xlarge"/g)?.length, 1);
    assert.ok(text.indexOf("- storage-5-group") < text.indexOf("~ storage-1-group"));
  });

  it("compares two stacks by type and name", () => {
    const diff = diffPlans(samplePlan({ stack: "staging" }), before);
    assert.equal(diff.sameStack, false);
    assert.deepEqual([diff.created, diff.deleted, diff.items], [[], [], []]);
    const names = diff.changed.map((change) => change.after.name);
    assert.ok(names.includes("artifacts-bucket") && !names.includes("network-vpc"));
  });

  it("says when another stack or another price list is compared", () => {
    const dev = samplePlan({ stack: "dev" });
    assert.match(
      renderDiff(diffPlans(dev, before), OPTIONS),
      /earlier plan is of proving-ground \/ dev, another stack/,
    );
    const older = { ...before, cost: { ...before.cost, pricesAsOf: "2025-12-01" } };
    assert.match(renderDiff(diffPlans(older, before), OPTIONS), /prices as of 2025-12-01 → 2026-02-01/);
  });

  it("shows a deleted resource that was protected, and cuts long lists by a count", () => {
    const without = {
      ...before,
      resources: before.resources.filter(({ name }) => name !== "artifacts-bucket"),
    };
    assert.match(
      renderDiff(diffPlans(before, without), OPTIONS),
      /- artifacts-bucket {2}aws:s3\/bucket:Bucket {2}protected/,
    );
    const [first, ...rest] = before.resources;
    assert.ok(first);
    const inputs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`key${String(index)}`, index]),
    );
    assert.match(
      renderDiff(diffPlans(before, { ...before, resources: [{ ...first, inputs }, ...rest] }), OPTIONS),
      /and 18 more/,
    );
  });

  it("lets nothing in a plan drive the terminal", () => {
    assert.doesNotMatch(
      renderDiff(diffPlans(before, hostilePlan()), OPTIONS),
      /[\u0000-\u0009\u000b-\u001f\u202e]/,
    );
  });
});

describe("changed paths", () => {
  it("writes keys that are no names in brackets", () => {
    assert.deepEqual(
      changedPaths({ tags: { "a:b": 1, c: [1, 2] } }, { tags: { "a:b": 2, c: [1] } }).map(({ path }) => path),
      ['tags["a:b"]', "tags.c[1]"],
    );
  });

  it("finds an item taken out of a list, not all that moved up", () => {
    assert.deepEqual(changedPaths({ zones: ["a", "b", "c"] }, { zones: ["b", "c"] }), [
      { path: "zones[0]", before: "a", after: undefined },
    ]);
    assert.deepEqual(changedPaths([{ size: 1 }, { size: 2 }], [{ size: 1 }, { size: 3 }]), [
      { path: "[1].size", before: 2, after: 3 },
    ]);
  });

  it("takes checks and people as sets, and the order of other lists as said", () => {
    assert.deepEqual(changedPaths({ contexts: ["a", "b"] }, { contexts: ["b", "a"] }), []);
    assert.deepEqual(
      changedPaths({ requiredChecks: { main: ["a", "b"] } }, { requiredChecks: { main: ["b", "a"] } }),
      [],
    );
    assert.deepEqual(changedPaths({ zones: ["a", "b"] }, { zones: ["b", "a"] }), [
      { path: "zones", before: ["a", "b"], after: ["b", "a"] },
    ]);
  });

  it("finds nothing between equals, something between unequals, and the reverse backwards", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        assert.deepEqual(changedPaths(left, structuredClone(left)), []);
        const forth = changedPaths(left, right);
        assert.equal(forth.length === 0, JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)));
        assert.equal(changedPaths(right, left).length, forth.length);
      }),
    );
  });
});

/** The same value with keys in order, -0 as 0: what JSON cannot tell apart. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

describe("reading an earlier plan", () => {
  const refusal = (text: string): GroundError => {
    try {
      parsePlan(text, "old.json");
    } catch (error) {
      assert.ok(error instanceof GroundError);
      assert.equal(error.exitCode, 2);
      return error;
    }
    return assert.fail("was accepted");
  };

  it("reads back what was printed, with or without a byte order mark, fields of later versions aside", () => {
    assert.deepEqual(parsePlan(JSON.stringify(before), "old.json"), before);
    assert.deepEqual(parsePlan(`\uFEFF${JSON.stringify({ ...before, later: 1 })}`, "old.json"), before);
  });

  it("names every problem with its place, and the remedy", () => {
    const { message } = refusal(
      JSON.stringify({
        ...before,
        stack: 7,
        policies: [{ name: "a", level: "fatal", urn: "u" }],
        cost: undefined,
      }),
    );
    assert.match(message, /^old\.json is JSON, but not a plan:/);
    assert.match(message, /stack = 7: must be a text/);
    assert.match(message, /cost is missing; must be an object/);
    assert.match(message, /policies\[0\]\.level = "fatal": must be one of .*advisory, mandatory/);
    assert.match(message, /policies\[0\]\.message is missing/);
    assert.match(message, /npm run -s plan -- --json > earlier\.json/);
  });

  it("knows npm's banner, an empty file and another kind of JSON", () => {
    assert.match(refusal("\n> proving-ground@0.1.0 plan\n> node\n\n{}").message, /npm run needs -s/);
    assert.match(refusal("  ").message, /old\.json is empty/);
    assert.match(refusal("[]").message, /the document = \[\]: must be an object/);
  });

  it("does not list hundreds of problems", () => {
    const resources = Array.from({ length: 100 }, () => ({}));
    assert.match(refusal(JSON.stringify({ ...before, resources })).message, /and 688 more/);
  });

  it("writes out characters that would drive the terminal", () => {
    assert.doesNotMatch(refusal("\u001b[31mred").message, /\u001b/);
  });
});
