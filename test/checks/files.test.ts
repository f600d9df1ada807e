import assert from "node:assert/strict";
import { reportedChecks } from "../../cli/checks/reported.ts";
import { PR } from "./cases.ts";
import { files, judged, lines, MAIN, workflow } from "./support.ts";

describe("files of workflows", () => {
  it("refuses what a workflow reports that is switched off, unless another reports it", async () => {
    const [on, off] = files({ "on.yml": workflow(PR, { a: "" }), "off.yml": workflow(PR, { a: "", b: "" }) });
    assert.ok(on !== undefined && off !== undefined);
    const said = await judged([on, { ...off, disabled: "disabled_inactivity" }], ["a", "b"]);
    assert.deepEqual(lines(said), [
      "reported a: a in on.yml",
      "never b: off.yml is switched off (disabled_inactivity): nothing starts it",
    ]);
    assert.equal(said[1]?.fix, "switch it on: `gh workflow enable off.yml`");
  });

  it("names the line and column of what GitHub would not run, and judges the other files", async () => {
    const texts = files({
      "yaml.yml": "on: [push\njobs: {}\n",
      "schema.yml": "on: pull_request\njobs:\n  a:\n    runs-on: x\n    stepz: []\n",
      "needs.yml": workflow(PR, { a: "needs: gone" }),
      "good.yml": workflow(PR, { b: "" }),
    });
    const { problems, checks } = await reportedChecks(texts, MAIN);
    assert.deepEqual(
      problems.map(({ path, line, column, message }) => [path.split("/").at(-1), line, column, message]),
      [
        [
          "yaml.yml",
          2,
          1,
          "Flow sequence in block collection must be sufficiently indented and end with a ]",
        ],
        ["schema.yml", 5, 5, "Unexpected value 'stepz'"],
        ["needs.yml", 3, 3, "The workflow must contain at least one job with no dependencies."],
      ],
    );
    assert.deepEqual(
      checks.map(({ name }) => name),
      ["b"],
    );
    const [verdict] = await judged(texts, ["a"]);
    assert.match(
      verdict?.message ?? "",
      /^no workflow reports it, and GitHub does not run .*yaml\.yml:2:1: Flow/,
    );
  });
});
