import assert from "node:assert/strict";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { governedChanges } from "../../cli/report/governed-changes.ts";
import { diffPlans, parsePlan, renderDiff } from "../../cli/report/diff.ts";
import { renderComment } from "../../cli/comment/render.ts";
import { reportsOf } from "../../cli/comment/report.ts";
import { PROJECT } from "../../cli/stack-file.ts";
import type { Plan } from "../../model/plan.ts";

type Settings = Readonly<Record<string, unknown>>;

const PUBLIC = { details: { visibility: "public" } };

/** The plan of a stack that governs one repository `octo/app`, as `ground plan` makes it. */
async function planOf(repository: Settings, more: Settings = {}): Promise<Plan> {
  const governance = {
    owner: "octo",
    ownerKind: "organization",
    plan: "team",
    repositories: { app: { ...PUBLIC, ...repository }, ...more },
  };
  const config = { owner: "octo", hosts: "false", governance: JSON.stringify(governance) };
  const plan = await makePlan({
    project: PROJECT,
    stack: "github",
    today: "2026-12-01",
    secretKeys: [],
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])),
  });
  // What rules say of so little is not asked here.
  return { ...plan, policies: [] };
}

/** Each change as `! topic: words`, the mark for what guards less. */
async function changes(before: Settings, after: Settings): Promise<string[]> {
  const found = governedChanges(await planOf(before), await planOf(after));
  return found.map(({ topic, words, weakens }) => `${weakens ? "! " : ""}${topic}: ${words}`);
}

async function comment(before: Settings, after: Settings): Promise<string> {
  const [base, head] = [await planOf(before), await planOf(after)];
  const none = new Map<string, never>();
  const evidence = {
    heads: new Map([["github", head]]),
    bases: new Map([["github", base]]),
    runs: none,
    problems: none,
  };
  return renderComment(reportsOf(evidence), {});
}

async function difference(before: Settings, after: Settings): Promise<string> {
  return renderDiff(diffPlans(await planOf(before), await planOf(after)), { color: false, width: 100 });
}

const prod = (teams: string[], users: string[]): Settings => ({
  environments: { prod: { branches: ["main"], reviewers: { teams, users } } },
});
const main = (branch: Settings): Settings => ({
  branches: { main: { checks: ["build", "lint"], approvals: 2, ...branch } },
});
const secret = (key: string): Settings => ({ secrets: { TOKEN: { config: `github-secrets:${key}` } } });

describe("what plans would change on GitHub", function () {
  this.timeout(60_000);

  it("is nothing for the same settings", async () => {
    assert.deepEqual(
      await changes({ ...main({}), ...prod(["sre"], []) }, { ...main({}), ...prod(["sre"], []) }),
      [],
    );
  });

  it("names who approves a deployment, before and after, in every report", async () => {
    const [before, after] = [prod(["sre"], ["alice"]), prod(["interns"], ["mallory"])];
    const words = "approved by alice, team sre → mallory, team interns";
    assert.deepEqual(await changes(before, after), [`! environment prod: ${words}`]);
    const text = await difference(before, after);
    assert.match(text, /! octo\/app environment prod: approved by alice, team sre → mallory, team interns/);
    assert.match(text, /reviewers\[0\]\.users\[0\]: "\[user\.alice\]" → "\[user\.mallory\]"/);
    const markdown = await comment(before, after);
    assert.match(markdown, /⚠️ 1 safeguard on GitHub weakened/);
    assert.match(
      markdown,
      /#### On GitHub\n\n- ⚠️ `octo\/app` environment prod: approved by alice, team sre → mallory/,
    );
    assert.match(markdown, /! github:.*RepositoryEnvironment .*\(reviewers\)/);
  });

  it("names where a secret's value comes from, before and after, and no other resource", async () => {
    const words =
      "TOKEN comes from configuration github-secrets:other instead of configuration github-secrets:token";
    assert.deepEqual(await changes(secret("token"), secret("other")), [`secrets: ${words}`]);
    assert.match(await difference(secret("token"), secret("other")), /secretSources\.actions\.TOKEN: /);
    const markdown = await comment(secret("token"), secret("other"));
    assert.doesNotMatch(markdown, /No changes/);
    assert.match(markdown, /1 updated/);
  });

  it("names who may go round a ruleset, administrators as protection does", async () => {
    const ruleset = (more: Settings): Settings => main({ kind: "ruleset", ...more });
    const found = await changes(
      ruleset({ administratorsIncluded: true, bypass: ["octo/sre"] }),
      ruleset({ administratorsIncluded: false, bypass: ["octo/interns"] }),
    );
    assert.deepEqual(found, [
      "! main: administrators may go round it",
      "! main: team interns may go round it",
      "main: team sre may no longer go round it",
    ]);
  });

  it("puts what guards less first, and compares checks as sets", async () => {
    assert.deepEqual(
      await changes(
        main({}),
        main({ approvals: 1, checks: ["smoke", "build"], signedCommits: true, deletion: true }),
      ),
      [
        "! main: approvals 2 → 1",
        "! main: the branch may be deleted",
        '! main: check "lint" is no longer required',
        "main: commits must be signed",
        'main: check "smoke" is now required',
      ],
    );
    assert.deepEqual(await changes(main({}), main({ checks: ["lint", "build"] })), []);
    assert.match(await difference(main({}), main({ checks: ["lint", "build"] })), /No difference\./);
  });

  it("says that a branch or an environment is given up, and what is adopted stays", async () => {
    assert.deepEqual(await changes({ ...main({}), ...prod(["sre"], []) }, {}), [
      "! main: is no longer protected",
      "! environment prod: is deleted, with its secrets and variables",
    ]);
    assert.deepEqual(await changes(main({ existing: true }), {}), [
      "main: rules are forgotten; they stay on GitHub",
    ]);
  });

  it("tells visibility, Actions and alerts as they are worded", async () => {
    const actions = { allowed: "selected", shaPinningRequired: true };
    const found = await changes(
      { actions, vulnerabilityAlerts: true },
      { details: { visibility: "private" }, actions: { workflowToken: "write" }, vulnerabilityAlerts: false },
    );
    assert.deepEqual(found, [
      "! Actions: only GitHub's own, pinned to commits, token may only read → all actions allowed, token may write",
      "! security: Dependabot alerts → no Dependabot alerts",
      "repository: public → private",
    ]);
  });

  it("does not call a repository deleted that is only forgotten", async () => {
    const two = await planOf(main({}), { other: { ...PUBLIC, vulnerabilityAlerts: true } });
    const one = await planOf(main({}));
    assert.deepEqual(
      governedChanges(two, one).map(({ repository, topic }) => [repository, topic]),
      [["octo/other", "repository"]],
    );
    const text = renderDiff(diffPlans(two, one), { color: false, width: 120 });
    assert.match(text, /- governance-other-repository {2}github:\S+ {2}forgotten; stays on GitHub/);
    assert.match(
      text,
      /Resources: 1 deleted, 0 changed, 2 forgotten, 0 created|Resources: 1 deleted, 2 forgotten, 0 changed, 0 created/,
    );
    assert.doesNotMatch(text, /\(depends on\)/);
    const none = new Map<string, never>();
    const evidence = {
      heads: new Map([["github", one]]),
      bases: new Map([["github", two]]),
      runs: none,
      problems: none,
    };
    const markdown = renderComment(reportsOf(evidence), {});
    assert.match(markdown, /\*\*forget\*\* `governance-other-repository` .* — forgotten; stays on GitHub/);
    assert.match(markdown, /\*\*delete\*\* `governance-other-claim`/);
    assert.doesNotMatch(markdown, /depends on/);
  });

  it("keeps what stays in the plan's JSON, and reads plans that do not say it", async () => {
    const plan = await planOf({});
    const read = parsePlan(JSON.stringify(plan), "plan.json");
    const kept = read.resources
      .filter(({ retainOnDelete }) => retainOnDelete === true)
      .map(({ name }) => name);
    assert.deepEqual(kept, ["governance-app-repository"]);
  });
});
