import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";

const program = fileURLToPath(new URL("programs/renamed", import.meta.url));

/** By today's name. A slot, and every component that holds something a person would miss. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  "fuse-client-1": "harness-1",
  artifacts: "store",
  encryption: "lock",
  orchestrator: "controller",
  secrets: "vault",
};

const HOLDS_DATA = [
  "aws:autoscaling/group:Group",
  "aws:ec2/instance:Instance",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
];

/** Names in URNs and names in AWS, as an older version of the program would have given them. */
function asItWas(document: string): string {
  const today = Object.keys(FORMER_NAMES).join("|");
  return document.replace(
    new RegExp(`(::|proving-ground-dev-)(${today})(?=["\\\\-])`, "g"),
    (_, before: string, name: string) => before + (FORMER_NAMES[name] ?? name),
  );
}

describe("a stack made when things had other names, under the real engine", function () {
  this.timeout(60_000);
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    skipWithoutEngine(this);
    workspace = await EngineWorkspace.start({ project: program });
    const { config } = parse(readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8")) as {
      config: Readonly<Record<string, unknown>>;
    };
    const secrets = { names: ["cfs/github-token"], create: true };
    workspace.configure({ ...config, "proving-ground:secrets": secrets });
    const up = await workspace.run("up");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    await workspace.rewriteHistory(asItWas);
  });

  after(() => workspace?.dispose());

  function account(): EngineWorkspace {
    assert.ok(workspace !== undefined, "the workspace did not start");
    return workspace;
  }

  it("would lose all that holds data if the names were not stated", async () => {
    const preview = await account().run("preview");
    const deleted = preview.steps.filter(({ op }) => op === "delete").map(({ type }) => type);
    assert.deepEqual([...new Set(deleted)].filter((type) => HOLDS_DATA.includes(type)).sort(), HOLDS_DATA);
  });

  it("replaces, makes and deletes nothing when they are (FM-49)", async () => {
    const ids = account()
      .cloud.resources()
      .map(({ type, id }) => `${type} ${id}`);
    assert.ok(ids.includes("aws:autoscaling/group:Group proving-ground-dev-harness-1"), ids.join("\n"));
    account().configure({ "renamed:formerNames": FORMER_NAMES });
    const up = await account().run("up");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    assert.deepEqual(
      up.steps.filter(({ op }) => op !== "same" && op !== "update").map(({ op, urn }) => `${op} ${urn}`),
      [],
    );
    assert.deepEqual(
      account()
        .cloud.resources()
        .map(({ type, id }) => `${type} ${id}`),
      ids,
    );
    // Under the new names for good: what was renamed is then as whole as anything else.
    assert.deepEqual((await account().run("up")).changes, {});
    assert.deepEqual((await account().run("refresh")).changes, {});
  });
});
