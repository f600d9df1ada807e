import assert from "node:assert/strict";
import fc from "fast-check";
import { checklistJson, exitCodeOf, renderChecklist, type CheckLine } from "../../cli/checklist.ts";

const word = fc.stringMatching(/^[a-z:/-]{1,120}$/);
const words = fc.array(word, { minLength: 1, maxLength: 12 }).map((all) => all.join(" "));
const line: fc.Arbitrary<CheckLine> = fc.record({
  id: word,
  title: fc.stringMatching(/^[a-z]{1,30}$/),
  status: fc.constantFrom("ok", "failed", "warning", "unknown", "skipped"),
  found: words,
  fix: words,
});

describe("checklists", () => {
  it("cut nothing off, whatever its length, and end no line in spaces", () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 40, max: 200 }),
        (lines, width) => {
          const text = renderChecklist(lines, width);
          assert.doesNotMatch(text, / $/m);
          assert.ok(!text.includes("…"));
          // The words of the last column, whose lines the table breaks as it must.
          const letters = text.replaceAll(/\s/g, "");
          for (const { found, title } of lines)
            if (lines.length === 1)
              assert.ok(letters.includes(found.replaceAll(" ", "")) && letters.includes(title), text);
        },
      ),
    );
  });

  it("say a fix once where lines in a row share it", () => {
    const failed = (title: string, fix: string): CheckLine => ({
      id: title,
      title,
      status: "failed",
      found: "gone",
      fix,
    });
    const text = renderChecklist([failed("a", "Run up."), failed("b", "Run up."), failed("c", "Look.")]);
    assert.equal(
      text,
      [
        "a      FAILED    gone",
        "                 → Run up.",
        "b      FAILED    gone",
        "                 → as above",
        "c      FAILED    gone",
        "                 → Look.",
        "",
        "3 failed",
        "",
      ].join("\n"),
    );
  });

  it("fail where a line failed or could not be looked at, and for nothing else", () => {
    const of = (status: CheckLine["status"]) => exitCodeOf([{ id: "a", title: "A", status, found: "f" }]);
    assert.deepEqual((["ok", "failed", "warning", "unknown", "skipped"] as const).map(of), [0, 4, 0, 4, 0]);
    assert.deepEqual(JSON.parse(checklistJson([])), { ok: true, lines: [] });
  });
});
