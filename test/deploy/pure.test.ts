import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { shownBytes } from "../../cli/deploy/bytes.ts";
import { s3Checksum, sha256Base64 } from "../../cli/deploy/digest.ts";
import {
  blobKey,
  differences,
  parseManifest,
  renderManifest,
  versionOfKey,
  manifestKey,
  type ManifestFile,
} from "../../cli/deploy/manifest.ts";
import { tenths } from "../../cli/deploy/progress.ts";
import { versionProblem } from "../../cli/deploy/version.ts";
import { ROOT } from "../support/plans.ts";

const part = fc.stringMatching(/^[\w ü#+.-]{1,8}$/).filter((text) => text !== "." && text !== "..");
const file: fc.Arbitrary<ManifestFile> = fc.record(
  {
    path: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
    bytes: fc.nat(),
    sha256: fc
      .uint8Array({ minLength: 1, maxLength: 4 })
      .map((bytes) => createHash("sha256").update(bytes).digest("hex")),
    executable: fc.boolean(),
  },
  { noNullPrototype: true },
);
// No two begin alike: a file that is the folder of another is refused.
const files = fc.uniqueArray(file, {
  minLength: 1,
  maxLength: 12,
  selector: ({ path }) => path.split("/", 1)[0],
});

describe("manifests", () => {
  it("read back as they were written", () => {
    fc.assert(
      fc.property(files, (list) => {
        const manifest = {
          formatVersion: 1 as const,
          version: "1.0.0",
          created: "2026-08-01T12:00:00.000Z",
          files: list,
        };
        assert.deepEqual(parseManifest(renderManifest(manifest), "1.0.0"), manifest);
      }),
    );
  });

  it("differ from themselves in nothing, in any order, and from others in every path that differs", () => {
    fc.assert(
      fc.property(files, files, (one, other) => {
        assert.deepEqual(differences(one, [...one].reverse()), []);
        const named = new Set(differences(one, other).map((line) => line.slice(0, line.lastIndexOf(": "))));
        const paths = new Set([...one, ...other].map(({ path }) => path));
        for (const path of paths) {
          const [before, after] = [one, other].map((list) => list.find((entry) => entry.path === path));
          const isSame = before?.sha256 === after?.sha256 && before?.executable === after?.executable;
          assert.equal(named.has(path), !isSame, path);
        }
      }),
    );
  });

  for (const path of [
    "../x",
    "/etc/passwd",
    "a/../b",
    "a//b",
    ".",
    "",
    "a/",
    "a\nb",
    "a/\u001b[2J",
    "\u0085",
    "\0",
  ])
    it(`refuse the path ${JSON.stringify(path)} (FM-27)`, () => {
      const entry = { path, bytes: 0, sha256: "0".repeat(64), executable: false };
      const text = renderManifest({
        formatVersion: 1,
        version: "1",
        created: "2026-08-01T12:00:00Z",
        files: [entry],
      });
      const manifest = parseManifest(text, "1");
      assert.ok("problem" in manifest && manifest.problem.includes("files.0.path"), JSON.stringify(manifest));
    });

  it("refuse what is cut off, of another version, of another format, names a path twice, or a file as a folder (FM-27)", () => {
    const entry = { path: "a", bytes: 0, sha256: "0".repeat(64), executable: false };
    const manifest = {
      formatVersion: 1 as const,
      version: "1",
      created: "2026-08-01T12:00:00Z",
      files: [entry],
    };
    const text = renderManifest(manifest);
    const problems = [
      parseManifest(text.slice(0, -5), "1"),
      parseManifest(text, "2"),
      parseManifest(text.replace('"formatVersion": 1', '"formatVersion": 2'), "1"),
      parseManifest(renderManifest({ ...manifest, files: [entry, entry] }), "1"),
      parseManifest(renderManifest({ ...manifest, files: [] }), "1"),
      parseManifest(renderManifest({ ...manifest, files: [{ ...entry, path: "a/b/c" }, entry] }), "1"),
    ].map((one) => ("problem" in one ? one.problem : "none"));
    assert.deepEqual(
      problems.filter((problem) => problem === "none"),
      [],
    );
    assert.equal(problems[1], 'is of version "1"');
  });

  it("are what the documentation shows", () => {
    const page = readFileSync(join(ROOT, "docs/artifacts.md"), "utf8");
    const [, example = ""] = /```json\n([^]*?)```/.exec(page) ?? [];
    const manifest = parseManifest(example, "1.4.0");
    assert.ok(!("problem" in manifest), JSON.stringify(manifest));
    assert.equal(manifest.files[0]?.sha256, createHash("sha256").update("program").digest("hex"));
  });

  it("lie where no version can meet a content", () => {
    assert.equal(versionOfKey(manifestKey("1.0.0")), "1.0.0");
    assert.equal(versionOfKey("releases/_blobs/manifest.json"), undefined);
    assert.equal(versionOfKey(blobKey("0".repeat(64))), undefined);
  });
});

describe("versions", () => {
  for (const version of ["1.0.0", "1.0.0-rc.1+build.5", "2026-08-01", "v1", "a".repeat(64), "0123abc"])
    it(`takes ${version}`, () => {
      assert.equal(versionProblem(version), undefined);
    });
  for (const version of [
    "",
    ".",
    "..",
    "_blobs",
    "-x",
    "a/b",
    "a b",
    "a".repeat(65),
    "1.0.0+",
    "ü",
    "1.0.0\n",
    `1.0.0-${"a".repeat(130)}`,
  ])
    it(`refuses ${JSON.stringify(version)}`, () => {
      assert.match(versionProblem(version) ?? "", /^VERSION ".*": must be a semantic version/);
    });
});

describe("S3's checksum", () => {
  // AWS, "Checking object integrity in Amazon S3": a composite checksum is the checksum of the parts' checksums.
  it("is the content's own for one part, and of the parts' for more", () => {
    const parts = ["a", "b"].map((text) => sha256Base64(Buffer.from(text)));
    assert.equal(s3Checksum(parts.slice(0, 1)), "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=");
    const joined = Buffer.concat(["a", "b"].map((text) => createHash("sha256").update(text).digest()));
    assert.equal(s3Checksum(parts), `${createHash("sha256").update(joined).digest("base64")}-2`);
  });
});

describe("sizes for people", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1_310_720, "1.25 MiB"],
    [5 * 1024 ** 4, "5.00 TiB"],
  ] as const)
    it(`${String(bytes)} is ${text}`, () => {
      assert.equal(shownBytes(bytes), text);
    });
});

describe("progress in a log", () => {
  it("is at most eleven lines a stage, and always the last", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 200 }), (sizes) => {
        const lines: string[] = [];
        const { hashing, uploading } = tenths((text) => lines.push(text));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        for (const stage of [hashing, uploading]) {
          let done = 0;
          for (const size of sizes) stage((done += size), total);
        }
        assert.ok(lines.length <= 22, `${String(lines.length)} lines of ${String(sizes.length)} files`);
        const end = ` ${shownBytes(total)} of ${shownBytes(total)}`;
        assert.deepEqual(
          ["read", "sent"].map((verb) => lines.includes(`${verb}${end}`)),
          [true, true],
        );
      }),
    );
  });
});
