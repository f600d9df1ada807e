import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { PLAN_NEEDS } from "../../infra/settings/governance-plans.ts";
import { featureProblems } from "../../infra/settings/governance-rules-features.ts";
import {
  GOVERNANCE_DOCS_FILE,
  governanceFields,
  renderGovernanceDocs,
} from "../../scripts/governance-docs.ts";

describe("docs/governance.md", () => {
  it("is up to date", async () => {
    assert.equal(
      readFileSync(GOVERNANCE_DOCS_FILE, "utf8"),
      await renderGovernanceDocs(),
      "docs/governance.md is stale: run node --import tsx scripts/governance-docs.ts",
    );
  });

  it("says of every field what it is and what may be written", () => {
    const fields = governanceFields();
    assert.ok(fields.length > 60, `only ${String(fields.length)} fields`);
    for (const { path, description, allowed } of fields) {
      assert.notEqual(description, "", path);
      assert.notEqual(allowed, "", path);
    }
  });

  it("names the default that the schema fills in", () => {
    const governance = governanceSchema.parse({
      owner: "octo",
      ownerKind: "user",
      repositories: { app: { details: { visibility: "public" }, branches: { main: {} }, actions: {} } },
    });
    const { app } = governance.repositories;
    const filled = {
      "repositories.NAME.branches.NAME.": app?.branches["main"],
      "repositories.NAME.actions.": app?.actions,
    };
    const defaults = new Map(governanceFields().map((field) => [field.path, field.default]));
    for (const [section, values] of Object.entries(filled))
      for (const [key, value] of Object.entries(values ?? assert.fail(section)).filter(
        ([name]) => name !== "upToDate",
      ))
        assert.equal(defaults.get(`${section}${key}`), JSON.stringify(value), `${section}${key}`);
  });

  it("names the plan for exactly the fields that the rules of features refuse (FM-60)", () => {
    const repository = (visibility: string) => ({
      details: { visibility },
      branches: { main: { pushers: ["octo/sre"], bypass: ["octo/sre"], mergeQueue: true } },
      codeOwners: { "*": ["@octo"] },
      environments: { prod: { reviewers: { users: ["a"], teams: ["sre"] }, waitMinutes: 5 } },
      secretScanning: true,
      pushProtection: true,
      vulnerabilityAlerts: true,
    });
    const refused = ["private", "internal"].flatMap((visibility) => {
      const given = { owner: "octo", ownerKind: "user", repositories: { app: repository(visibility) } };
      const governance = governanceSchema.parse(given);
      return Object.entries(governance.repositories).flatMap(([name, settings]) => {
        const path = `governance.repositories.${name}`;
        return [...featureProblems({ governance, repository: settings, path })].map(([at]) => fieldAt(at));
      });
    });
    assert.deepEqual([...new Set(refused)].sort(), Object.keys(PLAN_NEEDS).sort());
  });
});

/** The field of a path in a stack file. A whole branch or environment stands for the section that holds it. */
function fieldAt(path: string): string {
  return path
    .replace("governance.repositories.app", "repositories.NAME")
    .replace(/(branches|environments)\.(main|prod)$/, "$1")
    .replace(/(branches|environments)\.(main|prod)\./, "$1.NAME.");
}
