import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, pieceOf } from "../../cli/deploy/digest.ts";
import { listFolder } from "../../cli/deploy/local-files.ts";
import { Folder } from "./support.ts";

describe("the folder to deploy", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => {
    folder.remove();
  });

  it("every file, hidden ones too, by path in a stable order; empty folders leave no trace", async () => {
    folder.write({ "b/.hidden": "1", a: "22", ".DS_Store": "", "b/c/d": "4" });
    mkdirSync(join(folder.path, "empty"));
    const { files, problems } = await listFolder(folder.path);
    assert.deepEqual(
      files.map(({ path, bytes, executable }) => [path, bytes, executable]),
      [
        [".DS_Store", 0, false],
        ["a", 2, false],
        ["b/.hidden", 1, false],
        ["b/c/d", 1, false],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it("a link to a file inside counts as that file; every other link is refused", async () => {
    const outside = new Folder().write({ secret: "s" });
    folder.write({ real: "content", "dir/x": "x" });
    symlinkSync("real", join(folder.path, "alias"));
    symlinkSync(join(outside.path, "secret"), join(folder.path, "out"));
    symlinkSync("dir", join(folder.path, "folder"));
    symlinkSync(".", join(folder.path, "dir/loop"));
    symlinkSync("missing", join(folder.path, "broken"));
    const { files, problems } = await listFolder(folder.path);
    outside.remove();
    assert.deepEqual(
      files.map(({ path, bytes }) => [path, bytes]),
      [
        ["alias", 7],
        ["dir/x", 1],
        ["real", 7],
      ],
    );
    assert.deepEqual(problems.map((problem) => problem.replace(outside.path, "OUTSIDE")).sort(), [
      "broken: is a link that leads nowhere; remove it or mend it",
      "dir/loop: is a link to something other than a file; only links to files inside the folder are followed",
      "folder: is a link to something other than a file; only links to files inside the folder are followed",
      "out: is a link to OUTSIDE/secret, outside the folder; copy the file into the folder",
    ]);
  });

  for (const [what, swap] of [
    [
      "file",
      (root: string, outside: string) => {
        rmSync(join(root, "dir/x"));
        symlinkSync(join(outside, "x"), join(root, "dir/x"));
      },
    ],
    [
      "folder",
      (root: string, outside: string) => {
        renameSync(join(root, "dir"), join(root, "moved"));
        symlinkSync(outside, join(root, "dir"));
      },
    ],
    [
      "pipe",
      (root: string) => {
        rmSync(join(root, "dir/x"));
        execFileSync("mkfifo", [join(root, "dir/x")]);
      },
    ],
  ] as const)
    it(`a ${what} that leads elsewhere once it was listed is not read`, async () => {
      const outside = new Folder().write({ x: "secret" });
      folder.write({ "dir/x": "content" });
      const { files } = await listFolder(folder.path);
      const [listed] = files;
      assert.equal(listed?.path, "dir/x");
      assert.equal((await digestOf(listed.absolute)).bytes, 7);
      swap(folder.path, outside.path);
      const elsewhere = /^Error: (changed its place or became a link|is no file any more)/;
      await assert.rejects(digestOf(listed.absolute), elsewhere);
      await assert.rejects(pieceOf(listed.absolute, 0), elsewhere);
      outside.remove();
    });

  it("a link inside is read where it leads to", async () => {
    folder.write({ "dir/x": "content" });
    symlinkSync("dir/x", join(folder.path, "alias"));
    const { files } = await listFolder(folder.path);
    const digests = await Promise.all(files.map(({ absolute }) => digestOf(absolute)));
    assert.deepEqual([...new Set(digests.map(({ bytes }) => bytes))], [7]);
  });

  it("a folder that is named like the beginning of another is outside it", async () => {
    const neighbour = `${folder.path}-other`;
    mkdirSync(neighbour);
    writeFileSync(join(neighbour, "f"), "f");
    symlinkSync(join(neighbour, "f"), join(folder.path, "link"));
    const { problems } = await listFolder(folder.path);
    execFileSync("rm", ["-r", neighbour]);
    assert.match(problems.join(), /outside the folder/);
  });

  it("pipes, and names that would forge a line or are no UTF-8, are refused and shown safely", async () => {
    folder.write({ "two\nlines": "x", fine: "y" });
    execFileSync("mkfifo", [join(folder.path, "pipe")]);
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0xff, 0x61])]), "z");
    const { files, problems } = await listFolder(folder.path);
    assert.deepEqual(
      files.map(({ path }) => path),
      ["fine"],
    );
    assert.deepEqual([...problems].sort(), [
      "pipe: is neither file nor folder (a socket, pipe or device); remove it from the folder",
      "two\\u{a}lines: its name holds a control character; rename it",
      "\ufffda: its name is no UTF-8; rename it",
    ]);
  });

  it("no folder, a file, an empty folder", async () => {
    assert.match((await listFolder(join(folder.path, "none"))).problems.join(), /no such folder/);
    assert.match((await listFolder(folder.path)).problems.join(), /holds no files/);
    folder.write({ file: "f" });
    assert.match(
      (await listFolder(join(folder.path, "file"))).problems.join(),
      /is a file; DIR must be a folder/,
    );
  });
});
