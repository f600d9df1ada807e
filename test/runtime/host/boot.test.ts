import assert from "node:assert/strict";
import { parseStatus, renderStatus } from "../../../runtime/host/report.ts";
import {
  DEAD_MAN_SERVICE,
  DEAD_MAN_TIMER,
  renderService,
  renderTimer,
  UNIT_DIRECTORY,
} from "../../../runtime/host/dead-man-units.ts";
import { boot, BOOT_STEPS, type BootStep } from "../../../runtime/host/sequence.ts";
import { INCARNATION_FILE } from "../../../runtime/host/steps/incarnation.ts";
import { GUARDED_CONFIG, HOST_CONFIG } from "../support/host-config.ts";
import { EBS, INSTANCE_STORE, standInHost, type StandInHost } from "../support/stand-in-host.ts";
import { IDENTITY_DOCUMENT, standInImds, type StandInImds } from "../support/stand-in-imds.ts";

const PARAMETER = HOST_CONFIG.statusParameter;

function instance(): StandInHost {
  const host = standInHost();
  host.attach("nvme0n1", EBS);
  host.attach("nvme1n1", INSTANCE_STORE);
  return host;
}

describe("boot", () => {
  let imds: StandInImds;

  beforeEach(async () => {
    imds = await standInImds();
  });

  afterEach(() => imds.close());

  it("ends ready: disk mounted, name registered, status written last", async () => {
    const host = instance();
    assert.deepEqual(await boot(host, HOST_CONFIG, imds.url), { state: "ready" });
    assert.deepEqual(host.records, [
      {
        zoneId: HOST_CONFIG.zoneId,
        name: "storage-1.dev.internal",
        address: IDENTITY_DOCUMENT.privateIp,
        ttlSeconds: 10,
      },
    ]);
    assert.deepEqual(
      host.written.map((text) => parseStatus(text)?.state),
      ["booting", "ready"],
    );
    assert.deepEqual(parseStatus(host.written[1]), {
      state: "ready",
      step: "ready",
      reason: null,
      instanceId: IDENTITY_DOCUMENT.instanceId,
      launchedAt: "2026-03-01T07:59:30.000Z",
      incarnation: `${IDENTITY_DOCUMENT.instanceId}.00000000-0000-4000-8000-000000000001`,
      data: "/dev/nvme1n1, formatted by this boot",
      at: "2026-03-01T08:00:00.000Z",
    });
  });

  it("FM-15 starts the dead man's switch before anything that may fail, and only where a guard watches", async () => {
    const host = instance();
    imds.troubles.push(403);
    const program = { node: "/usr/bin/node-22", bundle: "/opt/boot.mjs", config: "/etc/host.json" };
    assert.equal((await boot(host, GUARDED_CONFIG, imds.url, program)).state, "failed");
    assert.deepEqual(host.commands, [
      "systemctl daemon-reload",
      "systemctl start proving-ground-dead-man.timer",
    ]);
    assert.equal(host.files.get(`${UNIT_DIRECTORY}/${DEAD_MAN_SERVICE}`), renderService(program));
    assert.equal(host.files.get(`${UNIT_DIRECTORY}/${DEAD_MAN_TIMER}`), renderTimer());

    const unguarded = instance();
    await boot(unguarded, HOST_CONFIG, imds.url, program);
    assert.ok(unguarded.commands.every((line) => !line.startsWith("systemctl")));
  });

  it("FM-25 a replacement with an empty disk becomes another incarnation; a restart stays the same one", async () => {
    const host = instance();
    await boot(host, HOST_CONFIG, imds.url);
    const first = parseStatus(host.parameters.get(PARAMETER))?.incarnation;

    host.restart();
    await boot(host, HOST_CONFIG, imds.url);
    assert.equal(parseStatus(host.parameters.get(PARAMETER))?.incarnation, first);
    assert.equal(parseStatus(host.parameters.get(PARAMETER))?.data, "/dev/nvme1n1, kept");

    imds.document = JSON.stringify({
      ...IDENTITY_DOCUMENT,
      instanceId: "i-0ccccccccccccccc3",
      pendingTime: "2026-03-01T09:00:00Z",
    });
    const replacement = instance();
    replacement.parameters.set(PARAMETER, host.parameters.get(PARAMETER) ?? "");
    await boot(replacement, HOST_CONFIG, imds.url);
    const second = parseStatus(replacement.parameters.get(PARAMETER))?.incarnation;
    assert.ok(second?.startsWith("i-0ccccccccccccccc3."));
    assert.notEqual(second, first);
  });

  /** For each step: how to break it, and words of the reason. */
  const breakages: Readonly<
    Record<Exclude<BootStep, "claim-slot" | "ready">, readonly [(host: StandInHost) => void, RegExp]>
  > = {
    "dead-man": [
      (host) => host.overrides.set("systemctl start", { code: 1, stderr: "Failed to start" }),
      /^systemctl start proving-ground-dead-man\.timer ended with 1: Failed to start$/,
    ],
    metadata: [
      () => {
        imds.troubles.push(403);
      },
      /instance metadata: PUT .* answered 403/,
    ],
    "data-disk": [
      (host) => host.overrides.set("mkfs.xfs", { code: 1, stderr: "Input/output error" }),
      /^mkfs\.xfs -L pg-data \/dev\/nvme1n1 ended with 1: Input\/output error$/,
    ],
    incarnation: [
      (host) => {
        const write = host.writeText.bind(host);
        host.writeText = (path, text) =>
          path === INCARNATION_FILE
            ? Promise.reject(new Error("ENOSPC: no space left on device"))
            : write(path, text);
      },
      /no space left on device/,
    ],
    dns: [
      (host) => {
        host.upsertAddress = () =>
          Promise.reject(new Error("not authorized to perform: route53:ChangeResourceRecordSets"));
      },
      /not authorized to perform: route53/,
    ],
  };

  for (const [step, [damage, reason]] of Object.entries(breakages)) {
    it(`FM-26 says in the status parameter that ${step} failed and why`, async () => {
      const host = instance();
      damage(host);
      const outcome = await boot(host, GUARDED_CONFIG, imds.url);
      assert.ok(outcome.state === "failed" && outcome.reported);
      assert.equal(outcome.step, step);
      const status = parseStatus(host.parameters.get(PARAMETER));
      assert.equal(status?.state, "failed");
      assert.equal(status.step, step);
      assert.match(status.reason ?? "", reason);
      assert.equal(
        status.instanceId,
        ["dead-man", "metadata"].includes(step) ? null : IDENTITY_DOCUMENT.instanceId,
      );
      assert.ok(host.written.every((text) => parseStatus(text)?.state !== "ready"));
    });
  }

  it("covers every step with a breakage", () => {
    assert.deepEqual([...Object.keys(breakages), "claim-slot", "ready"].sort(), [...BOOT_STEPS].sort());
  });

  for (const [step, writes] of [
    ["claim-slot", 0],
    ["ready", 1],
  ] as const) {
    it(`FM-26 tells its caller when ${step} cannot write the status at all`, async () => {
      const host = instance();
      const write = host.putParameter.bind(host);
      host.putParameter = (name, value) =>
        host.written.length < writes
          ? write(name, value)
          : Promise.reject(new Error("not authorized to perform: ssm:PutParameter"));
      assert.deepEqual(await boot(host, HOST_CONFIG, imds.url), {
        state: "failed",
        step,
        reason: "not authorized to perform: ssm:PutParameter",
        reported: false,
      });
      assert.match(host.logged.join("\n"), /the status could not be written: not authorized/);
    });
  }

  it("registers no name before the disk is there", async () => {
    const host = instance();
    host.overrides.set("mount", { code: 32 });
    await boot(host, HOST_CONFIG, imds.url);
    assert.deepEqual(host.records, []);
    assert.equal(host.files.has(INCARNATION_FILE), false);
  });

  describe("beside a later launch", () => {
    const later = renderStatus({
      state: "ready",
      step: "ready",
      reason: null,
      instanceId: "i-0ddddddddddddddd4",
      launchedAt: "2026-03-01T10:00:00.000Z",
      incarnation: "i-0ddddddddddddddd4.x",
      data: null,
      at: "2026-03-01T10:01:00.000Z",
    });

    it("leaves status and name alone when the slot is taken before it begins", async () => {
      const host = instance();
      host.parameters.set(PARAMETER, later);
      const outcome = await boot(host, HOST_CONFIG, imds.url);
      assert.ok(outcome.state === "failed" && outcome.reported && outcome.step === "claim-slot");
      assert.equal(host.parameters.get(PARAMETER), later);
      assert.deepEqual(host.records, []);
      assert.deepEqual(host.commands, []);
    });

    for (const [moment, expected] of [
      ["mount", "dns"],
      ["registration", "ready"],
    ] as const) {
      it(`leaves the status alone when the slot is taken at the ${moment}`, async () => {
        const host = instance();
        const take = (): void => {
          host.parameters.set(PARAMETER, later);
        };
        const run = host.run.bind(host);
        const register = host.upsertAddress.bind(host);
        if (moment === "mount") {
          host.run = (command, args) => {
            if (command === "mount") take();
            return run(command, args);
          };
        } else {
          host.upsertAddress = (record) => {
            take();
            return register(record);
          };
        }
        const outcome = await boot(host, HOST_CONFIG, imds.url);
        assert.ok(outcome.state === "failed" && outcome.step === expected);
        assert.equal(host.parameters.get(PARAMETER), later);
        assert.equal(host.records.length, moment === "mount" ? 0 : 1);
      });
    }

    it("leaves the status alone when its own step fails after the slot was taken", async () => {
      const host = instance();
      host.run = () => {
        host.parameters.set(PARAMETER, later);
        return Promise.resolve({ code: 4, stdout: "", stderr: "gone" });
      };
      const outcome = await boot(host, HOST_CONFIG, imds.url);
      assert.ok(outcome.state === "failed" && outcome.reported && outcome.step === "data-disk");
      assert.equal(host.parameters.get(PARAMETER), later);
    });
  });
});
