import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PIECE_BYTES } from "../../cli/deploy/digest.ts";
import { blobKey, parseManifest, type Manifest } from "../../cli/deploy/manifest.ts";
import { s3Error } from "../support/aws-proxy.ts";
import {
  BUCKET,
  deployFolder,
  Folder,
  makeBucket,
  putKeys,
  startAccount,
  stopAccount,
  type Account,
} from "./support.ts";

describe("deploy, against moto", function () {
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
    folder = new Folder();
  });
  afterEach(() => {
    folder.remove();
  });

  it("stores each content once under its SHA-256 and the manifest last", async () => {
    folder.write({ "bin/cfs": "program", "lib/a.so": "library", "lib/b.so": "library", ".DS_Store": "x" });
    chmodSync(join(folder.path, "bin/cfs"), 0o755);
    const result = await deployFolder(account, folder);
    assert.deepEqual(result, {
      outcome: "deployed",
      version: "1.0.0",
      bucket: BUCKET,
      manifest: "releases/1.0.0/manifest.json",
      files: 4,
      bytes: 22,
      uploaded: { objects: 3, bytes: 15 },
    });
    const keys = putKeys(account.proxy);
    assert.deepEqual(keys.slice(0, -1).sort(), ["library", "program", "x"].map(keyOf).sort());
    assert.equal(keys.at(-1), "releases/1.0.0/manifest.json");
    assert.deepEqual(await manifestOf(account.behind, "1.0.0"), {
      formatVersion: 1,
      version: "1.0.0",
      created: "2026-08-01T12:00:00.000Z",
      files: [
        { path: ".DS_Store", bytes: 1, sha256: sha256("x"), executable: false },
        { path: "bin/cfs", bytes: 7, sha256: sha256("program"), executable: true },
        { path: "lib/a.so", bytes: 7, sha256: sha256("library"), executable: false },
        { path: "lib/b.so", bytes: 7, sha256: sha256("library"), executable: false },
      ],
    });
    assert.equal(await text(account.behind, keyOf("program")), "program");
  });

  it("sends only what no earlier version had", async () => {
    await deployFolder(account, folder.write({ a: "same", b: "old" }));
    account.proxy.clear();
    const { uploaded } = await deployFolder(account, folder.write({ b: "new" }), { version: "1.0.1" });
    assert.deepEqual(uploaded, { objects: 1, bytes: 3 });
    assert.deepEqual(putKeys(account.proxy), [keyOf("new"), "releases/1.0.1/manifest.json"]);
  });

  it("a version deployed again with the same content sends nothing", async () => {
    await deployFolder(account, folder.write({ a: "same" }));
    account.proxy.clear();
    const { outcome, uploaded } = await deployFolder(account, folder);
    assert.deepEqual([outcome, uploaded], ["already deployed", { objects: 0, bytes: 0 }]);
    assert.deepEqual(putKeys(account.proxy), []);
  });

  it("a version with other content is refused, names every file and sends nothing", async () => {
    await deployFolder(account, folder.write({ a: "old", gone: "g", tool: "t" }));
    account.proxy.clear();
    const other = new Folder().write({ a: "newer", added: "n", tool: "t" });
    chmodSync(join(other.path, "tool"), 0o755);
    try {
      await assert.rejects(deployFolder(account, other), {
        exitCode: 4,
        message: [
          "Version 1.0.0 exists with other content, and a version is never overwritten:",
          "  a: differs (3 bytes there, 5 here)",
          "  added: is not in the version",
          "  gone: is missing here",
          "  tool: is not executable there",
          "Deploy under a new version.",
        ].join("\n"),
      });
    } finally {
      other.remove();
    }
    assert.deepEqual(putKeys(account.proxy), []);
  });

  it("a content altered behind its back is sent again, and the version stays what it was (FM-27)", async () => {
    await deployFolder(account, folder.write({ a: "sound", b: "untouched" }));
    await account.behind.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: keyOf("sound"),
        Body: "evils",
        ChecksumAlgorithm: "SHA256",
      }),
    );
    const { outcome, uploaded } = await deployFolder(account, folder);
    assert.deepEqual([outcome, uploaded], ["already deployed", { objects: 1, bytes: 5 }]);
    assert.equal(await text(account.behind, keyOf("sound")), "sound");
  });

  it("after a failed request there is no version, and the next attempt sends only the rest", async () => {
    folder.write(
      Object.fromEntries(
        Array.from({ length: 8 }, (_, number) => [`f${String(number)}`, `content ${String(number)}`]),
      ),
    );
    let puts = 0;
    account.proxy.rule(({ method }) => {
      if (method !== "PUT") return undefined;
      puts += 1;
      return puts === 4 ? s3Error(500, "InternalError", "We encountered an internal error.") : undefined;
    });
    await assert.rejects(deployFolder(account, folder, { concurrency: 1 }), { name: "InternalError" });
    assert.equal(putKeys(account.proxy).length, 3, "the failure ended the others");
    assert.equal(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);

    account.proxy.clear();
    const { outcome, uploaded } = await deployFolder(account, folder);
    assert.deepEqual([outcome, uploaded.objects], ["deployed", 5]);
    assert.equal(putKeys(account.proxy).length, 6);
  });

  it("a connection cut in the middle is the same", async () => {
    folder.write({ a: "1", b: "2" });
    account.proxy.rule(({ method, path }) =>
      method === "PUT" && path.includes(sha256("2")) ? "cut" : undefined,
    );
    await assert.rejects(deployFolder(account, folder));
    assert.equal(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);
    account.proxy.clear();
    assert.equal((await deployFolder(account, folder)).outcome, "deployed");
  });

  const isManifest = ({ path }: { path: string }) => path.includes("manifest.json");

  it("a manifest that was stored, though its answer was lost, is a version made", async () => {
    folder.write({ a: "1" });
    account.proxy.rule((request) => (request.method === "PUT" && isManifest(request) ? "lose" : undefined));
    assert.equal((await deployFolder(account, folder)).outcome, "deployed");
    assert.notEqual(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);
  });

  it("an interruption while the manifest is stored does not say that there is no version", async () => {
    folder.write({ a: "1" });
    const interruption = new AbortController();
    account.proxy.rule((request) => {
      if (request.method === "PUT" && isManifest(request)) interruption.abort(new Error("interrupted"));
      return undefined;
    });
    const { outcome } = await deployFolder(account, folder, { signal: interruption.signal });
    assert.equal(outcome, "deployed");
    assert.notEqual(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);
  });

  it("where nobody can tell whether the manifest was stored, that is what it says", async () => {
    folder.write({ a: "1" });
    let isStored = false;
    account.proxy.rule((request) => {
      if (!isManifest(request)) return undefined;
      if (request.method === "PUT") isStored = true;
      return isStored ? (request.method === "PUT" ? "lose" : "cut") : undefined;
    });
    await assert.rejects(deployFolder(account, folder), {
      exitCode: 4,
      message:
        /^Version 1\.0\.0 may have been made: no answer came to its manifest \(.+\)\. The same command tells\.$/,
    });
    account.proxy.clear();
    assert.equal((await deployFolder(account, folder)).outcome, "already deployed");
  });

  it("content damaged on its way is refused by S3 (FM-27)", async () => {
    folder.write({ a: "sound" });
    account.proxy.rule(({ method, body }) => {
      if (method === "PUT") body.write("S");
      return undefined;
    });
    await assert.rejects(deployFolder(account, folder), { name: "BadDigest" });
    assert.equal(await text(account.behind, keyOf("sound")), undefined);
  });

  it("an interruption takes the parts of a large file back", async () => {
    folder.write({ large: randomBytes(2 * PIECE_BYTES + 1) });
    const interruption = new AbortController();
    const uploading = () => {
      interruption.abort(new Error("interrupted"));
    };
    const { signal } = interruption;
    await assert.rejects(deployFolder(account, folder, { concurrency: 1, signal, uploading }), {
      message: "interrupted",
    });
    const { Uploads = [] } = await account.behind.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    assert.deepEqual(Uploads, []);
    assert.equal(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);
  });

  it("a file of several parts arrives whole, and is known again by its composite checksum", async () => {
    const content = randomBytes(2 * PIECE_BYTES + 1);
    folder.write({ large: content, exact: content.subarray(0, PIECE_BYTES), empty: "" });
    const { uploaded } = await deployFolder(account, folder);
    assert.deepEqual(uploaded, { objects: 3, bytes: 3 * PIECE_BYTES + 1 });
    const { files } = await manifestOf(account.behind, "1.0.0");
    assert.deepEqual(
      files.map(({ path, bytes, sha256, s3Checksum }) => [path, bytes, sha256, s3Checksum?.slice(-2)]),
      [
        ["empty", 0, sha256(""), undefined],
        ["exact", PIECE_BYTES, sha256(content.subarray(0, PIECE_BYTES)), undefined],
        ["large", content.length, sha256(content), "-3"],
      ].map((row) => row.map((cell) => cell)),
    );
    const stored = await account.behind.send(new GetObjectCommand({ Bucket: BUCKET, Key: keyOf(content) }));
    assert.ok(Buffer.from((await stored.Body?.transformToByteArray()) ?? []).equals(content));
    const again = await deployFolder(account, folder, { version: "1.0.1" });
    assert.deepEqual(again.uploaded, { objects: 0, bytes: 0 });
  });

  it("files that change while they are deployed are all named, and no version is made", async () => {
    folder.write({ a: "one", b: "two", c: "three" });
    const change = ({ method, path }: { method: string; path: string }) => {
      if (method === "HEAD" && path.includes(sha256("three"))) {
        appendFileSync(join(folder.path, "a"), "!");
        writeFileSync(join(folder.path, "b"), "TWO");
      }
      return undefined;
    };
    account.proxy.rule(change);
    await assert.rejects(deployFolder(account, folder), {
      exitCode: 2,
      message:
        "These files cannot be deployed; no version was made:\n  a: changed while it was deployed\n  b: changed while it was deployed",
    });
    assert.equal(await text(account.behind, "releases/1.0.0/manifest.json"), undefined);
  });

  it("two deployments of one version at once: one makes it, the other is told (FM-27)", async () => {
    folder.write({ a: "mine" });
    const other = new Folder().write({ a: "yours" });
    const results = await Promise.allSettled([deployFolder(account, folder), deployFolder(account, other)]);
    other.remove();
    const made = results.filter(({ status }) => status === "fulfilled");
    const refused = results.flatMap((result) =>
      result.status === "rejected" ? [String(result.reason)] : [],
    );
    assert.equal(made.length, 1);
    assert.match(refused.join(), /Version 1\.0\.0 exists with other content[^]*a: differs/);
  });

  it("two deployments of the same files at once both succeed", async () => {
    folder.write({ a: "same" });
    const results = await Promise.all([deployFolder(account, folder), deployFolder(account, folder)]);
    assert.deepEqual(results.map(({ outcome }) => outcome).sort(), ["already deployed", "deployed"]);
  });

  it("S3's 409 between two writers is tried again", async () => {
    folder.write({ a: "x" });
    let asked = 0;
    account.proxy.rule(({ headers }) => {
      if (headers["if-none-match"] === undefined) return undefined;
      asked += 1;
      return asked < 3
        ? s3Error(409, "ConditionalRequestConflict", "A conflicting operation occurred.")
        : undefined;
    });
    assert.equal((await deployFolder(account, folder)).outcome, "deployed");
    assert.equal(asked, 3);
  });

  it("--dry-run says what would be sent and changes nothing", async () => {
    const { outcome, uploaded } = await deployFolder(account, folder.write({ a: "abc" }), { dryRun: true });
    assert.deepEqual([outcome, uploaded], ["would deploy", { objects: 1, bytes: 3 }]);
    assert.deepEqual(putKeys(account.proxy), []);
  });

  it("every request names the account that the bucket must belong to", async () => {
    await deployFolder(account, folder.write({ a: "abc" }));
    assert.ok(account.proxy.passed.length > 2);
    for (const { headers } of account.proxy.passed)
      assert.equal(headers["x-amz-expected-bucket-owner"], "123456789012");
  });

  it("2,000 files with names that people and tools give", async () => {
    const names = [
      "ü/ñ",
      "e\u0301",
      "\u00e9",
      "sp ace",
      "a+b",
      "percent%41",
      "hash#?&",
      "-rf",
      "..dots",
      "quote'\"",
      "Case",
      "case",
    ];
    folder.write(Object.fromEntries(names.map((name) => [name, name])));
    folder.write(
      Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`many/${String(at)}`, String(at % 7)])),
    );
    const { files, uploaded } = await deployFolder(account, folder, { concurrency: 16 });
    assert.deepEqual([files, uploaded.objects], [2000 + names.length, names.length + 7]);
    const manifest = await manifestOf(account.behind, "1.0.0");
    const paths = manifest.files.map(({ path }) => path);
    assert.deepEqual(
      names.filter((name) => !paths.includes(name)),
      [],
    );
  });

  it("a manifest that is none is not overwritten", async () => {
    await account.behind.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: "releases/1.0.0/manifest.json", Body: "{}" }),
    );
    await assert.rejects(deployFolder(account, folder.write({ a: "a" })), {
      exitCode: 4,
      message: /its manifest is no manifest of format 1/,
    });
    const { Contents = [] } = await account.behind.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    assert.equal(Contents.length, 1);
  });
});

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function keyOf(content: string | Buffer): string {
  return blobKey(sha256(content));
}

async function text(s3: S3Client, key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
}

async function manifestOf(s3: S3Client, version: string): Promise<Manifest> {
  const manifest = parseManifest((await text(s3, `releases/${version}/manifest.json`)) ?? "", version);
  if ("problem" in manifest) throw new Error(manifest.problem);
  return manifest;
}
