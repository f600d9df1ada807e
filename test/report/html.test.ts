import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { renderHtml } from "../../cli/report/html.ts";
import { escapeHtml, jsonData, markup } from "../../cli/report/markup.ts";
import { renderText } from "../../cli/report/text.ts";
import type { GreatestLoss } from "../../model/cost.ts";
import { hostilePlan, samplePlan } from "./sample-plan.ts";

const OPTIONS = { stackFile: "/home/someone/project/Pulumi.prod.yaml", rules: 14, schedules: [] };

describe("the plan as a page", () => {
  it("shows the figures, the verdict and where they come from", async () => {
    const page = await renderHtml(samplePlan(), OPTIONS);
    for (const text of [
      "$91.90",
      "$125.32",
      "$173.30",
      "$100.00",
      "92 % of the $100.00 budget",
      "$4.09/h",
      "prices as of 2026-02-01",
      "all 14 policies passed",
      "storage × 5",
    ]) {
      assert.ok(page.includes(text), text);
    }
  });

  it("tells the greatest loss beneath the day, in the words of the text and rounded up, and warns where nothing stops it", async () => {
    const plan = samplePlan();
    const losing = (greatestLoss: GreatestLoss | null) => ({ ...plan, cost: { ...plan.cost, greatestLoss } });
    const guard = { healthy: { minutes: 7, usd: 0.484 }, gone: { minutes: 32, usd: 2.2133 } };
    const guarded = losing({ usdPerHour: 4.1522, guard });
    const sentence =
      "Everything that can be stopped burns $4.16/h on demand: at most $0.49 is lost in the 7 min until the guard has stopped it, $2.22 in the 32 min until the hosts stop themselves when the guard is gone.";
    const page = await renderHtml(guarded, OPTIONS);
    assert.ok(page.includes(`<p class="loss">${sentence}</p>`));
    assert.ok(page.indexOf(sentence) < page.indexOf("Where the money goes"));
    const text = renderText(guarded, { color: false, width: 100, ...OPTIONS });
    assert.ok(text.replaceAll(/\s+/g, " ").includes(sentence));

    const unguarded = await renderHtml(losing({ usdPerHour: 4.15, guard: null }), OPTIONS);
    assert.match(unguarded, /<p class="loss warn">[^<]* and nothing in this plan stops it\.<\/p>/);
    assert.doesNotMatch(await renderHtml(losing(null), OPTIONS), /<p class="loss/);
  });

  it("ends with what only who was not asked could say: of GitHub alone no quotas and no capacity", async () => {
    assert.match(
      await renderHtml(samplePlan(), OPTIONS),
      /Nobody\s+asked AWS: quotas, capacity, permissions and names/,
    );
    const resource = {
      urn: "urn:pulumi:org::proving-ground::github:index/repository:Repository::site",
      type: "github:index/repository:Repository",
      name: "site",
      parent: null,
      dependencies: [],
      protect: true,
      inputs: {},
    };
    const plan = samplePlan();
    const github = { ...plan, resources: [resource], cost: { ...plan.cost, lines: [] } };
    assert.match(
      await renderHtml(github, OPTIONS),
      /Nobody\s+asked GitHub: what its plan allows, permissions and names/,
    );
  });

  it("allows exactly its own style sheet and script, by hash, and loads nothing", async () => {
    const page = await renderHtml(samplePlan(), OPTIONS);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? "";
    assert.match(policy, /^default-src 'none'; /);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    for (const [tag, directive] of [
      ["style", "style-src"],
      ["script", "script-src"],
    ] as const) {
      const content = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? "";
      const hash = createHash("sha256").update(content).digest("base64");
      assert.ok(policy.includes(`${directive} 'sha256-${hash}'`), directive);
    }
    assert.doesNotMatch(page, /(?:src|href)="(?!#|data:)/);
    assert.doesNotMatch(page, / style="| on\w+="|url\(|@import/);
  });

  it("gives the same bytes twice and names no folder of the one who made it", async () => {
    const page = await renderHtml(samplePlan(), OPTIONS);
    assert.equal(page, await renderHtml(samplePlan(), OPTIONS));
    assert.doesNotMatch(page, /\/home\/someone/);
    assert.ok(page.includes("Pulumi.prod.yaml"));
  });

  it("holds each resource once, in the order of its data", async () => {
    const page = await renderHtml(samplePlan(), OPTIONS);
    const names = [...page.matchAll(/<span class="name">([^<]+)<\/span>/g)].map(([, name]) => name);
    const data = JSON.parse(/id="plan-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "") as {
      name: string;
      inputs: unknown;
    }[];
    assert.deepEqual(
      data.map(({ name }) => name),
      names,
    );
    assert.equal(names.length, 37);
    const plan = samplePlan();
    for (const { name, inputs } of data)
      assert.deepEqual(inputs, plan.resources.find((resource) => resource.name === name)?.inputs);
  });

  it("interprets nothing that a plan says", async () => {
    const page = await renderHtml(hostilePlan(), OPTIONS);
    assert.doesNotMatch(page, /<img/);
    assert.equal(page.match(/<\/script>/g)?.length, 2);
    assert.doesNotMatch(page.replace(/<script type="application\/json"[\s\S]*?<\/script>/, ""), /\u202e/);
  });

  it("says refused, over budget or without a budget before anything else", async () => {
    const policies = [{ name: "spot-only", level: "mandatory", urn: "x", message: "no" }] as const;
    assert.match(
      await renderHtml(samplePlan({ policies }), OPTIONS),
      /class="banner bad">\s*Policies: 1 refused\./,
    );
    assert.match(
      await renderHtml(samplePlan({ budget: 90 }), OPTIONS),
      /class="banner bad">Over the daily budget/,
    );
    assert.match(
      await renderHtml(samplePlan({ budget: null }), OPTIONS),
      /class="banner warn">\s*Without a budget/,
    );
  });
});

describe("markup", () => {
  it("escapes what is put in, in text and attributes, and nothing twice", () => {
    const inner = markup`<b>${"<&>"}</b>`;
    assert.equal(
      markup`<i title="${`"'`}">${inner}${["a", 1]}</i>`.text,
      `<i title="&quot;&#39;"><b>&lt;&amp;&gt;</b>a1</i>`,
    );
    assert.equal(escapeHtml("\u0000"), "\\u{0}");
  });

  it("writes JSON that cannot end its element and reads back the same", () => {
    const value = { "</script>": "<!--<script>" };
    assert.doesNotMatch(jsonData(value).text, /[<>]/);
    assert.deepEqual(JSON.parse(jsonData(value).text), value);
  });
});
