import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { until } from "../support/simulated-provider/cloud.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";

const small = fileURLToPath(new URL("programs/small", import.meta.url));
const BUCKET = "aws:s3/bucket:Bucket";
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

  it("that was killed leaves a lock and a pending creation, and the CLI's way out of both leads to a whole stack (FM-42)", async () => {
    await account().run("destroy");
    const hold = account().cloud.hold({ operation: "create", type: VPC });
    const killed = account().begin("up");
    // Everything else is done: a local backend that is killed while it writes leaves half a file.
    await until(
      () =>
        pendingCreations(account().stateFile).join() === VPC &&
        account().cloud.resources(BUCKET).length === 1,
    );
    killed.kill();
    await killed.run;
    hold.release();
    await until(() => account().cloud.resources(VPC).length === 1);

    const locked = await account().run("up");
    assert.match(locked.stdout + locked.stderr, /pulumi cancel/);
    const { stack, cloud } = account();
    assert.equal((await account().command("cancel", "--yes", "--stack", stack)).exitCode, 0);

    // The half-made VPC is in the account and not in the state. Taking it over with `pulumi import` is
    // the other way; the SDK's provider server cannot answer an import.
    cloud.remove(VPC, "net");
    const refresh = await account().run("refresh", { arguments: ["--clear-pending-creates"] });
    assert.equal(refresh.exitCode, 0, refresh.stdout + refresh.stderr);
    assert.deepEqual(pendingCreations(account().stateFile), []);

    const next = await account().run("up");
    assert.equal(next.exitCode, 0, next.stdout + next.stderr);
    assert.equal(cloud.resources(VPC).length, 1);
    assert.deepEqual((await account().run("refresh")).changes, {});
  });
});

/** Types of the resources whose creation the engine has begun and not ended; none while the state is being written. */
function pendingCreations(stateFile: string): string[] {
  try {
    const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as State;
    return (checkpoint.latest?.pending_operations ?? []).map(({ resource }) => resource.type);
  } catch {
    return [];
  }
}

interface State {
  readonly checkpoint: {
    readonly latest?: {
      readonly pending_operations?: readonly { readonly resource: { readonly type: string } }[];
    };
  };
}
