import assert from "node:assert/strict";
import { planToDot, renderGraphSvg } from "../../cli/report/graph.ts";
import { LARGE, hostilePlan, samplePlan } from "./sample-plan.ts";

describe("the plan as a graph", () => {
  it("draws a cluster per component and one box per role, however many slots", () => {
    const small = planToDot(samplePlan({ roles: LARGE.map((role) => ({ ...role, count: 1 })) }));
    const huge = planToDot(samplePlan({ roles: LARGE.map((role) => ({ ...role, count: 60 })) }));
    const boxes = (dot: string): number => dot.match(/class="box/g)?.length ?? 0;
    assert.equal(boxes(small), boxes(huge));
    assert.match(huge, /label="storage × 60\\ni4i\.2xlarge spot"/);
    for (const part of ["Network", "Artifact store", "Orchestrator", "Cluster", "Budget"])
      assert.match(huge, new RegExp(`label="${part}"`));
  });

  it("points from what needs to what is needed, once", () => {
    const dot = planToDot(samplePlan());
    const id = (label: string): string =>
      new RegExp(`(n\\d+) \\[label="${label}`).exec(dot)?.[1] ?? assert.fail(label);
    const arrow = `  ${id("storage")} -> ${id("Subnet")}\n`;
    assert.equal(dot.split(arrow).length, 2);
    assert.ok(!dot.includes(`${id("Subnet")} -> ${id("storage")}`));
    assert.ok(!dot.includes('aws"'), "the provider is no box");
  });

  it("lets a resource take in what only completes it", () => {
    const dot = planToDot(samplePlan());
    assert.match(dot, /label="Bucket \+ 1"/);
    assert.match(dot, /label="Security group \+ 1"/);
  });

  it("links a box to its rows", async () => {
    const svg = await renderGraphSvg(samplePlan());
    assert.match(svg, /<a href="#part=Cluster\+%2F\+storage">/);
    assert.match(svg, /<title>Network: network-vpc<\/title>/);
  });

  it("leaves colours and fonts to the page, and arrows that follow from others out", async () => {
    const svg = await renderGraphSvg(samplePlan());
    assert.match(svg, /^<svg class="graph-svg" width="\d+" height="\d+"/);
    assert.doesNotMatch(svg, /fill=|stroke=|font-|style=|xlink|<!|<\?/);
    const drawn = svg.match(/class="edge/g)?.length ?? 0;
    assert.ok(drawn > 0 && drawn <= (planToDot(samplePlan()).match(/->/g)?.length ?? 0));
  });

  it("keeps hostile names as text", async () => {
    const svg = await renderGraphSvg(hostilePlan());
    assert.doesNotMatch(svg, /<img|<\/script|\u202e|\u001b/);
    assert.match(svg, /&lt;\/script&gt;&lt;img/);
  });

  it("gives the same bytes twice", async () => {
    assert.equal(await renderGraphSvg(samplePlan()), await renderGraphSvg(samplePlan()));
  });
});
