import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { code, codeInTable, prose } from "../../cli/comment/markdown.ts";
import { renderComment } from "../../cli/comment/render.ts";
import { reportsOf, type Evidence } from "../../cli/comment/report.ts";
import { MARKER, MOST_CHARACTERS } from "../../cli/comment/sticky.ts";
import { ROOT } from "../support/engine-plans.ts";
import { shortDiff } from "../support/golden.ts";
import { change, plan, recordedRun, resource, runWith } from "./samples.ts";

const context = {
  commit: "0123456789abcdef0123456789abcdef01234567",
  runUrl: "https://github.com/example-org/example/actions/runs/1",
};

function render(evidence: Partial<Evidence>): string {
  const none = new Map<string, never>();
  const given = { heads: none, bases: none, runs: none, problems: none, ...evidence };
  return renderComment(reportsOf(given), context);
}

describe("the comment on a pull request", () => {
  it("is, for the recorded preview, the reviewed one", () => {
    const actual = render({
      heads: new Map([["dev", plan([resource("store")], { usdPerDay: 15.65 })]]),
      bases: new Map([["dev", plan([resource("store")])]]),
      runs: new Map([["dev", recordedRun()]]),
    });
    const file = join(ROOT, "test/comment/recorded/comment.txt");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, actual);
    const reviewed = existsSync(file) ? readFileSync(file, "utf8") : "";
    assert.ok(
      actual === reviewed,
      `${shortDiff(reviewed, actual)}\nIf it is meant: UPDATE_GOLDEN=1 npm test -- test/comment/render.test.ts`,
    );
  });

  it("begins with the marker and the verdict, then counts and money, then what is lost, by name", () => {
    const text = render({ runs: new Map([["dev", recordedRun()]]) });
    assert.ok(text.startsWith(`${MARKER}\n### ❌ Refused by `));
    const order = [
      "### ❌",
      "| stack |",
      "#### Replaced and deleted",
      "`keeper`",
      "`old-store`",
      "#### Policies",
      "<details>",
    ];
    const positions = order.map((part) => text.indexOf(part));
    assert.ok(
      positions.every((position) => position >= 0),
      JSON.stringify(positions),
    );
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    assert.match(text, /\*\*replace\*\* `keeper` `aws:ec2\/instance:Instance` for a new `ami`/);
  });

  it("shows exact differences: what floating point would get wrong is nothing", () => {
    const text = render({
      heads: new Map([["dev", plan([], { usdPerDay: 0.3 })]]),
      bases: new Map([["dev", plan([], { usdPerDay: 0.1 + 0.2 - 0.00000000000000004 })]]),
    });
    assert.match(text, /\| \$0\.30<br>the same \|/);
    assert.match(text, /\$14\.70<br>of \$15\.00/);
  });

  it("says how many rules passed, of those that judged the stack", () => {
    assert.match(render({ runs: new Map([["dev", runWith([])]]) }), /\| all 51 \|/);
    assert.match(render({ runs: new Map([["dev", recordedRun()]]) }), /\| \*\*43 of 52\*\* \|/);
    assert.match(render({ problems: new Map([["dev", "no such stack"]]) }), /\| \? \|$/m);
  });

  it("says when the budget is crossed", () => {
    const text = render({ heads: new Map([["dev", plan([], { usdPerDay: 15.004 })]]) });
    assert.ok(text.includes("**>-$0.01**<br>of $15.00"), text);
  });

  it("compares offline plans with the base, and does not claim to know replacements", () => {
    const text = render({
      heads: new Map([["dev", plan([resource("store", { tags: { Name: "b" } }), resource("new")])]]),
      bases: new Map([["dev", plan([resource("store", { tags: { Name: "a" } }), resource("old")])]]),
    });
    assert.match(text, /### ⚠️ 1 resource deleted/);
    assert.match(text, /\| `dev`<br><sub>offline plan<\/sub> \| \? \| \*\*1\*\* \| 1 \| 1 \|/);
    assert.match(text, /cannot tell an update from a replacement/);
    assert.match(text, /^! aws:s3\/bucket:Bucket store \(tags\)$/m);
  });

  it("shows waived rules beside those of the engine, mandatory ones first", () => {
    const urn = "urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::store";
    const waived = { name: "volume-size", level: "waived", urn, message: "until 2026-12-31" } as const;
    const text = render({
      heads: new Map([["dev", plan([resource("store")], { policies: [waived] })]]),
      runs: new Map([["dev", recordedRun()]]),
    });
    assert.ok(text.indexOf("**refused**") < text.indexOf("| waived | `volume-size`"));
  });

  it("shows why a deployment failed, and why there is no plan", () => {
    const errors = ["creating Bucket: AccessDenied"];
    const text = render({
      problems: new Map([["prod", "Pulumi.prod.yaml: 1 problem\n  zones: is missing"]]),
      runs: new Map([["dev", runWith([], { operation: "up", exitCode: 1, errors })]]),
    });
    assert.match(text, /### ❌ The deployment of `dev` failed; the plan of `prod` failed/);
    assert.match(text, /#### What failed/);
    assert.match(text, /creating Bucket\\: AccessDenied/);
    assert.match(text, /^- `prod` Pulumi\\.prod\\.yaml\\: 1 problem\n {2}- zones\\: is missing$/m);
  });

  it("says in its first line that one stack failed and another is refused", () => {
    const urn = "urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::store";
    const refusal = { name: "volume-size", level: "mandatory", urn, message: "too large" } as const;
    const text = render({
      heads: new Map([["dev", plan([resource("store")], { policies: [refusal] })]]),
      problems: new Map([["prod", "no such stack"]]),
    });
    assert.match(text, /### ❌ The plan of `prod` failed; refused by 1 mandatory verdict in `dev`$/m);
  });

  it("does not call a run fine whose event log has no end", () => {
    const text = render({ runs: new Map([["dev", runWith([], { complete: false })]]) });
    assert.match(text, /### ❌ The preview of `dev` failed/);
    assert.match(text, /event log has no end/);
  });

  it("says of deletions which are no loss, and which the engine will refuse", () => {
    const text = render({
      runs: new Map([
        [
          "dev",
          runWith([change("delete", "a", { retained: true }), change("delete", "b", { isProtected: true })]),
        ],
      ]),
    });
    assert.match(text, /\*\*forget\*\* `a` .* forgotten; stays where it is/);
    assert.match(text, /`b` .* the engine will refuse/);
  });

  it("holds 300 resources within GitHub's limit, and names every replacement and deletion", () => {
    const long = (name: string): string => `${name}-${"x".repeat(180)}`;
    const kinds = ["create", "update", "delete", "replace"] as const;
    const changes = kinds.flatMap((kind) =>
      Array.from({ length: 75 }, (_, index) => change(kind, long(`${kind}-${String(index)}`))),
    );
    const text = render({ runs: new Map([["dev", runWith(changes)]]) });
    assert.ok(text.length <= MOST_CHARACTERS, String(text.length));
    for (const { kind, name } of changes)
      if (kind === "replace" || kind === "delete") assert.ok(text.includes(name), name);
    assert.match(text, /150 other changes/);
  });

  it("cuts what loses nothing first, and counts what is left out", () => {
    const name = (index: number): string => `${String(index)}-${"y".repeat(380)}`;
    const changes = [
      ...Array.from({ length: 100 }, (_, index) => change("replace", name(index))),
      ...Array.from({ length: 200 }, (_, index) => change("create", name(1000 + index))),
    ];
    const text = render({ runs: new Map([["dev", runWith(changes)]]) });
    assert.ok(text.length <= MOST_CHARACTERS, String(text.length));
    assert.equal([...text.matchAll(/^- \*\*replace\*\*/gm)].length, 100);
    const shown = [...text.matchAll(/^\+ /gm)].length;
    assert.match(text, new RegExp(`and ${String(200 - shown)} more lines of other changes`));
    assert.match(text, /```\n\n<\/details>/, "the fold is closed all the same");
  });

  it("stays within the limit whatever there is", () => {
    const changes = Array.from({ length: 2000 }, (_, index) =>
      change("delete", `${String(index)}${"`|@".repeat(100)}`),
    );
    const text = render({ runs: new Map([["dev", runWith(changes)]]) });
    assert.ok(text.length <= MOST_CHARACTERS, String(text.length));
    assert.match(text, /^- … and \d+ more of them, in the log of the run$/m);
  });
});

function refusal(resource: string) {
  const urn = `urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::${resource}`;
  return { name: "volume-size", level: "mandatory", urn, message: "too large" } as const;
}

describe("the comment on more stacks than fit", () => {
  const stacks = (number: number, length: number): string[] =>
    Array.from({ length: number }, (_, index) => `${String(index).padStart(4, "0")}${"s".repeat(length)}`);

  it("cuts the table, and leaves room for what is lost", () => {
    const names = stacks(800, 10);
    const text = render({
      heads: new Map(names.map((stack) => [stack, plan([], { stack })])),
      runs: new Map(names.map((stack) => [stack, runWith([change("delete", `of-${stack}`)], { stack })])),
    });
    assert.ok(text.length <= MOST_CHARACTERS, String(text.length));
    const rows = [...text.matchAll(/^\| `\d/gm)].length;
    assert.ok(rows > 50, String(rows));
    assert.match(text, new RegExp(`^… and ${String(800 - rows)} more stacks, in the log of the run$`, "m"));
    assert.ok([...text.matchAll(/^- \*\*delete\*\*/gm)].length > 300);
  });

  it("names a few failed stacks in its first line and its foot, and counts the others", () => {
    const failed = stacks(120, 400);
    const text = render({
      problems: new Map(failed.map((stack) => [stack, "no such stack"])),
      heads: new Map(stacks(120, 398).map((stack) => [stack, plan([], { stack })])),
    });
    assert.ok(text.length <= MOST_CHARACTERS, String(text.length));
    const [, line = ""] = text.split("\n");
    assert.match(line, /^### ❌ The plan of `0000s/);
    assert.match(line, /failed; and 115 more$/);
    assert.ok(line.length < 3000, String(line.length));
    assert.match(text, /Offline plan of .* and 112 more: compared/);
    assert.match(text, /#### What failed/);
  });
});

describe("foreign text in the comment", () => {
  it("keeps a name with backticks, bars and line breaks in its cell", () => {
    assert.equal(code("a`b"), "``a`b``");
    assert.equal(code("`a"), "`` `a ``");
    assert.equal(codeInTable("a|b"), "`a\\|b`");
    assert.equal(code("a\nb"), "`a\\u{a}b`");
    assert.equal(code(""), "` `");
    assert.equal(code("  "), "`  `");
  });

  it("keeps bars outside of tables as they are: there a backslash would be seen", () => {
    assert.equal(code("a|b"), "`a|b`");
    const text = render({
      runs: new Map([
        ["a", runWith([change("delete", "x|y")])],
        ["b", runWith([], { exitCode: 1, errors: ["it failed"], verdicts: [refusal("x|y")] })],
      ]),
    });
    assert.match(text, /^- \*\*delete\*\* `x\|y` /m);
    assert.match(text, /^\| \*\*refused\*\* \|.*\| `x\\\|y` \|/m);
  });

  it("neither calls anybody nor links, nor lets HTML through", () => {
    assert.doesNotMatch(prose("@octocat"), /@[a-z]/i);
    assert.doesNotMatch(prose("fixes #12"), /#\d/);
    assert.doesNotMatch(prose("see https://example.com"), /https:\/\//);
    assert.doesNotMatch(prose("<img src=x>"), /[<>]/);
    assert.equal(prose("**a**"), "\\*\\*a\\*\\*");
  });

  it("never ends the code span it stands in, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "|", " ", "a", "\n", "@", "\\") }), (text) => {
        for (const span of [code(text), codeInTable(text)]) {
          const fence = /^`+/.exec(span)?.[0] ?? "";
          assert.ok(span.endsWith(fence));
          const inner = span.slice(fence.length, -fence.length);
          const runs = [...inner.matchAll(/`+/g)].map(([run]) => run.length);
          assert.ok(!runs.includes(fence.length), span);
          assert.doesNotMatch(inner, /\n/);
        }
        assert.doesNotMatch(codeInTable(text), /(?<!\\)\|/);
      }),
    );
  });

  it("holds no unescaped markup as prose, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = prose(text);
        assert.doesNotMatch(shown, /[<>\n\r]|@[\w]|#\d/);
        assert.doesNotMatch(shown.replaceAll(/\\[\\`*_{}[\]()#+\-.!|~$:]/g, ""), /[\\`*_[\]|~]/);
      }),
    );
  });
});
