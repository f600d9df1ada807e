import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderComment } from "../../cli/comment/render.ts";
import { reportsOf } from "../../cli/comment/report.ts";
import { runOf } from "../../cli/delivery/run.ts";
import { ROOT } from "../support/engine-plans.ts";
import { startWithPolicyPack } from "../support/engine-policies.ts";
import type { EngineWorkspace } from "../support/engine.ts";
import { keepable, RECORDED, recordedLog } from "./recording.ts";

const program = fileURLToPath(new URL("program", import.meta.url));

/** Both editions of the program's secret. */
const CANARY = /canary-(old|new)-1234/;

describe("the comment from a preview by the real engine", function () {
  this.timeout(120_000);
  let workspace: EngineWorkspace | undefined;
  let log = "";
  let exitCode = -1;

  before(async function () {
    workspace = await startWithPolicyPack(this, program);
    const up = await workspace.run("up");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    workspace.configure({ "commented:edition": "later" });
    const preview = await workspace.run("preview", { policyPacks: [join(ROOT, "policies")] });
    exitCode = preview.exitCode;
    log = [...workspace.written()].findLast(([file]) => /events-\d+\.ndjson$/.test(file))?.[1] ?? "";
    if (process.env["UPDATE_GOLDEN"] === "1") {
      mkdirSync(dirname(RECORDED), { recursive: true });
      writeFileSync(RECORDED, keepable(log));
    }
  });

  after(() => workspace?.dispose());

  it("has what the recorded sample has: the same changes in the same order", () => {
    const stack = { stack: "dev", operation: "preview", exitCode } as const;
    const now = runOf(log, stack);
    assert.deepEqual(now.changes, runOf(recordedLog(), stack).changes);
    assert.deepEqual(
      now.changes.map(({ kind, name, properties }) => [kind, name, ...properties].join(" ")),
      [
        "replace keeper ami",
        "delete old-store",
        "update store tags",
        "update token value",
        "create new-store",
      ],
    );
    assert.equal(now.complete, true);
    assert.ok(now.policiesAsked > 0, "the policy pack was asked");
  });

  it("shows no secret, though the engine's own log holds one in clear (FM-65)", () => {
    assert.match(log, CANARY, "the engine no longer logs secrets: the log could leave the machine");
    const run = runOf(log, { stack: "dev", operation: "preview", exitCode });
    assert.doesNotMatch(JSON.stringify(run), CANARY);
    const comment = renderComment(
      reportsOf({ heads: new Map(), bases: new Map(), problems: new Map(), runs: new Map([["dev", run]]) }),
      {},
    );
    assert.doesNotMatch(comment, CANARY);
    assert.doesNotMatch(recordedLog(), CANARY);
  });

  it("leaves no secret in a saved plan, which travels to the next job (FM-65)", async () => {
    assert.ok(workspace !== undefined, "the workspace did not start");
    const plan = workspace.path("plan.json");
    const saved = await workspace.run("preview", { arguments: ["--save-plan", plan] });
    assert.equal(saved.exitCode, 0, saved.stdout);
    const text = readFileSync(plan, "utf8");
    assert.match(text, /resourcePlans/);
    assert.doesNotMatch(text, CANARY);
  });
});
