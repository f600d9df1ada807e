import assert from "node:assert/strict";
import { BOOTSTRAP_FOLDER } from "../bootstrap/support.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";

const KEPT = ["aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning", "aws:kms/key:Key"] as const;

describe("the bootstrap project under the real engine", function () {
  this.timeout(120_000);
  let started: EngineWorkspace | undefined;

  before(async function () {
    skipWithoutEngine(this);
    started = await EngineWorkspace.start({ project: BOOTSTRAP_FOLDER, stack: "example" });
  });

  after(() => started?.dispose());

  function workspace(): EngineWorkspace {
    assert.ok(started !== undefined, "the workspace did not start");
    return started;
  }

  function kept(): number[] {
    return KEPT.map((type) => workspace().cloud.resources(type).length);
  }

  it("names every wrong setting at once, and makes nothing (FM-40)", async () => {
    const config = { [`${PREFIX}:awsAccount`]: "1234", [`${PREFIX}:pullRequests`]: "test" };
    const refused = await workspace().run("preview", { config });
    assert.notEqual(refused.exitCode, 0);
    const said = refused.diagnostics.join("\n");
    assert.match(said, /Pulumi\.example\.yaml: 2 problems/);
    assert.match(said, /awsAccount = "1234": must be 12 digits/);
    assert.match(said, /pullRequests = "test": must be one of the environments: dev, staging, prod/);
    assert.doesNotMatch(said, /\n\s+at /);
    assert.deepEqual(workspace().cloud.resources(), []);
  });

  it("makes everything once: a second look finds nothing to do", async () => {
    const up = await workspace().run("up");
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    assert.deepEqual(kept(), [1, 1, 4]);
    const preview = await workspace().run("preview", { arguments: ["--expect-no-changes"] });
    assert.equal(preview.exitCode, 0, preview.stdout + preview.stderr);
  });

  it("cannot be destroyed: the engine refuses before anything is deleted (FM-46)", async () => {
    const before = workspace().cloud.resources().length;
    const destroy = await workspace().run("destroy", { withPreview: true });
    assert.notEqual(destroy.exitCode, 0);
    assert.match(destroy.stdout + destroy.stderr, /protected/);
    assert.equal(workspace().cloud.resources().length, before);
  });

  it("leaves bucket and keys where somebody lifts the protection and destroys all the same (FM-46)", async () => {
    const { stack } = workspace();
    const lifted = await workspace().command("state", "unprotect", "--all", "--yes", "--stack", stack);
    assert.equal(lifted.exitCode, 0, lifted.stdout + lifted.stderr);
    const destroy = await workspace().run("destroy");
    assert.equal(destroy.exitCode, 0, destroy.stdout + destroy.stderr);
    assert.deepEqual(kept(), [1, 1, 4]);
    assert.deepEqual(workspace().cloud.resources("aws:iam/role:Role"), []);
    assert.equal(
      workspace().cloud.resources("aws:iam/openIdConnectProvider:OpenIdConnectProvider").length,
      1,
    );
  });
});

const PREFIX = "proving-ground-bootstrap";
