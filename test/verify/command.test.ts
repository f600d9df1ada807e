import assert from "node:assert/strict";
import { startAccount, stopAccount, startGround, type Account } from "../deploy/support.ts";
import { planOf } from "../support/plans.ts";
import { makeLiveStack } from "./live-stack.ts";

describe("ground verify", function () {
  this.timeout(60_000);
  let account: Account;

  before(async function () {
    account = await startAccount(this);
    await makeLiveStack(account, await planOf("dev"));
  });
  after(async () => {
    await stopAccount(account);
  });

  it("a sound stack: the table, exit 0", async () => {
    const { exitCode, stdout, stderr } = await startGround(["verify"], account.environment).finished;
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /Slot storage-1 +ok +ready: i-/);
    assert.match(stdout, /Artifacts +skipped +no version was deployed yet/);
    assert.match(stdout, /\n19 ok, 2 skipped\n$/);
  });

  it("--version is the artifacts', --json one document, a failure exit 4", async () => {
    const { exitCode, stdout } = await startGround(
      ["verify", "--version", "2.0.0", "--json"],
      account.environment,
    ).finished;
    const { ok, lines } = JSON.parse(stdout) as {
      ok: boolean;
      lines: { id: string; status: string; fix?: string }[];
    };
    assert.equal(exitCode, 4);
    assert.equal(ok, false);
    assert.deepEqual(
      lines.filter(({ status }) => status === "failed").map(({ id, fix }) => [id, fix]),
      [["aws.artifacts", "ground deploy VERSION DIR puts one there."]],
    );
  });

  it("no credentials: every line says so, exit 3", async () => {
    const without = { ...account.environment, AWS_ACCESS_KEY_ID: "" };
    const { exitCode, stdout } = await startGround(["verify"], without).finished;
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /Set AWS_PROFILE, or sign in/);
  });

  it("a version that cannot be one: exit 2; an unknown stack: exit 6", async () => {
    assert.equal(
      (await startGround(["verify", "--version", "a/b"], account.environment).finished).exitCode,
      2,
    );
    assert.equal(
      (await startGround(["verify", "--stack", "devv"], account.environment).finished).exitCode,
      6,
    );
  });
});
