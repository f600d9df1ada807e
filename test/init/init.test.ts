import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import fc from "fast-check";
import { GroundError } from "../../cli/errors.ts";
import { draftOf, type Answers } from "../../cli/init/answers.ts";
import { registerInit } from "../../cli/init/command.ts";
import { renderStackFile } from "../../cli/init/render.ts";
import { readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { REGIONS } from "../../model/regions.ts";
import { SIZE_NAMES } from "../../model/sizes.ts";
import { withHosts } from "../support/components.ts";

const KNOWN = ["--owner", "Storage team: nights", "--email", "oncall@example.com"];

describe("ground init", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "init-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the command; with lines, a person answers each question by the next of them. */
  async function init(flags: readonly string[], lines?: readonly string[]): Promise<string> {
    const output = new PassThrough({ encoding: "utf8" });
    const program = new Command().exitOverride();
    const input = new PassThrough();
    let shown = "";
    let next = 0;
    output.on("data", (text: string) => {
      shown += text;
      // A question ends with a colon and a space, and waits: that is the moment to answer.
      if (lines === undefined || !text.endsWith(": ")) return;
      const line = lines[next++];
      if (line === undefined) input.end();
      else input.write(`${line}\n`);
    });
    registerInit(program, { input, output, interactive: lines !== undefined, directory: folder });
    await program.parseAsync(["init", ...flags], { from: "user" });
    return shown;
  }

  function written(name: string) {
    return withHosts(settingsOf(readStackFile(join(folder, name)), { stack: "dev" }));
  }

  async function refusal(run: Promise<unknown>): Promise<string> {
    let message = "";
    await assert.rejects(run, (error) => {
      assert(error instanceof GroundError);
      assert.equal(error.exitCode, 2);
      message = error.message;
      return true;
    });
    return message;
  }

  it("writes a stack file from flags, with a comment for every choice", async () => {
    const shown = await init([...KNOWN, "--name", "qa", "--size", "medium", "--zones", "usw2-az2, usw2-az3"]);
    assert.equal(shown, "Written: Pulumi.qa.yaml\nNext: npx ground plan --stack qa\n");
    const settings = written("Pulumi.qa.yaml");
    assert.equal(settings.owner, "Storage team: nights");
    assert.deepEqual(settings.zones, ["usw2-az2", "usw2-az3"]);
    assert.equal(settings.cluster?.size, "medium");
    const lines = readFileSync(join(folder, "Pulumi.qa.yaml"), "utf8").split("\n");
    assert.equal(lines[0], "# yaml-language-server: $schema=./schema/stack.schema.json");
    for (const [index, line] of lines.entries()) {
      if (/^ {2}proving-ground:/.test(line)) assert.match(lines[index - 1] ?? "", /^ {2}# [A-Z].*\.$/, line);
    }
  });

  it("turns working hours into a schedule", async () => {
    await init([...KNOWN, "--hours", "22-6 Europe/Berlin"]);
    assert.deepEqual(written("Pulumi.dev.yaml").cluster?.schedules, [
      {
        name: "working-days",
        start: "0 22 * * 1-5",
        stop: "0 6 * * 1-5",
        timeZone: "Europe/Berlin",
        exceptions: [],
      },
    ]);
  });

  it("leaves the model API out at 0, and takes several mail addresses", async () => {
    await init([...KNOWN, "--model-api", "0", "--email", "oncall@example.com,finance@example.com"]);
    const { modelApi, budget } = written("Pulumi.dev.yaml");
    assert.equal(modelApi, undefined);
    assert.deepEqual("emails" in budget && budget.emails, ["oncall@example.com", "finance@example.com"]);
  });

  it("asks what no flag says, proposes, and asks again where an answer will not do", async () => {
    const mail = ["", "oncall", "oncall@example.com"];
    const place = ["us-wst-2", "us-east-1", "usw2-az1, use1-az2", "use1-az2 use1-az4"];
    const money = ["", "10", "120", ""];
    const shown = await init(["--owner", "claudefs"], ["", ...mail, ...place, "large", "30", "6", ...money]);
    assert.match(shown, /Name of the stack \[dev\]: /);
    assert.doesNotMatch(shown, /answers for the cost/);
    for (const problem of [
      /is needed/,
      /did you mean "us-west-2"\?/,
      /must be a zone id of us-east-1/,
      /must be at most 24 hours/,
      /must be less than budget\.usdPerDay \(10\)/,
      /must be a mail address/,
    ]) {
      assert.match(shown, problem);
    }
    const settings = written("Pulumi.dev.yaml");
    assert.deepEqual(settings.zones, ["use1-az2", "use1-az4"]);
    assert.equal(settings.cluster?.hoursPerDay, 6);
    assert.equal("usdPerDay" in settings.budget && settings.budget.usdPerDay, 120);
  });

  it("writes nothing where the answers end early", async () => {
    assert.match(
      await refusal(init(["--owner", "claudefs"], ["dev", "oncall@example.com"])),
      /input ended before the last answer/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("FM-40: says everything that is wrong with the flags at once and writes nothing, exit code 2", async () => {
    const message = await refusal(
      init([
        "--name",
        "Dev",
        "--region",
        "us-wst-2",
        "--size",
        "mid",
        "--hours",
        "soon",
        "--budget",
        "0",
        "--email",
        "oncall",
      ]),
    );
    assert.match(message, /^ground init: 7 problems, nothing was written\n/);
    for (const flag of ["name", "owner", "region", "size", "hours", "budget", "email"]) {
      assert.match(message, new RegExp(`^ {2}--${flag}[ :]`, "m"));
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it("FM-40: says what is wrong with a flag before it asks anything", async () => {
    const message = await refusal(init(["--budget", "free"], []));
    assert.match(message, /1 problem, .*\n {2}--budget "free": must be a number$/);
  });

  it("overwrites a file only when forced", async () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "mine\n");
    assert.match(await refusal(init(KNOWN)), /^Pulumi\.dev\.yaml: already exists; .*--force$/);
    assert.equal(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8"), "mine\n");
    await init([...KNOWN, "--force"]);
    assert.equal(written("Pulumi.dev.yaml").environment, "dev");
  });

  it("writes where --output says", async () => {
    const file = join(folder, "own.yaml");
    assert.match(await init([...KNOWN, "--output", file]), /Next: npx ground plan --config .*own\.yaml\n$/);
    assert.equal(written("own.yaml").owner, "Storage team: nights");
    assert.match(
      await refusal(init([...KNOWN, "--output", join(folder, "none", "x.yaml")])),
      /cannot be written/,
    );
  });

  it("FM-40: every proposal passes the settings, and the file says what was answered", () => {
    const answers: fc.Arbitrary<Answers> = fc.record(
      {
        owner: fc.string({
          unit: fc.constantFrom("a", "Z", "9", "é", " ", ":", "-", "/", "=", "+", "@", ".", "_", "0"),
          minLength: 1,
          maxLength: 40,
        }),
        email: fc.constant("oncall@example.com"),
        region: fc.constantFrom(...REGIONS),
        size: fc.constantFrom(...SIZE_NAMES),
        hours: fc.oneof(
          fc.integer({ min: 0, max: 24 }).map(String),
          fc.constantFrom("8-16", "20-4 Asia/Tokyo"),
        ),
        modelApi: fc.integer({ min: 0, max: 500 }).map(String),
      },
      { requiredKeys: ["owner", "email"] },
    );
    fc.assert(
      fc.property(answers, (given) => {
        const draft = draftOf(given);
        const path = join(folder, `Pulumi.${draft.stack}.yaml`);
        writeFileSync(path, renderStackFile(draft));
        const file = readStackFile(path);
        assert.deepEqual(file.settings, JSON.parse(JSON.stringify(draft.document)));
        assert.equal(settingsOf(file, { stack: draft.stack }).owner, given.owner);
      }),
    );
  });
});
