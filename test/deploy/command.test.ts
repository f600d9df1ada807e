import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/plans.ts";
import {
  BUCKET,
  Folder,
  makeBucket,
  putKeys,
  startAccount,
  stopAccount,
  startGround,
  TAGS,
  type Account,
  type Finished,
} from "./support.ts";

describe("ground deploy", function () {
  this.timeout(60_000);
  let account: Account;
  let folder: Folder;

  before(async function () {
    account = await startAccount(this);
  });
  after(async () => {
    await stopAccount(account);
  });

  beforeEach(async () => {
    await account.moto.reset();
    account.proxy.clear();
    await makeBucket(account.behind);
    folder = new Folder().write({ "bin/cfs": "program", notes: "text", third: "3" });
  });
  afterEach(() => {
    folder.remove();
  });

  function start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = account.environment,
  ) {
    return startGround(["deploy", ...args], environment);
  }

  /** Resolves when the nth PUT has come, which gets no answer. */
  function heldAt(count: number): Promise<void> {
    return new Promise((resolve) => {
      let puts = 0;
      account.proxy.rule(({ method }) => {
        if (method !== "PUT") return undefined;
        puts += 1;
        if (puts < count) return undefined;
        resolve();
        return "hold";
      });
    });
  }

  /** Waits for the request, or says why the command ended before it. */
  async function until(held: Promise<void>, finished: Promise<Finished>): Promise<void> {
    const ended = finished.then(({ exitCode, stderr }) => {
      throw new Error(`ended with ${String(exitCode)} before the request that was waited for:\n${stderr}`);
    });
    await Promise.race([held, ended]);
    ended.catch(() => undefined);
  }

  it("finds the bucket by name and tags, and says what it did; exit 0", async () => {
    // Named alike, of somebody else.
    await makeBucket(account.behind, "proving-ground-dev-artifacts-ffffffff", {
      ...TAGS,
      "proving-ground:owner": "other",
    });
    const { exitCode, stdout, stderr } = await start(["1.0.0", folder.path]).finished;
    assert.equal(exitCode, 0, stderr);
    assert.equal(
      stdout,
      `Version 1.0.0: deployed. 3 files, 12 B; sent: 3 contents, 12 B.\ns3://${BUCKET}/releases/1.0.0/manifest.json\n`,
    );
    assert.match(stderr, /Version 1\.0\.0 to stack dev/, "progress goes to the error stream");
  });

  it("the same version twice: already deployed, exit 0; with other content: exit 4, naming the files", async () => {
    assert.equal((await start(["1.0.0", folder.path, "--json"]).finished).exitCode, 0);
    const again = await start(["1.0.0", folder.path, "--json"]).finished;
    assert.deepEqual(JSON.parse(again.stdout), {
      outcome: "already deployed",
      version: "1.0.0",
      bucket: BUCKET,
      manifest: "releases/1.0.0/manifest.json",
      files: 3,
      bytes: 12,
      uploaded: { objects: 0, bytes: 0 },
    });
    assert.equal(again.exitCode, 0);
    const other = await start(["1.0.0", folder.write({ notes: "other" }).path]).finished;
    assert.equal(other.exitCode, 4);
    assert.equal(other.stdout, "");
    assert.match(other.stderr, /never overwritten:\n {2}notes: differs \(4 bytes there, 5 here\)\n/);
    assert.equal(other.stderr.split("never overwritten").length, 2, `said once, in full:\n${other.stderr}`);
  });

  it("two at once with other content each: one makes the version, the other is told; exit 0 and 4", async () => {
    const other = new Folder().write({ notes: "other" });
    const both = await Promise.all([
      start(["1.0.0", folder.path]).finished,
      start(["1.0.0", other.path]).finished,
    ]);
    other.remove();
    assert.deepEqual(both.map(({ exitCode }) => exitCode).sort(), [0, 4]);
    const refused = both.find(({ exitCode }) => exitCode === 4);
    assert.match(refused?.stderr ?? "", /never overwritten:[^]*notes: differs/);
  });

  it("credentials of another account than the stack's: exit 3, and the bucket is not asked", async () => {
    const file = join(folder.path, "Pulumi.dev.yaml");
    const ours = readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8");
    folder.write({
      "Pulumi.dev.yaml": ours.replace(/^config:$/m, 'config:\n  proving-ground:awsAccount: "999999999999"'),
    });
    const { exitCode, stderr } = await start(["1.0.0", folder.path, "--config", file]).finished;
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /for account 123456789012; the stack may only change 999999999999/);
    assert.deepEqual(putKeys(account.proxy), []);
  });

  it("everything wrong with the arguments at once, before any request; exit 2", async () => {
    symlinkSync("/etc/hostname", join(folder.path, "outside"));
    symlinkSync("nowhere", join(folder.path, "broken"));
    const { exitCode, stdout, stderr } = await start(["../1", folder.path]).finished;
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    for (const part of [
      'VERSION "../1": must be',
      "outside: is a link to /etc/hostname, outside the folder",
      "broken: is a link that leads nowhere",
    ])
      assert.ok(stderr.includes(part), `${part}\n${stderr}`);
    assert.equal(account.proxy.passed.length, 0);
  });

  it("an empty folder, and none: exit 2", async () => {
    const empty = new Folder();
    const nothing = await start(["1.0.0", empty.path]).finished;
    empty.remove();
    assert.deepEqual(
      [nothing.exitCode, nothing.stderr.includes("holds no files; build the artifacts first")],
      [2, true],
    );
    const none = await start(["1.0.0", empty.path]).finished;
    assert.deepEqual([none.exitCode, none.stderr.includes("no such folder")], [2, true]);
  });

  it("killed in the middle: no version; the same command sends the rest", async () => {
    const held = heldAt(3);
    const { child, finished } = start(["1.0.0", folder.path, "--concurrency", "1"]);
    await until(held, finished);
    child.kill("SIGKILL");
    await finished;
    assert.equal(putKeys(account.proxy).filter((key) => key.endsWith("manifest.json")).length, 0);

    account.proxy.clear();
    const { exitCode, stdout } = await start(["1.0.0", folder.path]).finished;
    assert.equal(exitCode, 0);
    assert.match(stdout, /deployed\. 3 files, 12 B; sent: 1 content, /);
  });

  it("interrupted: exit 4, says that no version was made and how to go on", async () => {
    const held = heldAt(2);
    const { child, finished } = start(["1.0.0", folder.path, "--concurrency", "1"]);
    await until(held, finished);
    child.kill("SIGINT");
    const { exitCode, stderr } = await finished;
    assert.equal(exitCode, 4);
    assert.match(
      stderr,
      /Interrupted: version 1\.0\.0 was not made\. The same command goes on where this one ended\./,
    );
    assert.equal(putKeys(account.proxy).filter((key) => key.endsWith("manifest.json")).length, 0);
  });

  it("no bucket yet, or two: exit 4 with what to do", async () => {
    await makeBucket(account.behind, "proving-ground-dev-artifacts-22222222");
    const two = await start(["1.0.0", folder.path]).finished;
    assert.equal(two.exitCode, 4);
    assert.match(two.stderr, /More than one artifact bucket of this stack: .*--bucket NAME/);
    await account.moto.reset();
    const none = await start(["1.0.0", folder.path]).finished;
    assert.equal(none.exitCode, 4);
    assert.match(none.stderr, /No artifact bucket proving-ground-dev-artifacts-….*pulumi up/);
    const named = await start(["1.0.0", folder.path, "--bucket", "gone"]).finished;
    assert.equal(named.exitCode, 4, named.stderr);
  });

  it("no credentials: exit 3, with what is needed", async () => {
    const without = { ...account.environment, AWS_ACCESS_KEY_ID: "" };
    const { exitCode, stderr } = await start(["1.0.0", folder.path], without).finished;
    assert.equal(exitCode, 3, stderr);
    assert.match(stderr, /needed are s3:GetObject/);
  });

  it("an unknown stack: exit 6; a concurrency that is none: exit 2", async () => {
    assert.equal((await start(["1.0.0", folder.path, "--stack", "devv"]).finished).exitCode, 6);
    assert.equal((await start(["1.0.0", folder.path, "--concurrency", "0"]).finished).exitCode, 2);
  });
});
