import assert from "node:assert/strict";
import { readIdentity } from "../../../runtime/host/steps/metadata.ts";
import { standInHost, type StandInHost } from "../support/stand-in-host.ts";
import { IDENTITY_DOCUMENT, standInImds, type StandInImds } from "../support/stand-in-imds.ts";

describe("instance metadata", () => {
  let imds: StandInImds;
  let host: StandInHost;

  beforeEach(async () => {
    imds = await standInImds();
    host = standInHost();
  });

  afterEach(() => imds.close());

  it("reads id, launch time and address with a token", async () => {
    assert.deepEqual(await readIdentity(host, imds.url), {
      instanceId: IDENTITY_DOCUMENT.instanceId,
      launchedAt: "2026-03-01T07:59:30.000Z",
      privateIp: IDENTITY_DOCUMENT.privateIp,
    });
    assert.deepEqual(imds.requests, [
      "PUT /latest/api/token",
      "GET /latest/dynamic/instance-identity/document",
    ]);
  });

  it("asks a stand-in that refuses requests without a token", async () => {
    assert.equal((await fetch(`${imds.url}/latest/dynamic/instance-identity/document`)).status, 401);
  });

  it("never falls back to IMDSv1 where tokens are refused", async () => {
    imds.troubles.push(403);
    await assert.rejects(readIdentity(host, imds.url), /PUT .*\/latest\/api\/token answered 403/);
    assert.deepEqual(imds.requests, ["PUT /latest/api/token"]);
    assert.deepEqual(host.slept, []);
  });

  it("takes a new token when the first has run out", async () => {
    imds.expireNextToken = true;
    assert.equal((await readIdentity(host, imds.url)).instanceId, IDENTITY_DOCUMENT.instanceId);
    assert.equal(imds.requests.filter((line) => line.startsWith("PUT")).length, 2);
    assert.ok(imds.requests.every((line) => !line.includes("without token")));
  });

  it("waits longer each time for a service that starts slowly", async () => {
    imds.troubles.push("drop", 503, "drop");
    assert.equal((await readIdentity(host, imds.url)).privateIp, IDENTITY_DOCUMENT.privateIp);
    assert.deepEqual(host.slept, [1000, 2000, 4000]);
  });

  it("gives up after 31 s and says what the last answer was", async () => {
    imds.troubles.push(...Array.from({ length: 6 }, () => 500));
    await assert.rejects(readIdentity(host, imds.url), /answered 500/);
    assert.equal(
      host.slept.reduce((sum, wait) => sum + wait, 0),
      31_000,
    );
  });

  it("bounds every request in time", async () => {
    const timeouts: number[] = [];
    const silent = standInHost({
      request: ({ timeoutMs }) => {
        timeouts.push(timeoutMs);
        return Promise.reject(new Error("timed out"));
      },
    });
    await assert.rejects(
      readIdentity(silent),
      /http:\/\/169\.254\.169\.254.* has no answer: Error: timed out/,
    );
    assert.equal(timeouts.length, 6);
    assert.ok(timeouts.every((timeout) => timeout <= 2000));
  });

  it("names every field of a document it cannot use", async () => {
    imds.document = JSON.stringify({ ...IDENTITY_DOCUMENT, instanceId: "x", privateIp: null });
    await assert.rejects(
      readIdentity(host, imds.url),
      (error: Error) =>
        error.message.includes("instanceId: must be an instance id") && error.message.includes("privateIp: "),
    );
  });

  it("says so where the document is not JSON", async () => {
    imds.document = "<html>";
    await assert.rejects(readIdentity(host, imds.url), /identity document is not JSON/);
  });
});
