import assert from "node:assert/strict";
import { printable, wrap } from "../../cli/report/printable.ts";
import { renderText, type TextOptions } from "../../cli/report/text.ts";
import { hostilePlan, samplePlan } from "./sample-plan.ts";

const OPTIONS: TextOptions = {
  color: false,
  width: 100,
  stackFile: "Pulumi.prod.yaml",
  rules: 14,
  schedules: [],
};

describe("the plan as text", () => {
  it("takes the slots of a role together, with machine, count of resources and price", () => {
    const text = renderText(samplePlan(), OPTIONS);
    assert.match(text, /storage × 5 {2}i4i\.2xlarge spot +15 +\$14\.40 +\$82\.32/);
    assert.match(text, /jepsen {2}c7a\.xlarge spot +3 +\$0\.72/);
    assert.match(text, /total +37 +\$91\.90 +\$173\.30/);
    assert.doesNotMatch(text, /storage-3/);
  });

  it("shows three figures against what they may cost", () => {
    const text = renderText(samplePlan(), OPTIONS);
    assert.match(text, /at the schedule +\$91\.90 .* 92 % of \$100\.00 budget\n/);
    assert.match(text, /by zone, \$88\.56 \(cheapest\) to \$91\.90 \(dearest\)/);
    assert.match(text, /all day +\$125\.32 .* 125 % of \$100\.00 budget {2}\+\$25\.32 over/);
    assert.match(text, /worst case +\$173\.30 .* 91 % of \$190\.00 ceiling\n/);
    assert.match(text, /\$5\.22\/h while everything runs/);
  });

  it("fills the bar by the share and never beyond", () => {
    const bars = [...renderText(samplePlan(), OPTIONS).matchAll(/[█░]+/g)].map(([bar]) => bar);
    assert.deepEqual(
      bars.map((bar) => bar.length),
      [20, 20, 20],
    );
    assert.deepEqual(
      bars.map((bar) => bar.replaceAll("░", "").length),
      [18, 20, 18],
    );
  });

  it("says where there is no budget", () => {
    const text = renderText(samplePlan({ budget: null, ceiling: null }), OPTIONS);
    assert.match(text, /at the schedule +\$91\.90 {2}no budget\n/);
    assert.match(text, /worst case +\$173\.30 {2}no ceiling\n/);
  });

  it("says how many rules passed", () => {
    assert.match(renderText(samplePlan(), OPTIONS), /Policies: all 14 rules passed/);
  });

  it("names refusals first, with resource and reason, and does not propose to deploy", () => {
    const text = renderText(
      samplePlan({
        policies: [
          { name: "encrypt", level: "remediate", urn: "urn:gone", message: "now encrypted" },
          {
            name: "headroom",
            level: "advisory",
            urn: "urn:pulumi:prod::x::pulumi:pulumi:Stack::x",
            message: "little left",
          },
          {
            name: "spot-only",
            level: "mandatory",
            urn: "urn:pulumi:prod::proving-ground::aws:autoscaling/group:Group::storage-1-group",
            message: "asks for on-demand",
          },
        ],
      }),
      OPTIONS,
    );
    assert.match(
      text,
      /Policies: 1 refused, 1 advice, 1 mended\n {2}refused {2}spot-only {2}storage-1-group \(aws:autoscaling\/group:Group\)\n +asks for on-demand\n {2}advice {3}headroom {2}the whole stack\n +little left\n {2}mended {3}encrypt {2}urn:gone\n/,
    );
    assert.doesNotMatch(text, /pulumi up -s|stack init/);
  });

  it("says what next for this stack, and that nobody asked AWS", () => {
    const prod = renderText(samplePlan(), OPTIONS);
    assert.match(prod, /pulumi stack init prod +once, before its first deployment/);
    assert.match(prod, / {2}pulumi up -s prod /);
    assert.match(prod, /npm run plan -- --stack prod --html plan\.html/);
    assert.match(prod, /ground init/);
    assert.match(prod, /Nobody asked AWS/);
    const dev = renderText(samplePlan({ stack: "dev" }), { ...OPTIONS, stackFile: "Pulumi.dev.yaml" });
    assert.match(dev, /npm run plan -- --html plan\.html/);
    const other = renderText(samplePlan({ stack: "dev" }), {
      ...OPTIONS,
      stackFile: "examples/Pulumi.dev.yaml",
    });
    assert.match(other, /pulumi up -s dev --config-file examples\/Pulumi\.dev\.yaml/);
  });

  it("colours only when asked", () => {
    assert.doesNotMatch(renderText(samplePlan(), OPTIONS), /\u001b/);
    const colored = renderText(samplePlan(), { ...OPTIONS, color: true });
    assert.match(colored, /\u001b\[32m/);
    assert.equal(colored.replace(/\u001b\[\d+m/g, ""), renderText(samplePlan(), OPTIONS));
  });

  it("keeps to the width", () => {
    for (const width of [70, 80, 120]) {
      const long = renderText(samplePlan(), { ...OPTIONS, width })
        .split("\n")
        .filter((line) => line.length > width);
      assert.deepEqual(long, []);
    }
  });

  it("lets nothing in a plan drive the terminal", () => {
    const text = renderText(hostilePlan(), OPTIONS);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.match(text, /\\u\{1b\}/);
  });

  it("gives the same bytes twice", () => {
    assert.equal(renderText(samplePlan(), OPTIONS), renderText(samplePlan(), OPTIONS));
  });
});

describe("text made safe to look at", () => {
  it("writes out what cannot be seen and leaves letters of any language", () => {
    assert.equal(printable("a\tb\u202Ec\u200Bd\r\n"), "a\\u{9}b\\u{202e}c\\u{200b}d\\u{d}\\u{a}");
    assert.equal(printable("Größe × 5 – 東京"), "Größe × 5 – 東京");
  });

  it("breaks lines at spaces and keeps every word", () => {
    assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrap("incomprehensibly long", 4), ["incomprehensibly", "long"]);
  });
});
