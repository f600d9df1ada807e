import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../../cli/doctor/check.ts";
import { checksOf } from "../../cli/doctor/doctor.ts";
import { verifyChecks } from "../../cli/verify/verify.ts";
import { planOf, ROOT } from "../support/plans.ts";
import { ALONE, HOSTS, settings } from "./surroundings.ts";

/** AWS actions that a command's page names, its section alone. */
function documented(command: string): ReadonlySet<string> {
  const page = readFileSync(join(ROOT, "docs/rights.md"), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith(`\`ground ${command}\``)) ?? "";
  return actionsIn(section);
}

function actionsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(/\b[a-z0-9-]+:[A-Z][A-Za-z]+\b/g));
}

function asked(checks: readonly Check[]): ReadonlySet<string> {
  const actions = actionsIn(checks.map(({ rights }) => rights).join(" "));
  return new Set([...actions].filter((action) => action !== "sts:GetCallerIdentity"));
}

describe("docs/rights.md", () => {
  it("names every right that a line of ground doctor asks for, and no other", () => {
    const document = { ...HOSTS, modelApi: { usdPerDay: 50 }, secrets: { names: ["cfs/token"] } };
    const checks = checksOf({ settings: settings(document), stack: "dev", config: {} }, ALONE, true);
    const named = [...documented("doctor")].filter((action) => action !== "sts:GetCallerIdentity");
    assert.deepEqual(named.sort(), [...asked(checks)].sort());
  });

  it("names every right that a line of ground verify asks for, and no other", async () => {
    const checks = verifyChecks({
      plan: await planOf("dev"),
      settings: settings(HOSTS),
      deep: false,
      aws: {},
      gitHub: undefined,
      now: Date.now,
    });
    assert.deepEqual([...documented("verify")].sort(), [...asked(checks)].sort());
  });
});
