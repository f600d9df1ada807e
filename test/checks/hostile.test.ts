import assert from "node:assert/strict";
import { parse } from "yaml";
import { judge } from "../../cli/checks/judge.ts";
import { isMatched } from "../../cli/checks/filters.ts";
import { judgedJson, proposedYaml, renderJudged } from "../../cli/checks/render.ts";
import { reportedChecks } from "../../cli/checks/reported.ts";
import { files, judged, MAIN, workflow } from "./support.ts";

const PR = "on: pull_request";
const CALLER = "on: [pull_request, workflow_call]";

/** Workflows that are made to hold up or to deceive whoever reads them; each must end, and say why. */
const REFUSED: Readonly<Record<string, readonly [texts: Readonly<Record<string, string>>, said: RegExp]>> = {
  "a workflow that calls itself many times": [
    {
      "w.yml": workflow(
        CALLER,
        Object.fromEntries(
          ["a", "b", "c", "d", "e", "f"].map((id) => [id, "uses: ./.github/workflows/w.yml"]),
        ),
      ),
    },
    /w\.yml is called from itself, and loops are not permitted/,
  ],
  "two workflows that call each other": [
    {
      "w.yml": workflow(CALLER, { a: "uses: ./.github/workflows/x.yml" }),
      "x.yml": workflow("on: workflow_call", { b: "uses: ./.github/workflows/w.yml" }),
    },
    /job b: .*w\.yml is called from itself/,
  ],
  "calls that branch at every level": [
    {
      "w.yml": branching(0, PR),
      ...Object.fromEntries(
        [...Array(9).keys()].map((level) => [`l${String(level + 1)}.yml`, branching(level + 1)]),
      ),
    },
    /makes more than 5000 jobs, with those of the workflows it calls/,
  ],
  "more than GitHub's ten levels": [
    {
      "w.yml": workflow(PR, { a: "uses: ./.github/workflows/l1.yml" }),
      ...Object.fromEntries(
        [...Array(11).keys()].map((level) => [
          `l${String(level + 1)}.yml`,
          workflow("on: workflow_call", { a: `uses: ./.github/workflows/l${String(level + 2)}.yml` }),
        ]),
      ),
    },
    /is called more than 10 levels deep/,
  ],
  "aliases of lists of aliases": [{ "w.yml": aliases(9) }, /makes more than 100000 values/],
  "an alias that is looked up again and again": [
    { "w.yml": `${PR}\nenv: { A: &a x, B: [${"*a, ".repeat(2000)}] }\njobs: {}\n` },
    /makes more than 1000 aliases/,
  ],
  "lists in lists on one line": [{ "w.yml": "- ".repeat(200_000) }, /nested more than 100 levels deep/],
  "brackets in brackets": [{ "w.yml": "[".repeat(200_000) }, /nested more than 100 levels deep/],
  "one line of nothing but faults": [{ "w.yml": '- "a b": '.repeat(50_000) }, /no YAML: /],
  "a file of more than a megabyte": [
    { "w.yml": `${PR}\n#${" ".repeat(1024 * 1024)}\n` },
    /has 1048\d{3} characters; GitHub reads at most 1048576/,
  ],
};

/** Five calls of the next level. */
function branching(level: number, on = "on: workflow_call"): string {
  const body = level === 9 ? "" : `uses: ./.github/workflows/l${String(level + 1)}.yml`;
  return workflow(on, Object.fromEntries(["a", "b", "c", "d", "e"].map((id) => [id, body])));
}

function aliases(levels: number): string {
  const lines = [...Array(levels).keys()].map((level) => {
    const items = Array(10).fill(level === 0 ? "x" : `*a${String(level - 1)}`);
    return `  A${String(level)}: &a${String(level)} [${items.join(", ")}]`;
  });
  return `${PR}\nenv:\n${lines.join("\n")}\njobs: { test: { runs-on: x, steps: [{ run: make }] } }\n`;
}

describe("hostile workflows", function () {
  this.timeout(20_000);

  for (const [what, [texts, said]] of Object.entries(REFUSED))
    it(`ends on ${what}, and says so`, async () => {
      const { problems } = await reportedChecks(
        files({ ...texts, "good.yml": workflow(PR, { good: "" }) }),
        MAIN,
      );
      assert.match(problems.map(({ message }) => message).join("\n"), said);
      const [verdict] = await judged(files({ ...texts, "good.yml": workflow(PR, { good: "" }) }), ["good"]);
      assert.equal(verdict?.status, "reported", "the other files are judged all the same");
    });

  it("takes an alias for what it stands for", async () => {
    const text = `${PR}\njobs:\n  one: &job { runs-on: x, steps: [{ run: make }] }\n  two: *job\n`;
    const { checks, problems } = await reportedChecks(files({ "w.yml": text }), MAIN);
    assert.deepEqual([checks.map(({ name }) => name), problems], [["one", "two"], []]);
  });

  it("a filter of many wildcards is decided at once", () => {
    const name = `release/${"e".repeat(200)}`;
    assert.equal(isMatched(name, [`${"*e".repeat(100)}*!`]), false);
    assert.equal(isMatched(name, [`**${"*e".repeat(100)}`]), true);
    assert.equal(isMatched(name, [`${"**/".repeat(100)}*e`]), true);
    assert.equal(isMatched(name, [`${"e?".repeat(100)}${"e+".repeat(100)}`]), false);
  });

  describe("names that drive a terminal or the log of a job", () => {
    const NAMES = {
      clear: String.raw`"\e[2J\e[31mevil\u202Eabc"`,
      lines: String.raw`"x\n::error title=t::hello\n::add-mask::a"`,
      start: '"::stop-commands::never"',
      middle: '"see ##[add-mask]a"',
      csi: String.raw`"\u009b2J"`,
      plain: '"core::mem · größe 🚀"',
    };
    const texts = files({
      "w.yml": workflow(
        PR,
        Object.fromEntries(Object.entries(NAMES).map(([id, name]) => [id, `name: ${name}`])),
      ),
    });
    const governed = (required: readonly string[]) => ({
      repository: "example/one",
      branches: [{ ...MAIN, required }],
      apps: {},
      files: texts,
    });

    for (const required of [[], ["clear", "lines", "start", "middle", "csi", "core::mem · größe 🚀"]])
      it(`are written out where ${required.length === 0 ? "they can be" : "they are"} required`, async () => {
        const text = renderJudged([await judge(governed(required))]);
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        assert.doesNotMatch(text, /^\s*::\w/m);
        assert.ok(!text.includes("##["), text);
        assert.match(text, /core::mem · größe 🚀/, "what is harmless stays as it is");
        assert.match(text, required.length === 0 ? /\\u\{1b\}\[2J/ : /reported as/);
      });

    it("never come into the list that is written, nor into what is proposed", async () => {
      const { reported, branches } = await judge(governed(["clear", "csi", "start"]));
      assert.deepEqual(reported["main"]?.checks, [
        "::stop-commands::never",
        "core::mem · größe 🚀",
        "see ##[add-mask]a",
      ]);
      assert.deepEqual(branches[0]?.proposed, ["::stop-commands::never"]);
      assert.match(branches[0].verdicts[0]?.fix ?? "", /^give the job a name without control/);
    });

    it("are escapes in the YAML to paste, which means the same", () => {
      const proposed = ["see ##[add-mask]a", "a##[b]", "plain"];
      const text = proposedYaml({ proposed });
      assert.ok(!text.includes("##["), text);
      assert.deepEqual(parse(text), { checks: proposed });
    });

    it("are escapes in JSON, which means the same", async () => {
      const one = await judge(governed([]));
      const text = judgedJson([one]);
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      const { repositories } = JSON.parse(text) as {
        repositories: { branches: { available: string[] }[] }[];
      };
      assert.deepEqual(repositories[0]?.branches[0]?.available, one.branches[0]?.available);
    });
  });
});
