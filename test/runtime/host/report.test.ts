import fc from "fast-check";
import assert from "node:assert/strict";
import { redact } from "../../../runtime/host/redact.ts";
import {
  MAX_STATUS_BYTES,
  parseStatus,
  publish,
  refuseIfSuperseded,
  renderStatus,
  SupersededError,
  type SlotStatus,
} from "../../../runtime/host/report.ts";
import { HOST_CONFIG } from "../support/host-config.ts";
import { standInHost } from "../support/stand-in-host.ts";

const MINE = {
  instanceId: "i-0aaaaaaaaaaaaaaa1",
  launchedAt: "2026-03-01T08:00:00.000Z",
  privateIp: "10.20.1.17",
};

const STATUS: SlotStatus = {
  state: "failed",
  step: "data-disk",
  reason: "mkfs.xfs failed",
  instanceId: MINE.instanceId,
  launchedAt: MINE.launchedAt,
  incarnation: null,
  data: null,
  at: "2026-03-01T08:00:05.000Z",
};

function claimedBy(instanceId: string, launchedAt: string) {
  const host = standInHost();
  host.parameters.set(HOST_CONFIG.statusParameter, renderStatus({ ...STATUS, instanceId, launchedAt }));
  return host;
}

describe("slot status", () => {
  it("comes back as it was written", () => {
    assert.deepEqual(parseStatus(renderStatus(STATUS)), STATUS);
  });

  it("fits a standard parameter whatever the reason, in valid JSON that Parameter Store accepts", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("{{", "{", "}}", "\\", '"', "\u0000", "€"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (pieces, times) => {
        const reason = pieces.join("").repeat(times);
        const text = renderStatus({ ...STATUS, reason });
        assert.ok(Buffer.byteLength(text) <= MAX_STATUS_BYTES);
        assert.ok(!text.includes("{{"));
        assert.equal(parseStatus(text)?.step, "data-disk");
      }),
    );
  });

  it("uses the room there is for a long reason, and keeps its beginning", () => {
    for (const character of ["x", "€", "😀", "\u0000"]) {
      const text = renderStatus({ ...STATUS, reason: `beginning ${character.repeat(5000)}` });
      assert.ok(
        Buffer.byteLength(text) > MAX_STATUS_BYTES - 20 && Buffer.byteLength(text) <= MAX_STATUS_BYTES,
        String(Buffer.byteLength(text)),
      );
      assert.match(parseStatus(text)?.reason ?? "", /^beginning .* …$/su);
    }
  });

  it("takes text that is no status for none", () => {
    for (const text of [undefined, "", "none", "{}", "[]", '{"state":"up"}'])
      assert.equal(parseStatus(text), undefined);
  });

  describe("ownership", () => {
    it("gives way to a later launch, and writes nothing", async () => {
      const host = claimedBy("i-0bbbbbbbbbbbbbbb2", "2026-03-01T08:00:01.000Z");
      await assert.rejects(publish(host, HOST_CONFIG, MINE, { state: "ready", step: "ready" }), (error) => {
        assert.ok(error instanceof SupersededError);
        assert.match(
          error.message,
          /slot storage-1 belongs to i-0bbbbbbbbbbbbbbb2, launched 2026-03-01T08:00:01\.000Z/,
        );
        return true;
      });
      assert.deepEqual(host.written, []);
    });

    it("takes the slot over from an earlier launch, from itself, and from nobody", async () => {
      for (const host of [
        claimedBy("i-0bbbbbbbbbbbbbbb2", "2026-03-01T07:59:59.000Z"),
        claimedBy(MINE.instanceId, "2026-03-02T00:00:00.000Z"),
        standInHost(),
      ]) {
        await publish(host, HOST_CONFIG, MINE, { state: "booting", step: "claim-slot" });
        assert.equal(parseStatus(host.written[0])?.instanceId, MINE.instanceId);
      }
    });

    it("lets exactly one of two hosts of the same second have the slot", async () => {
      const other = { ...MINE, instanceId: "i-0bbbbbbbbbbbbbbb2" };
      await assert.rejects(
        refuseIfSuperseded(claimedBy(other.instanceId, other.launchedAt), HOST_CONFIG, MINE),
        SupersededError,
      );
      await refuseIfSuperseded(claimedBy(MINE.instanceId, MINE.launchedAt), HOST_CONFIG, other);
    });

    describe("of a status without a launch time", () => {
      function leftBy(instanceId: string | null, at: string) {
        const host = standInHost();
        const text = JSON.stringify({ ...STATUS, instanceId, launchedAt: null, at });
        host.parameters.set(HOST_CONFIG.statusParameter, text);
        return host;
      }

      it("stays with a host that wrote it after this one was launched, as a stale host must not take the slot back", async () => {
        for (const at of [MINE.launchedAt, "2026-03-01T08:00:05.000Z", "some time ago"])
          await assert.rejects(
            refuseIfSuperseded(leftBy("i-0bbbbbbbbbbbbbbb2", at), HOST_CONFIG, MINE),
            (error) => error instanceof SupersededError && error.message.includes(`by its status of ${at}`),
          );
      });

      it("goes to a host launched after it was written, to its writer, and to anyone where it names nobody", async () => {
        await refuseIfSuperseded(leftBy("i-0bbbbbbbbbbbbbbb2", "2026-03-01T07:59:59Z"), HOST_CONFIG, MINE);
        await refuseIfSuperseded(leftBy(MINE.instanceId, STATUS.at), HOST_CONFIG, MINE);
        await refuseIfSuperseded(leftBy(null, STATUS.at), HOST_CONFIG, MINE);
      });
    });
  });
});

describe("redaction", () => {
  // Put together here, so that no scanner takes the test for a leak.
  const canaries = [
    ["AKIA", "IOSFODNN7EXAMPLE"],
    ["ghp", "_0123456789abcdefghijABCDEFGHIJ012345"],
    ["github_pat", "_0123456789abcdefghijABCDEFGHIJ"],
    ["fw", "_0123456789abcdefghij"],
    ["ey", "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
    ["-----BEGIN RSA PRIVATE", " KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"],
  ].map((parts) => parts.join(""));

  for (const canary of canaries) {
    it(`FM-65 takes out ${canary.slice(0, 6)}…`, () => {
      const text = renderStatus({ ...STATUS, reason: `before ${canary} after` });
      assert.equal(parseStatus(text)?.reason, "before [secret] after");
    });
  }

  it("FM-65 takes out what is assigned to a word such as password, and credentials in addresses", () => {
    const cases = [
      ["password=hunter2 next", "password=[secret] next"],
      ['"apiKey": "hunter2", "a": 1', '"apiKey": "[secret]", "a": 1'],
      ["AWS_SECRET_ACCESS_KEY=hunter2", "AWS_SECRET_ACCESS_KEY=[secret]"],
      ["https://user:hunter2@example.com/x", "https://[secret]@example.com/x"],
      ["?X-Amz-Signature=hunter2&x=1", "?X-Amz-Signature=[secret]&x=1"],
      ["Authorization: Bearer hunter2", "Authorization: Bearer [secret]"],
      ["Authorization: Basic dXNlcjpodW50ZXIy", "Authorization: Basic [secret]"],
      ["postgres://app:hunter2@db/x", "postgres://[secret]@db/x"],
      ['password="hunter two three" next', 'password="[secret]" next'],
    ] as const;
    for (const [text, clean] of cases) assert.equal(redact(text), clean);
  });

  it("leaves the messages of the steps readable", () => {
    for (const text of [
      "instance metadata: PUT http://169.254.169.254/latest/api/token answered 403",
      "mkfs.xfs -L pg-data /dev/nvme1n1 ended with 1: Input/output error",
    ]) {
      assert.equal(redact(text), text);
    }
  });
});
