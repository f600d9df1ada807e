import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGround } from "../deploy/support.ts";
import { environmentOf } from "../support/moto.ts";
import { startClusterAccount, type ClusterAccount } from "./account.ts";

describe("ground cluster as a command", function () {
  this.timeout(60_000);
  let account: ClusterAccount;
  let environment: Readonly<Record<string, string>>;

  before(async function () {
    account = await startClusterAccount(this);
    environment = environmentOf(account.proxy.url);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make(Date.now()));

  const ground = (words: string, extra: Readonly<Record<string, string>> = {}) =>
    startGround(["cluster", ...words.split(" "), "--stack", "prod"], { ...environment, ...extra }).finished;

  async function everyHostSays(state: "ready" | "booting"): Promise<void> {
    for (const { InstanceId = "", Tags = [] } of await account.running()) {
      const group = Tags.find(({ Key }) => Key === "aws:autoscaling:groupName")?.Value;
      const slot = account.stack.config.slots.find((one) => one.group === group);
      if (slot !== undefined) await account.say(slot.name, InstanceId, state);
    }
  }

  it("start, status, extend, ssh, stop: what a working day takes, exit 0", async () => {
    const asked = await ground("start --size small --for 2h");
    assert.equal(asked.exitCode, 0, asked.stdout + asked.stderr);
    assert.match(
      asked.stderr,
      /^2 slots for 2h: \$\d+\.\d\d.* at most, on demand\)\ntoday: at most \$\d+\.\d\d of the \$/,
    );
    assert.match(asked.stdout, /Requested; lease \d{8}-\d{4}-moto-[0-9a-f]{6}: moto, 2 slots, until /);

    await everyHostSays("ready");
    const waited = await ground("start --size small --for 1h --wait");
    assert.equal(waited.exitCode, 0, waited.stdout + waited.stderr);
    assert.match(waited.stdout, /2 slots: 2 ready\n\nReady: all 2 slots;/);
    assert.match(waited.stderr, /^storage-1: ready$/m);

    const { exitCode, stdout } = await ground("status --json");
    const status = JSON.parse(stdout) as {
      leases: { id: string; owner: string }[];
      slots: { slot: string; state: string; usdPerHour?: number }[];
    };
    assert.equal(exitCode, 0);
    assert.deepEqual(
      status.leases.map(({ owner }) => owner),
      ["moto", "moto"],
    );
    const [first] = status.slots;
    assert.equal(first?.state, "ready");
    assert.ok((first.usdPerHour ?? 0) > 0);

    const ambiguous = await ground("extend 1h");
    assert.equal(ambiguous.exitCode, 2);
    assert.match(ambiguous.stderr, /several active leases/);
    const extended = await ground(`extend 1h --lease ${status.leases[0]?.id ?? ""}`);
    assert.equal(extended.exitCode, 0, extended.stderr);
    assert.match(
      extended.stdout,
      /left, with all that the lease has left till then\n[^]*Lease .* runs until /,
    );

    const printed = await ground("ssh storage-1 --print");
    assert.match(printed.stdout, /^aws ssm start-session --region us-west-2 --target i-[0-9a-f]+\n$/);

    const stopped = await ground("stop");
    assert.equal(stopped.exitCode, 0, stopped.stderr);
    assert.match(stopped.stdout, /^Stopped: storage-1, fuse-client-1\. Their hosts are gone\.\n/);
    assert.deepEqual((await account.table.requests()).leases, []);
  });

  it("over budget: the sums on the error stream, nothing on the other, exit 5", async () => {
    await account.meter({ spentUsd: "101" });
    const { exitCode, stdout, stderr } = await ground("start");
    assert.equal(exitCode, 5);
    assert.equal(stdout, "");
    assert.match(stderr, /^Refused: the launch may cost \$.*\n {2}the day's line +\$100\.00\n/);
    assert.deepEqual(await account.wanted(), []);
  });

  it("Ctrl-C while it waits: the slots go on under their lease, exit 4", async () => {
    const { child, finished } = startGround(
      ["cluster", "start", "--stack", "prod", "--size", "small", "--wait"],
      environment,
    );
    let said = "";
    for (;;) {
      const [text] = (await once(child.stderr, "data")) as [Buffer];
      said += text.toString();
      if (said.includes("storage-1: ")) break;
    }
    child.kill("SIGINT");
    const { exitCode, stdout } = await finished;
    assert.equal(exitCode, 4, stdout);
    assert.match(stdout, /Interrupted while waiting: the slots go on starting; lease /);
    assert.equal((await account.running()).length, 2);
    assert.equal((await account.table.requests()).leases.length, 1);
  });

  it("status --watch --json: a document a line for each look, until Ctrl-C", async () => {
    const { child, finished } = startGround(
      ["cluster", "status", "--stack", "prod", "--watch", "--json"],
      environment,
    );
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const { exitCode, stdout } = await finished;
    assert.equal(exitCode, 0, stdout);
    const looks = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { environment: string });
    assert.deepEqual(
      looks.map((look) => look.environment),
      looks.map(() => "prod"),
    );
  });

  it("ssh hands the terminal to the AWS CLI and its exit code on; without it says what to install", async () => {
    await account.wish("storage-1", 1);
    const folder = mkdtempSync(join(tmpdir(), "ground-ssh-"));
    try {
      const none = await ground("ssh storage-1", { PATH: folder });
      assert.equal(none.exitCode, 2);
      assert.match(
        none.stderr,
        /aws is not on PATH[^]*session-manager-plugin is not on PATH[^]*aws ssm start-session/,
      );
      for (const program of ["aws", "session-manager-plugin"]) {
        const path = join(folder, program);
        writeFileSync(path, '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "session: $*"\nexit 7\n');
        chmodSync(path, 0o755);
      }
      const there = await ground("ssh storage-1", { PATH: folder });
      assert.equal(there.exitCode, 7, there.stderr);
      assert.match(there.stdout, /^session: ssm start-session --region us-west-2 --target i-/);
      assert.equal((await ground("ssh storage-2")).exitCode, 4);
      const wrong = await ground("ssh storage-9");
      assert.equal(wrong.exitCode, 2);
      assert.match(wrong.stderr, /no slot "storage-9"\. It has: storage-1, /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("arguments that cannot be: exit 2, and AWS is not asked", async () => {
    account.forgetRules();
    const cases = [
      ["start --for 8", /"8" is not a duration from 10m to 7d/],
      ["start --for 8d", /must be a duration/],
      ["start --size huge", /Allowed choices are small, medium, large/],
      ["start --at-least 0", /whole number of slots/],
      ["start --wait forever", /from 1m to 4h/],
      ["extend soon", /is not a duration/],
    ] as const;
    await Promise.all(
      cases.map(async ([words, message]) => {
        const { exitCode, stderr } = await ground(words);
        assert.equal(exitCode, 2, words);
        assert.match(stderr, message);
      }),
    );
    assert.deepEqual(account.proxy.passed, []);
  });

  it("more slots wanted than there are, or a larger size than the stack's: exit 2, nothing changed", async () => {
    assert.match((await ground("start --at-least 10")).stderr, /more than the 9 slots/);
    const dev = await startGround(["cluster", "start", "--size", "large", "--stack", "dev"], environment)
      .finished;
    assert.equal(dev.exitCode, 2, dev.stderr);
    assert.deepEqual((await account.table.requests()).leases, []);
  });

  it("no credentials: exit 3; an unknown stack: 6; a stack without hosts: 2; a stack that is not deployed: 4", async () => {
    assert.equal((await ground("status", { AWS_ACCESS_KEY_ID: "" })).exitCode, 3);
    assert.equal(
      (await startGround(["cluster", "status", "--stack", "prodd"], environment).finished).exitCode,
      6,
    );
    const governed = await startGround(
      ["cluster", "status", "--config", "examples/octollm.yaml"],
      environment,
    ).finished;
    assert.equal(governed.exitCode, 2);
    assert.match(governed.stderr, /only governs repositories/);
    await account.moto.reset();
    const empty = await ground("start");
    assert.equal(empty.exitCode, 4);
    assert.match(empty.stderr, /guard's table does not exist: run `pulumi up`/);
  });
});
