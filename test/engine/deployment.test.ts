import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";

const small = fileURLToPath(new URL("programs/small", import.meta.url));
const VPC = "aws:ec2/vpc:Vpc";

describe("a deployment under the real engine", function () {
  this.timeout(60_000);
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    skipWithoutEngine(this);
    workspace = await EngineWorkspace.start({ project: small });
  });

  after(() => workspace?.dispose());

  function account(): EngineWorkspace {
    assert.ok(workspace !== undefined, "the workspace did not start");
    return workspace;
  }

  it("is refused before anything is made when it differs from the approved preview (FM-43)", async () => {
    const plan = account().path("plan.json");
    const preview = await account().run("preview", { arguments: ["--save-plan", plan] });
    assert.equal(preview.exitCode, 0, preview.stdout);

    account().configure({ "simulated:cidr": "10.77.0.0/16" });
    const apply = await account().run("up", { withPreview: true, arguments: ["--plan", plan] });
    account().restoreStackFile();
    assert.notEqual(apply.exitCode, 0);
    assert.match(apply.diagnostics.join("\n"), /violates plan/);
    assert.deepEqual(account().cloud.resources(), []);
  });

  it("fails clearly while another one runs, and leaves that one's state whole (FM-41)", async () => {
    const hold = account().cloud.hold({ operation: "create", type: VPC });
    const first = account().begin("up");
    await hold.reached();
    const second = await account().run("up");
    hold.release();
    assert.notEqual(second.exitCode, 0);
    assert.match(second.stdout + second.stderr, /currently locked by 1 lock/);

    assert.equal((await first.run).exitCode, 0);
    assert.deepEqual((await account().run("refresh")).changes, {});
    assert.equal(account().cloud.resources(VPC).length, 1);
  });

  it("that was killed says next time what is pending and what to do (FM-42)", async () => {
    await account().run("destroy");
    const hold = account().cloud.hold({ operation: "create", type: VPC });
    const killed = account().begin("up");
    await hold.reached();
    killed.kill();
    await killed.run;
    hold.release();

    const locked = await account().run("up");
    assert.match(locked.stdout + locked.stderr, /pulumi cancel/);
    assert.equal((await account().command("cancel", "--yes", "--stack", account().stack)).exitCode, 0);
    const next = await account().run("up");
    assert.match(next.stdout + next.stderr, /pending operations[\s\S]*pulumi refresh/);
  });
});
