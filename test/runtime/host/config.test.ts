import assert from "node:assert/strict";
import { parseHostConfig } from "../../../runtime/host/config.ts";
import { HOST_CONFIG } from "../support/host-config.ts";

describe("host configuration", () => {
  it("is read from the file that user data wrote", () => {
    assert.deepEqual(parseHostConfig("host.json", JSON.stringify(HOST_CONFIG)), HOST_CONFIG);
  });

  it("names every field that is wrong, missing or unknown", () => {
    const text = JSON.stringify({
      ...HOST_CONFIG,
      slot: "",
      bundleSha256: "short",
      domain: undefined,
      extra: 1,
    });
    assert.throws(
      () => parseHostConfig("host.json", text),
      (error: Error) =>
        [
          "host.json is not usable",
          "slot: must not be empty",
          "bundleSha256: must be 64",
          "domain: ",
          "extra",
        ].every((words) => error.message.includes(words)),
    );
  });

  it("says so where the file is cut off", () => {
    assert.throws(
      () => parseHostConfig("host.json", JSON.stringify(HOST_CONFIG).slice(0, 40)),
      /host\.json is not JSON/,
    );
  });
});
