import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsSchema } from "../../infra/bootstrap/settings/schema.ts";
import { recordBootstrap } from "../bootstrap/support.ts";
import { skipWithoutEngine } from "../support/engine-available.ts";
import { startCommand } from "../support/engine-command.ts";
import { ROOT } from "../support/plans.ts";

const GUIDE = readFileSync(join(ROOT, "docs/bootstrap.md"), "utf8");

/** Commands that have commands of their own. */
const GROUPS = new Set(["config", "stack", "state"]);

interface Written {
  readonly command: readonly string[];
  readonly flags: readonly string[];
}

/** Every `pulumi …` of a page, in its blocks and in its lines. */
function pulumiCommands(page: string): Written[] {
  const texts = [...page.matchAll(/\bpulumi ([^`#|&()\n;]*)/g)].map(([, text = ""]) => text);
  return texts.flatMap((text) => {
    const words = text.trim().split(/\s+/);
    const [first = ""] = words;
    if (!/^[a-z][a-z-]*$/.test(first)) return [];
    return {
      command: GROUPS.has(first) ? words.slice(0, 2) : [first],
      flags: words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*$/, "")),
    };
  });
}

describe("the guide to the bootstrap", function () {
  this.timeout(120_000);

  it("finds the commands of a page", () => {
    const page = "Run `pulumi stack rm NAME --force`.\n```sh\nx && pulumi up --stack dev  # all\n```";
    assert.deepEqual(pulumiCommands(page), [
      { command: ["stack", "rm"], flags: ["--force"] },
      { command: ["up"], flags: ["--stack"] },
    ]);
  });

  it("says only what the real CLI knows", async function () {
    skipWithoutEngine(this);
    const commands = pulumiCommands(GUIDE);
    const flags = new Map<string, Set<string>>();
    for (const { command, flags: used } of commands) {
      const name = command.join(" ");
      flags.set(name, new Set([...(flags.get(name) ?? []), ...used]));
    }
    for (const name of ["login", "stack init", "stack export", "stack import", "cancel", "up", "destroy"])
      assert.ok(flags.has(name), `the guide does not say pulumi ${name}: ${[...flags.keys()].join(", ")}`);
    for (const [name, used] of flags) {
      const help = await helpOf(name);
      const known = new Set([...help.matchAll(/(?<=[\s,])--?[a-z][a-z-]*/g)].map(([flag]) => flag));
      assert.deepEqual(
        [...used].filter((flag) => !known.has(flag)),
        [],
        `pulumi ${name}`,
      );
    }
  });

  it("reads outputs that the program has", async () => {
    const { outputs } = await recordBootstrap();
    const paths = [...GUIDE.matchAll(/\(value "?([^")]+(?:\\"\$NAME\\"[^")]+)?)"?\)/g)].map(
      ([, path = ""]) => path,
    );
    assert.equal(paths.length, 6, paths.join(" "));
    for (const path of paths) {
      const parts = path.replace('[\\"$NAME\\"]', ".prod").split(".").slice(1);
      const found = parts.reduce<unknown>(
        (value, part) =>
          typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined,
        outputs,
      );
      assert.ok(typeof found === "string" && found !== "", `${path} of ${JSON.stringify(outputs)}`);
    }
  });

  it("names settings that exist", () => {
    for (const name of ["awsAccount", "administrators", "github", "oidcProvider"]) {
      assert.ok(GUIDE.includes(`\`${name}`) || GUIDE.includes(` ${name}`), name);
      assert.ok(name in settingsSchema.shape, name);
    }
  });
});

async function helpOf(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await startCommand("pulumi", [...name.split(" "), "--help"], {
    folder: tmpdir(),
    environment: { PATH: process.env["PATH"], HOME: tmpdir(), PULUMI_SKIP_UPDATE_CHECK: "true" },
    limit: 30_000,
  }).finished;
  assert.equal(exitCode, 0, stderr);
  // The CLI shows the help of a group for a command that the group does not have.
  const usage = /Usage:\s+pulumi ([a-z -]+?)(?: \[|<|$)/m.exec(stdout)?.[1] ?? "";
  assert.equal(usage.trim().split(" ").length, name.split(" ").length, `pulumi ${name}: ${usage}`);
  return stdout;
}
