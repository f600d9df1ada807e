import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { BAD, ROOT } from "./stack-files.ts";

/** The whole message for a stack file, with its path as it is from the project's root. */
function messageOf(file: string): string {
  try {
    settingsOf(readStackFile(join(ROOT, file)), { stack: "dev" });
  } catch (error) {
    assert(error instanceof Error);
    return error.message.replaceAll(join(ROOT, file), file);
  }
  return assert.fail(`${file} was accepted`);
}

describe("settings that are wrong (FM-40)", () => {
  it("has at least thirty of them", () => {
    assert(BAD.length >= 30);
  });

  for (const file of BAD) {
    const title = file.replace(/^.*\/|\.yaml$/g, "");
    const failureMode = title === "image-look-alike" ? "FM-29" : "FM-40";
    it(`${failureMode}: ${title}`, () => {
      assert.equal(`${messageOf(file)}\n`, readFileSync(join(ROOT, file.replace(/yaml$/, "txt")), "utf8"));
    });
  }

  it("FM-65: no encrypted text is in any message", () => {
    const encrypted = BAD.filter((file) =>
      readFileSync(join(ROOT, file), "utf8").includes("canary-ciphertext"),
    );
    assert(encrypted.length >= 9);
    for (const file of encrypted) {
      // Of a line that cannot be read, dots; of a top-level key, nothing.
      assert.match(messageOf(file), /\[secret\]|··|is not a key of a stack file/);
      assert.doesNotMatch(messageOf(file), /canary/);
    }
  });
});
