import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Plan } from "../../model/plan.ts";
import { ground, ROOT, type CommandResult } from "../support/plans.ts";

/** Sign of a stack trace. */
const TRACE = /^\s+at .+:\d+:\d+\)?$/m;

describe("ground plan", function () {
  this.timeout(60_000);
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ground-plan-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The development stack's file with some settings changed, as a file of its own; undefined removes one. */
  function devWith(changes: Readonly<Record<string, unknown>>): string {
    const { config } = parse(readFileSync(join(ROOT, "Pulumi.dev.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const changed = Object.entries({ ...config, ...changes }).filter(([, value]) => value !== undefined);
    const file = join(folder, "Pulumi.dev.yaml");
    writeFileSync(file, stringify({ config: Object.fromEntries(changed) }));
    return file;
  }

  function planned({ exitCode, stdout, stderr }: CommandResult): Plan {
    assert.deepEqual([exitCode, stderr], [0, ""]);
    return JSON.parse(stdout) as Plan;
  }

  it("shows the plan of dev with its price, without credentials, exit 0", async () => {
    const { exitCode, stdout, stderr } = await ground(["plan"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    for (const part of ["proving-ground / dev", "Orchestrator", "Cluster", "total", "budget"]) {
      assert.ok(stdout.includes(part), part);
    }
    assert.ok(!stdout.includes("\u001b"), "no colour where nobody looks at a terminal");
  });

  it("reports every problem of a stack file at once, writes nothing, exit 2 (FM-40)", async () => {
    const file = devWith({
      "proving-ground:owner": undefined,
      "proving-ground:region": "us-west-9",
      "proving-ground:cluster": { size: "huge" },
      "proving-ground:buget": { usdPerDay: 1 },
    });
    const result = await ground(["plan", "--config", file, "--html", "page.html"], folder);
    assert.equal(result.exitCode, 2);
    assert.equal(result.stdout, "");
    for (const part of ["owner", "us-west-9", "us-west-2", '"huge"', "small", "buget", '"budget"']) {
      assert.ok(result.stderr.includes(part), `${part} in:\n${result.stderr}`);
    }
    assert.doesNotMatch(result.stderr, TRACE);
    assert.deepEqual(readdirSync(folder), ["Pulumi.dev.yaml"]);
  });

  it("reports a file that is no YAML with line and column, exit 2", async () => {
    const file = join(folder, "Pulumi.broken.yaml");
    writeFileSync(file, "config:\n  proving-ground:owner: [unclosed\n");
    const { exitCode, stdout, stderr } = await ground(["plan", "--config", file]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /Pulumi\.broken\.yaml:\d+:\d+: /);
    assert.doesNotMatch(stderr, TRACE);
  });

  it("reports a type without a price before it plans, exit 2", async () => {
    const file = devWith({ "proving-ground:orchestrator": { instanceType: "z99.huge" } });
    const { exitCode, stdout, stderr } = await ground(["plan", "--config", file]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /orchestrator\.instanceType = "z99\.huge": has no on-demand price in us-west-2/);
  });

  it("shows the plan and the verdict where the budget is too small, exit 5", async () => {
    const file = devWith({
      "proving-ground:budget": { usdPerDay: 1, worstCaseUsdPerDay: 2, emails: ["oncall@example.com"] },
      "proving-ground:modelApi": undefined,
    });
    const text = await ground(["plan", "--config", file]);
    assert.deepEqual([text.exitCode, text.stderr], [5, ""]);
    assert.ok(text.stdout.includes("daily-cost") && text.stdout.includes("worst-case-cost"), text.stdout);

    const json = await ground(["plan", "--config", file, "--json"]);
    assert.equal(json.exitCode, 5);
    const { policies, resources } = JSON.parse(json.stdout) as Plan;
    const denied = policies.filter(({ level }) => level === "mandatory").map(({ name }) => name);
    assert.ok(denied.includes("daily-cost") && denied.includes("worst-case-cost"), denied.join());
    assert.ok(resources.length > 20, "the plan is complete all the same");
  });

  it("names the known stacks and the nearest for an unknown one, exit 6", async () => {
    const { exitCode, stdout, stderr } = await ground(["plan", "--stack", "prdo"]);
    assert.deepEqual([exitCode, stdout], [6, ""]);
    assert.equal(stderr, 'Unknown stack "prdo"; did you mean "prod"? Known stacks: dev, prod, staging.\n');
  });

  it("refuses an option it does not know, exit 2", async () => {
    const { exitCode, stdout, stderr } = await ground(["plan", "--stak", "dev"]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /unknown option '--stak'/);
  });

  it("compares with an earlier plan, exit 0", async () => {
    const earlier = planned(await ground(["plan", "--json"]));
    writeFileSync(join(folder, "earlier.json"), JSON.stringify(earlier));
    const file = devWith({ "proving-ground:orchestrator": { instanceType: "c7a.xlarge", diskGib: 50 } });
    const { exitCode, stdout, stderr } = await ground(
      ["plan", "--config", file, "--diff", "earlier.json"],
      folder,
    );
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /instanceType: "c7a\.large" → "c7a\.xlarge"/);
    // The host, and what the guard is told that it costs.
    assert.match(stdout, /Resources: 0 deleted, 2 changed, 0 created/);
  });

  it("says what is wrong with the file to compare with, exit 2", async () => {
    const missing = await ground(["plan", "--diff", join(folder, "none.json")]);
    assert.deepEqual([missing.exitCode, missing.stdout], [2, ""]);
    assert.match(missing.stderr, /none\.json/);
    writeFileSync(join(folder, "other.json"), '{"name": "something else"}');
    const other = await ground(["plan", "--diff", "other.json"], folder);
    assert.deepEqual([other.exitCode, other.stdout], [2, ""]);
    assert.match(other.stderr, /other\.json/);
    for (const { stderr } of [missing, other]) assert.doesNotMatch(stderr, TRACE);
  });

  it("writes the page beside whoever asked for it, and says so", async () => {
    const { exitCode, stdout, stderr } = await ground(["plan", "--html", "plan.html"], folder);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /plan\.html/);
    const page = readFileSync(join(folder, "plan.html"), "utf8");
    assert.match(page, /^<!doctype html>/i);
    assert.ok(page.includes("orchestrator-instance") && page.includes("storage-1"));
    assert.doesNotMatch(page, /<(script|link|img|iframe)[^>]+(src|href)=["']?https?:/i, "self-contained");
  });

  it("with --json and --html prints the document and nothing else", async () => {
    const result = await ground(["plan", "--json", "--html", "plan.html"], folder);
    assert.equal(planned(result).stack, "dev");
    assert.ok(existsSync(join(folder, "plan.html")));
  });

  it("says where a page cannot be written, exit 2", async () => {
    const { exitCode, stderr } = await ground(["plan", "--html", join(folder, "no/such/plan.html")]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /plan\.html: cannot be written/);
    assert.doesNotMatch(stderr, TRACE);
  });

  it("takes a stack's name with its organization and project, as Pulumi does (FM-40)", async () => {
    assert.equal(planned(await ground(["plan", "--stack", "a/b/dev", "--json"])).stack, "dev");
  });

  it("reports an alias inside its own anchor in one message, exit 2 (FM-40)", async () => {
    const file = join(folder, "Pulumi.cyclic.yaml");
    writeFileSync(file, "config: &a { proving-ground:owner: *a }\n");
    const { exitCode, stdout, stderr } = await ground(["plan", "--config", file]);
    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /^.*Pulumi\.cyclic\.yaml:1:\d+: .* inside its own anchor &a/);
    assert.doesNotMatch(stderr, TRACE);
  });

  it("prints no warning of Node, with its content, about a map as a key (FM-65)", async () => {
    const file = join(folder, "Pulumi.key.yaml");
    writeFileSync(file, "config:\n  ? { secret: canary }\n  : x\n");
    const { exitCode, stderr } = await ground(["plan", "--config", file]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /a key must be a text/);
    assert.doesNotMatch(stderr, /Warning|canary/);
  });

  it("reports a type without a price together with the other problems (FM-40)", async () => {
    const file = devWith({
      "proving-ground:orchestrator": { instanceType: "z99.huge" },
      "proving-ground:policies": { levels: { "daily-costs": "advisory" } },
      "proving-ground:owner": undefined,
    });
    const { exitCode, stderr } = await ground(["plan", "--config", file]);
    assert.equal(exitCode, 2);
    for (const part of ["3 problems", "owner: ", "z99.huge", "daily-costs"])
      assert.ok(stderr.includes(part), stderr);
  });

  it("says that its output cannot be written, exit 2", function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    try {
      const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "cli/ground.mjs"), "plan"], {
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      assert.equal(status, 2);
      assert.match(stderr, /^ground: the output cannot be written: ENOSPC.*\n$/);
    } finally {
      closeSync(full);
    }
  });

  it("refuses a page in place of the stack file or the plan to compare with, exit 2", async () => {
    const stackFile = devWith({});
    const earlier = join(folder, "earlier.json");
    writeFileSync(earlier, JSON.stringify(planned(await ground(["plan", "--json"]))));
    linkSync(stackFile, join(folder, "linked.html"));
    const args = ["plan", "--config", stackFile, "--diff", earlier, "--html"];
    const before = [stackFile, earlier].map((file) => readFileSync(file, "utf8"));
    for (const [html, what] of [
      ["./Pulumi.dev.yaml", "the stack file"],
      ["linked.html", "the stack file"],
      ["earlier.json", "the plan of --diff"],
    ] as const) {
      const { exitCode, stdout, stderr } = await ground([...args, html], folder);
      assert.deepEqual([exitCode, stdout], [2, ""]);
      assert.ok(stderr.includes(`${html}: is ${what} itself, which the page would overwrite`), stderr);
    }
    assert.deepEqual(
      [stackFile, earlier].map((file) => readFileSync(file, "utf8")),
      before,
    );
  });

  it("refuses an empty file name, exit 2", async () => {
    for (const option of ["--config", "--html", "--diff"]) {
      const { exitCode, stdout, stderr } = await ground(["plan", option, ""]);
      assert.deepEqual([exitCode, stdout], [2, ""]);
      assert.match(
        stderr,
        new RegExp(`option '${option} <file>' argument '' is invalid\\. It must name a file\\.`),
      );
    }
  });

  it("shows nothing of an encrypted value, in text, JSON, page or message (FM-65)", async () => {
    const canary = "AAABAO3canary7f3a";
    const accepted = devWith({ "github:token": { secure: canary } });
    const json = await ground(["plan", "--config", accepted, "--json", "--html", "plan.html"], folder);
    planned(json);
    const text = await ground(["plan", "--config", accepted]);
    const refusal = await ground([
      "plan",
      "--config",
      devWith({ "proving-ground:owner": { secure: canary } }),
    ]);
    assert.equal(refusal.exitCode, 2);
    assert.match(refusal.stderr, /owner = \[secret\]: must not be encrypted/);
    const page = readFileSync(join(folder, "plan.html"), "utf8");
    for (const { stdout, stderr } of [json, text, refusal]) {
      assert.ok(![stdout, stderr, page].some((shown) => shown.includes(canary)));
    }
  });
});
