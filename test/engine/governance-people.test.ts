import assert from "node:assert/strict";
import { EngineWorkspace } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";
import { QUICK, startForEngine } from "../support/github/engine.ts";
import type { GitHubStandIn } from "../support/github/index.ts";

const TOKEN = "organization-token";

/** People and teams whom GitHub does not know, beside some whom it does. */
describe("governance that names unknown people under the real engine and GitHub provider", function () {
  this.timeout(120_000);
  let github: GitHubStandIn | undefined;
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    github = await startForEngine(this);
    const { state } = github;
    state.addOwner({ login: "octo-person" });
    state.addOwner({ login: "octo-org", kind: "Organization", plan: "enterprise" });
    state.addTeam("octo-org", "maintainers");
    state.addToken(TOKEN, { login: "octo-person", scopes: ["repo", "workflow", "read:org"] });
    state.addRepository("octo-org/platform", {});
    workspace = await EngineWorkspace.start({
      project: ROOT,
      stack: "people",
      github: { url: github.url, token: TOKEN },
    });
    workspace.configure({
      ...QUICK,
      "proving-ground:owner": "platform",
      "proving-ground:hosts": false,
      "proving-ground:governance": {
        owner: "octo-org",
        ownerKind: "organization",
        plan: "enterprise",
        repositories: {
          platform: {
            details: { visibility: "public" },
            variables: { REGION: "us-west-2" },
            branches: { main: { upToDate: false, pushers: ["octo-org/maintainers", "octo-org/maintaners"] } },
            environments: { production: { reviewers: { users: ["octo-person", "octo-persson"] } } },
          },
        },
      },
    });
  });

  after(async () => {
    await workspace?.dispose();
    await github?.close();
  });

  it("is refused with every name before anything is changed", async () => {
    assert.ok(workspace !== undefined && github !== undefined);
    const run = await workspace.run("up");
    assert.notEqual(run.exitCode, 0);
    const told = [...run.diagnostics, run.stdout, run.stderr].join("\n");
    assert.match(told, /platform\.branches\.main\.pushers\[1\] = maintaners: is no team of octo-org/);
    assert.match(told, /environments\.production\.reviewers\.users\[1\] = octo-persson: is nobody's login/);
    assert.doesNotMatch(told, /octo-person:|maintainers:|node_modules/);
    assert.deepEqual(github.changes, []);
  });
});
