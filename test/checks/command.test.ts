import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ground, ROOT } from "../support/plans.ts";

describe("ground checks", function () {
  this.timeout(60_000);

  it("no other command loads GitHub's parser", async () => {
    await ground(["--help"]);
    const loaded = new Set<string>();
    const follow = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      const text = readFileSync(join(ROOT, "dist/cli", name), "utf8");
      for (const [, part = ""] of text.matchAll(/^(?:import|\} from|import .* from) "\.\/([^"]+)";$/gm))
        follow(part);
    };
    follow("main.mjs");
    const holding = [...loaded].filter((name) =>
      readFileSync(join(ROOT, "dist/cli", name), "utf8").includes("workflow-root-strict"),
    );
    assert.ok(loaded.size > 1, "the parts of the bundle were not found");
    assert.deepEqual(holding, []);
  });
});
