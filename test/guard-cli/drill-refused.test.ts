import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroundError } from "../../cli/errors.ts";
import { evidenceJson, keepEvidence } from "../../cli/guard/drill-evidence.ts";
import type { DrillPorts } from "../../cli/guard/drill-ports.ts";
import { drill } from "../../cli/guard/drill-run.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { CONFIG, NOON } from "../guard-aws/setting.ts";
import { ledgerAt } from "../guard/support.ts";
import { stackWith } from "./stack.ts";

const unasked = (what: string) => () => assert.fail(`${what} was asked`);

/** A guard that lives, and of which AWS knows no function: whatever else is asked fails the test. */
const GONE: DrillPorts = {
  cloud: new Proxy({} as DrillPorts["cloud"], { get: (_, call) => unasked(String(call)) }),
  clock: { now: () => NOON, sleep: () => Promise.resolve() },
  admissionLock: { acquire: unasked("the lock"), release: unasked("the lock") },
  table: {
    read: () => Promise.resolve(ledgerAt(NOON, nanoUsd(5))),
    heartbeat: () => Promise.resolve(NOON),
    requests: unasked("for leases"),
    removeLease: unasked("for a lease"),
    lockedBy: unasked("for a lease"),
    keepDrill: unasked("the table"),
  },
  parts: () => Promise.reject(new Error("Function not found")),
  groupFacts: unasked("a group"),
  decisionFor: unasked("IAM"),
  tryTerminate: unasked("EC2"),
};

describe("a drill that cannot be walked", () => {
  it("refuses a slot that the stack has not before anything is tried, exit 2", async () => {
    const untouched: DrillPorts = { ...GONE, parts: unasked("AWS") };
    await assert.rejects(
      drill(untouched, stackWith(CONFIG), "alex", "storage-9"),
      (error) =>
        error instanceof GroundError && error.exitCode === 2 && error.message.includes("there are storage-1"),
    );
  });

  it("says which table does not exist, where there is none to look for a sign of life in (FM-15)", async () => {
    const none = () =>
      Promise.reject(
        Object.assign(new Error("Requested resource not found"), { name: "ResourceNotFoundException" }),
      );
    const ports: DrillPorts = { ...GONE, table: { ...GONE.table, read: none, keepDrill: none } };
    const stack = stackWith(CONFIG);
    const evidence = await drill(ports, stack, "alex", undefined);
    const life = evidence.steps.find(({ id }) => id === "drill.life");
    assert.deepEqual(
      [life?.status, life?.found],
      ["failed", `the guard's table ${stack.name} does not exist`],
    );
    const folder = await mkdtemp(join(tmpdir(), "drill-"));
    try {
      assert.equal(
        (await keepEvidence(ports, evidence, folder)).length,
        2,
        "the files are kept all the same",
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("names the steps that were not tried, and the live one that was not begun", async () => {
    const evidence = await drill(GONE, stackWith(CONFIG), "alex", "storage-2");
    assert.deepEqual(
      evidence.steps.map(({ id, status }) => `${id} ${status}`),
      ["drill.parts failed", "drill.life ok", "drill.rest skipped", "live.start skipped"],
    );
    const { ok, live } = evidenceJson(evidence) as { ok: boolean; live: string | null };
    assert.deepEqual([ok, live], [false, null]);
  });
});
