import assert from "node:assert/strict";
import { join } from "node:path";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { renderHtml } from "../../cli/report/html.ts";
import { renderText } from "../../cli/report/text.ts";
import { pulumiConfig, readStackFile } from "../../cli/stack-file.ts";
import { goldenText } from "../support/golden.ts";
import { ground, ROOT } from "../support/plans.ts";

const EXAMPLE = join(ROOT, "examples/octollm.yaml");
const KEYS = ["github-secrets:codecov", "github-secrets:snyk"] as const;
/** What the text of a secret begins with, whichever it is. */
const CANARY = "canary-2f71";
const ENCODED = Buffer.from(CANARY).toString("base64").slice(0, 12);

describe("secrets of governed repositories (FM-65)", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "governed-secrets-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** The example with values for its secrets, in clear or as Pulumi writes encrypted ones. */
  async function withValues(valueOf: (key: string) => string): Promise<string> {
    const file = join(folder, "Pulumi.octollm.yaml");
    const lines = KEYS.map((key) => `  ${key}: ${valueOf(key)}\n`).join("");
    await writeFile(file, (await readFile(EXAMPLE, "utf8")).replace("config:\n", `config:\n${lines}`));
    return file;
  }

  it("are in no form of the plan, though the program is given their values", async () => {
    const file = readStackFile(EXAMPLE);
    const { config, ...rest } = pulumiConfig(file);
    const plan = await makePlan({
      project: file.project,
      stack: "octollm",
      today: "2026-12-01",
      ...rest,
      config: { ...config, ...Object.fromEntries(KEYS.map((key) => [key, `${CANARY} ${key}`])) },
      secretKeys: [...KEYS],
    });
    const options = { stackFile: "examples/octollm.yaml", rules: 1, schedules: [] };
    const forms = {
      "the plan as JSON": JSON.stringify(plan),
      "the golden plan": goldenText(plan),
      "the text": renderText(plan, { ...options, color: true, width: 200 }),
      "the page": await renderHtml(plan, options),
    };
    for (const [form, text] of Object.entries(forms)) {
      assert.ok(text.includes("CODECOV_TOKEN"), `${form} names the secret`);
      assert.ok(!text.includes(CANARY) && !text.includes(ENCODED), `${form} holds a value`);
    }
  });

  it("are in nothing that the command writes, encrypted or not", async () => {
    const page = join(folder, "plan.html");
    const file = await withValues((key) => `{ secure: "v1:${CANARY}:${key}" }`);
    for (const form of [["--html", page], ["--json"]]) {
      const run = await ground(["plan", "--config", file, ...form]);
      assert.deepEqual([run.exitCode, run.stderr], [0, ""]);
      assert.match(run.stdout, /CODECOV_TOKEN/);
      assert.ok(!run.stdout.includes(CANARY));
    }
    assert.ok(!(await readFile(page, "utf8")).includes(CANARY));
  }).timeout(60_000);

  it("are refused by name where their values stand in clear, exit 2", async () => {
    const run = await ground(["plan", "--config", await withValues(() => CANARY)]);
    assert.equal(run.exitCode, 2, run.stdout + run.stderr);
    assert.match(run.stderr, /secrets\.CODECOV_TOKEN: .*github-secrets:codecov, which stands in clear/);
    assert.ok(!(run.stdout + run.stderr).includes(CANARY));
  }).timeout(60_000);
});
