import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { BOOT_REPORTED_EXIT } from "../../infra/lib/boot-script.ts";
import { MAX_STATUS_BYTES, parseStatus } from "../../runtime/host/report.ts";
import { AWS, createSandbox, INSTANCE_ID, LAUNCHED_AT, type Sandbox } from "./support/sandbox.ts";
import { USER_DATA_ARGS } from "./support/user-data.ts";

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe("boot script", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await createSandbox();
  });

  afterEach(() => sandbox.remove());

  it("installs Node, fetches the bundle, and runs it through the unit", async () => {
    const { code, output } = await sandbox.start();
    assert.equal(code, 0, output);
    assert.equal(await sandbox.runs(), 1);
    assert.deepEqual(await sandbox.calls(), [
      "systemctl daemon-reload",
      "systemctl enable --now proving-ground-boot.service",
      "dnf install -y nodejs22",
      `aws s3 cp --only-show-errors s3://${USER_DATA_ARGS.bucket}/${USER_DATA_ARGS.bundleKey} ${sandbox.paths.bundle}.new`,
    ]);
    assert.equal(await sandbox.status(), undefined);
    assert.equal(await readFile(sandbox.paths.bundle, "utf8"), sandbox.bundle);
  });

  it("needs nobody at later boots", async () => {
    await sandbox.start();
    const before = (await sandbox.calls()).length;
    assert.equal((await sandbox.start("run")).code, 0);
    assert.equal(await sandbox.runs(), 2);
    assert.equal((await sandbox.calls()).length, before);
  });

  describe("FM-27", () => {
    const damages: readonly (readonly [string, (bundle: string) => string])[] = [
      ["truncated", (bundle) => bundle.slice(0, -1)],
      ["empty", () => ""],
      ["altered", (bundle) => bundle.replace("appendFileSync", "appendFilesync")],
      ["longer", (bundle) => `${bundle}\n`],
    ];
    for (const [title, damage] of damages) {
      it(`FM-27 refuses a bundle that arrives ${title}, before it runs, and says so`, async () => {
        const served = damage(sandbox.bundle);
        await sandbox.serve(served);
        assert.notEqual((await sandbox.start()).code, 0);
        assert.equal(await sandbox.runs(), 0);
        assert.equal(existsSync(sandbox.paths.bundle), false);
        const status = await sandbox.status();
        assert.equal(status?.step, "verify-bundle");
        assert.ok(
          status.reason.includes(
            `is ${sha256(served)}, not ${sha256(sandbox.bundle)}: refused before it ran`,
          ),
          status.reason,
        );
      });
    }

    it("FM-27 fetches the bundle anew where it was altered on the disk, and never runs the altered one", async () => {
      await sandbox.start();
      await writeFile(sandbox.paths.bundle, "process.exit(99);");
      assert.equal((await sandbox.start("run")).code, 0);
      assert.equal(await sandbox.runs(), 2);
      assert.equal(await readFile(sandbox.paths.bundle, "utf8"), sandbox.bundle);
    });

    it("FM-27 runs neither the altered bundle on the disk nor an altered one from S3", async () => {
      await sandbox.start();
      await writeFile(sandbox.paths.bundle, "process.exit(99);");
      await sandbox.serve("process.exit(98);");
      assert.equal((await sandbox.start("run")).code, 1);
      assert.equal((await sandbox.status())?.step, "verify-bundle");
    });
  });

  describe("FM-26", () => {
    const failures: readonly (readonly [step: string, command: string, body: string, reason: RegExp])[] = [
      ["enable-service", "systemctl", "echo 'Unit is malformed' >&2; exit 1", /^exit 1: Unit is malformed/],
      [
        "install-node",
        "dnf",
        "echo 'No match for argument: nodejs22' >&2; exit 1",
        /^exit 1: No match for argument: nodejs22/,
      ],
      ["install-node", "dnf", 'kill -TERM "$PPID"', /^exit 143: ended by systemd: out of time or stopped/],
      [
        "fetch-bundle",
        "aws",
        `if [[ $1 == s3 ]]; then echo 'fatal error: (403) Forbidden' >&2; exit 1; fi\n${AWS}`,
        /^exit 1: fatal error: \(403\) Forbidden/,
      ],
    ];
    for (const [step, command, body, reason] of failures) {
      it(`FM-26 says in the status parameter and on the console that ${step} failed: ${reason.source}`, async () => {
        await sandbox.stub(command, body);
        assert.notEqual((await sandbox.start()).code, 0);
        const status = await sandbox.status();
        assert.deepEqual([status?.state, status?.step, status?.instanceId], ["failed", step, INSTANCE_ID]);
        assert.match(status?.reason ?? "", reason);
        assert.match(
          await sandbox.console(),
          new RegExp(`^proving-ground: storage-1 failed at ${step}: exit`),
        );
        assert.equal(await sandbox.runs(), 0);
        const puts = (await sandbox.calls()).filter((call) => call.startsWith("aws ssm put-parameter"));
        assert.equal(puts.length, 1, "reported once");
        assert.ok(puts[0]?.includes(`--name ${USER_DATA_ARGS.statusParameter} --type String --overwrite`));
      });
    }

    it("FM-26 writes a status that its readers understand", async () => {
      await sandbox.stub("dnf", "exit 1");
      await sandbox.start();
      const status = parseStatus(JSON.stringify(await sandbox.status()));
      assert.equal(status?.state, "failed");
      assert.deepEqual([status.instanceId, status.launchedAt], [INSTANCE_ID, LAUNCHED_AT]);
      assert.match(status.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it("FM-26 keeps JSON and Parameter Store whole whatever the command says", async () => {
      await sandbox.stub(
        "dnf",
        `printf '"quoted" \\\\back {{x}} %%s \\t\\001 \\303\\244 $(id)\\n%.0s' {1..400} >&2; exit 1`,
      );
      await sandbox.start();
      const status = await sandbox.status();
      assert.match(status?.reason ?? "", /quoted back x %s .* \$\(id\)/);
      assert.doesNotMatch(JSON.stringify(status), /\{\{/);
      assert.ok(JSON.stringify(status).length < MAX_STATUS_BYTES);
    });

    it("FM-26 still writes to the console where the parameter cannot be written", async () => {
      await sandbox.stub("aws", "echo denied >&2; exit 254");
      assert.notEqual((await sandbox.start()).code, 0);
      assert.match(await sandbox.console(), /storage-1 failed at fetch-bundle: exit 1: denied/);
    });

    it("FM-26 still writes the parameter where there is no console or instance id", async () => {
      await sandbox.stub(
        "dnf",
        `rm "$folder/console" "$folder/instance-id"; mkdir "$folder/console"; exit 1`,
      );
      await sandbox.start();
      assert.equal((await sandbox.status())?.step, "install-node");
      assert.equal((await sandbox.status())?.instanceId, INSTANCE_ID, "from the metadata service");
    });

    it("FM-26 still writes the parameter where neither file nor metadata service say who it is", async () => {
      await sandbox.stub("curl", "exit 7");
      await sandbox.stub("dnf", `rm "$folder/instance-id"; exit 1`);
      await sandbox.start();
      const { step, instanceId, launchedAt } = (await sandbox.status()) ?? assert.fail("no status");
      assert.deepEqual([step, instanceId, launchedAt], ["install-node", null, null]);
    });

    it("FM-26 reports a mode it does not know", async () => {
      assert.equal((await sandbox.start("instal")).code, 64);
      assert.match((await sandbox.status())?.reason ?? "", /called with 'instal' instead of install or run/);
    });
  });

  describe("when another host stands in the status", () => {
    const OTHER = "i-0bbbbbbbbbbbbbbb2";
    const AT = "2026-03-01T09:00:00.000Z";
    function statusOf(instanceId: string, launchedAt: string | null, at = AT): string {
      const status = { reason: null, state: "ready", step: "ready", incarnation: null, data: null };
      return JSON.stringify({ ...status, instanceId, launchedAt, at });
    }
    const cases: readonly (readonly [title: string, standing: string, stays: boolean, metadata?: string])[] =
      [
        ["a later launch", statusOf(OTHER, "2026-03-01T08:00:01.000Z"), true],
        [
          "a launch of the same second with the greater id",
          statusOf(OTHER, "2026-03-01T08:00:00.000Z"),
          true,
        ],
        [
          "a launch of the same second with the lesser id",
          statusOf("i-00000000000000000", "2026-03-01T08:00:00.000Z"),
          false,
        ],
        ["an earlier launch", statusOf(OTHER, "2026-03-01T07:59:59.000Z"), false],
        ["a host of unknown launch, written since", statusOf(OTHER, null), true],
        ["a host of unknown launch, written before", statusOf(OTHER, null, "2026-03-01T07:59:59Z"), false],
        ["this host itself", statusOf(INSTANCE_ID, "2026-03-01T08:00:00.000Z"), false],
        [
          "any other host, when this one cannot learn its launch",
          statusOf(OTHER, "2020-01-01T00:00:00.000Z"),
          true,
          "exit 7",
        ],
        ["this host itself, when it cannot learn its launch", statusOf(INSTANCE_ID, null), false, "exit 7"],
      ];
    for (const [title, standing, stays, metadata] of cases) {
      it(`FM-26 ${stays ? "leaves" : "replaces"} the status of ${title}`, async () => {
        await sandbox.leaveStatus(standing);
        if (metadata !== undefined) await sandbox.stub("curl", metadata);
        await sandbox.stub("dnf", 'kill -TERM "$PPID"');
        await sandbox.start();
        const status = await sandbox.status();
        if (stays) assert.deepEqual(status, JSON.parse(standing));
        else assert.deepEqual([status?.state, status?.instanceId], ["failed", INSTANCE_ID]);
        assert.match(
          await sandbox.console(),
          /storage-1 failed at install-node: exit 143/,
          "the console has it anyway",
        );
        const puts = (await sandbox.calls()).filter((call) => call.startsWith("aws ssm put-parameter"));
        assert.equal(puts.length, stays ? 0 : 1);
      });
    }
  });

  it("tries again, waiting longer, where packages or the bundle are not there yet", async () => {
    const failTwice = `n=$(cat "$folder/tries" 2>/dev/null || echo 0); echo $((n + 1)) >"$folder/tries"\n`;
    await sandbox.stub(
      "aws",
      `${failTwice}if ((n < 2)); then echo 'Unable to locate credentials' >&2; exit 253; fi\n${AWS}`,
    );
    assert.equal((await sandbox.start()).code, 0);
    assert.equal(await sandbox.runs(), 1);
    const sleeps = (await sandbox.calls()).filter((call) => call.startsWith("sleep"));
    assert.deepEqual(sleeps, ["sleep 5", "sleep 10"]);
  });

  it("tries five times and no more", async () => {
    await sandbox.stub("dnf", "exit 1");
    await sandbox.start();
    assert.equal((await sandbox.calls()).filter((call) => call.startsWith("dnf")).length, 5);
  });

  describe("when the boot program fails", () => {
    async function withBundle(after: string): Promise<void> {
      await sandbox.remove();
      sandbox = await createSandbox(after);
    }

    it("FM-26 leaves a status alone that the program has written itself", async () => {
      await withBundle(`process.exit(${String(BOOT_REPORTED_EXIT)});`);
      assert.notEqual((await sandbox.start()).code, 0);
      assert.equal(await sandbox.runs(), 1);
      assert.equal(await sandbox.status(), undefined);
      assert.equal((await sandbox.start("run")).code, BOOT_REPORTED_EXIT);
    });

    it("FM-26 reports a program that ends without a word of its own", async () => {
      await withBundle('throw new Error("host.json is not usable");');
      assert.notEqual((await sandbox.start()).code, 0);
      const status = await sandbox.status();
      assert.equal(status?.step, "boot");
      assert.equal(status.reason, "exit 1: see journalctl -u proving-ground-boot.service on the host");
    });

    it("FM-65 puts no word of the program into the parameter, and leaves it to the journal", async () => {
      // Put together here, so that no scanner takes the test for a leak.
      const canary = ["ghp", "_0123456789abcdefghijABCDEFGHIJ012345"].join("");
      await withBundle(`console.error("token=${canary}"); process.exit(1);`);
      const { output } = await sandbox.start("run");
      assert.ok(output.includes(canary), "the journal's part");
      assert.equal((await sandbox.status())?.step, "boot");
      assert.ok(!JSON.stringify(await sandbox.status()).includes("0123456789abcdef"));
      assert.ok(!(await sandbox.calls()).join().includes(canary));
    });

    it("FM-26 reports a program that is killed", async () => {
      await withBundle('process.kill(process.pid, "SIGKILL");');
      await sandbox.start();
      assert.match((await sandbox.status())?.reason ?? "", /^exit 137: /);
    });

    it("forgets at the next boot that an earlier failure was reported", async () => {
      await withBundle(`process.exit(${String(BOOT_REPORTED_EXIT)});`);
      await sandbox.start();
      await sandbox.serve("broken");
      await writeFile(sandbox.paths.bundle, "broken");
      await sandbox.start("run");
      assert.equal((await sandbox.status())?.step, "verify-bundle");
    });
  });
});
