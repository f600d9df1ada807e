import assert from "node:assert/strict";
import { ensureIncarnation, INCARNATION_FILE } from "../../../runtime/host/steps/incarnation.ts";
import { standInHost } from "../support/stand-in-host.ts";

const INSTANCE = "i-0aaaaaaaaaaaaaaa1";

describe("incarnation", () => {
  it("FM-25 gives an empty data disk a new identity and keeps it with the data", async () => {
    const host = standInHost();
    const first = await ensureIncarnation(host, INSTANCE);
    assert.equal(first.incarnation, `${INSTANCE}.00000000-0000-4000-8000-000000000001`);
    assert.deepEqual(JSON.parse(host.files.get(INCARNATION_FILE) ?? ""), first);
    assert.deepEqual(await ensureIncarnation(host, INSTANCE), first);
  });

  it("FM-25 never gives the same identity twice, not even to the same instance", async () => {
    const host = standInHost();
    const first = await ensureIncarnation(host, INSTANCE);
    host.files.delete(INCARNATION_FILE);
    const second = await ensureIncarnation(host, INSTANCE);
    assert.notEqual(second.incarnation, first.incarnation);
  });

  it("FM-25 does not take over the identity that an image carries from another instance", async () => {
    const host = standInHost();
    const old = await ensureIncarnation(host, "i-0bbbbbbbbbbbbbbb2");
    const fresh = await ensureIncarnation(host, INSTANCE);
    assert.notEqual(fresh.incarnation, old.incarnation);
    assert.equal(fresh.instanceId, INSTANCE);
    assert.match(host.logged.join("\n"), /came from i-0bbbbbbbbbbbbbbb2/);
  });

  for (const text of ["", "{", "null", '{"incarnation":""}', '{"incarnation":"x"}']) {
    it(`FM-25 takes a damaged file for none: ${JSON.stringify(text)}`, async () => {
      const host = standInHost();
      host.files.set(INCARNATION_FILE, text);
      const { incarnation } = await ensureIncarnation(host, INSTANCE);
      assert.ok(incarnation.startsWith(`${INSTANCE}.`));
      assert.equal(
        (JSON.parse(host.files.get(INCARNATION_FILE) ?? "") as { incarnation: string }).incarnation,
        incarnation,
      );
    });
  }
});
