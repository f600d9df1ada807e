import assert from "node:assert/strict";
import fc from "fast-check";
import { evidenceMarkdown } from "../../cli/guard/drill-evidence.ts";
import { codeInTable } from "../../cli/comment/markdown.ts";
import { renderComment } from "../../cli/comment/render.ts";
import { reportsOf, type Evidence } from "../../cli/comment/report.ts";
import { printable } from "../../model/printable.ts";
import { cellsOf, codeSpansOf } from "./reader.ts";
import { change, plan, resource, runWith } from "./samples.ts";

function render(evidence: Partial<Evidence>): string {
  const none = new Map<string, never>();
  return renderComment(reportsOf({ heads: none, bases: none, runs: none, problems: none, ...evidence }), {});
}

/** Rows of the table that follows a heading, head and line beneath left out. */
function rowsAfter(text: string, heading: string): string[] {
  const lines = text.slice(text.indexOf(heading)).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const length = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  return lines.slice(first + 2, first + length);
}

/** Names of all kinds, most of them made of what markdown lives on. */
const NAMES = fc.oneof(
  fc.string({
    unit: fc.constantFrom("`", "``", "|", "\\", " ", "a", ":", "\n", "@", "<b>", "*", "]("),
    maxLength: 30,
  }),
  fc.string({ unit: "binary", maxLength: 60 }),
);

describe("tables of the comment", () => {
  it("hold any resource's name in one row, and give it back as it is", () => {
    fc.assert(
      fc.property(NAMES, NAMES, (first, second) => {
        const verdict = (name: string) => ({
          name: "volume-size",
          level: "mandatory" as const,
          urn: `urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::${name}`,
          message: `too large: ${name}`,
        });
        const text = render({
          runs: new Map([["dev", runWith([], { verdicts: [verdict(`a${first}`), verdict(`b${second}`)] })]]),
        });
        const rows = rowsAfter(text, "#### Policies");
        assert.equal(rows.length, 2, text);
        for (const [index, name] of [`a${first}`, `b${second}`].entries()) {
          const cells = cellsOf(rows[index] ?? "");
          assert.equal(cells.length, 4, rows[index]);
          assert.deepEqual(codeSpansOf(cells[2] ?? ""), { spans: [printable(name)], rest: "" }, rows[index]);
        }
      }),
    );
  });

  it("hold any text as code, at either end of it too", () => {
    fc.assert(
      fc.property(NAMES, (name) => {
        const cells = cellsOf(`| ${codeInTable(name)} | b |`);
        assert.equal(cells.length, 2);
        const expected = printable(name) === "" ? " " : printable(name);
        assert.deepEqual(codeSpansOf(cells[0] ?? ""), { spans: [expected], rest: "" });
      }),
    );
  });

  it("of a drill's evidence hold any call in one row as well", () => {
    fc.assert(
      fc.property(NAMES, (name) => {
        const call = `autoscaling:SuspendProcesses ${name}`;
        const step = {
          id: "drill.stop",
          title: "stop",
          status: "ok",
          found: "",
          startedAt: 0,
          ms: 1,
        } as const;
        const text = evidenceMarkdown({
          environment: "dev",
          account: "123456789012",
          by: "alex",
          startedAt: 0,
          endedAt: 1,
          steps: [{ ...step, calls: [{ call, at: 0, ms: 1 }] }],
        });
        const [row = "", ...others] = rowsAfter(text, "## Calls that were tried");
        assert.deepEqual(others, []);
        assert.deepEqual(codeSpansOf(cellsOf(row)[1] ?? ""), { spans: [printable(call)], rest: "" });
      }),
    );
  });

  it("name a resource whole whose name has colons in it", () => {
    const urn = "urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::logs::2027";
    const verdict = { name: "volume-size", level: "mandatory", urn, message: "too large" } as const;
    assert.match(
      render({ runs: new Map([["dev", runWith([], { verdicts: [verdict] })]]) }),
      /\| `logs::2027` \|/,
    );
  });
});

describe("money in the comment", () => {
  const free = (stack: string, names: readonly string[] = ["repository"]) =>
    plan(
      names.map((name) => resource(name)),
      { stack, usdPerDay: 0 },
    );

  it("has no column where a stack is on GitHub alone, and no date of prices", () => {
    const text = render({
      heads: new Map([["governance", free("governance")]]),
      runs: new Map([["governance", runWith([change("create", "label")], { stack: "governance" })]]),
    });
    assert.doesNotMatch(text, /\$|budget|prices/);
    assert.match(text, /^\| stack \| replace \| delete \| update \| create \| rules passed \|$/m);
    assert.match(text, /^\| `governance`<br><sub>preview<\/sub> \| – \| – \| – \| 1 \| all 51 \|$/m);
  });

  it("stands beside a dash where another stack costs something", () => {
    const text = render({
      heads: new Map([
        ["dev", plan([resource("store")])],
        ["governance", free("governance")],
      ]),
    });
    assert.match(text, /\| \$ a day \| at worst \| budget left \|/);
    assert.match(text, /^\| `governance`.* \| – \| – \| – \| [^|]+ \|$/m);
    assert.match(text, /^\| `dev`.* \| \$12\.20 \| \$17\.98 \| \$2\.80<br>of \$15\.00 \|/m);
  });

  it("stays where a stack costs nothing any more, or cannot be planned", () => {
    const gone = render({
      heads: new Map([["dev", free("dev", [])]]),
      bases: new Map([["dev", plan([resource("store")])]]),
    });
    assert.match(gone, /\| \$0\.00<br>-\$12\.20 \|/);
    assert.match(
      render({ problems: new Map([["governance", "no such stack"]]) }),
      /\| \? \| \? \| \? \| \? \|$/m,
    );
  });
});
