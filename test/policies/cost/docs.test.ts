import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { RULES } from "../../../policies/rules/index.ts";
import { POLICY_DOCS_FILE, renderPolicyDocs } from "../../../scripts/policy-docs.ts";

describe("docs/policies.md", () => {
  it("is what the rules say", async () => {
    assert.equal(
      readFileSync(POLICY_DOCS_FILE, "utf8"),
      await renderPolicyDocs(),
      "docs/policies.md is stale: run npm run policy-docs",
    );
  });

  it("names every rule once; no two share a name", () => {
    const names = RULES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const page = readFileSync(POLICY_DOCS_FILE, "utf8");
    for (const name of names) assert.match(page, new RegExp(`^\\| \`${name}\` `, "m"));
  });
});
