import assert from "node:assert/strict";
import type { Diagnosis } from "../../cli/doctor/doctor.ts";
import type { RunProgram } from "../../cli/doctor/run-program.ts";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import { gitHub } from "../../cli/github-client.ts";
import { loadContract, startGitHub, type Contract, type GitHubStandIn } from "../support/github/index.ts";
import { NPM_INSTALL_LIMIT, orSkip } from "../support/npm-tools.ts";
import { ALONE, doctor, line, pulumi, settings, troubles } from "./surroundings.ts";

const NOW = Date.parse("2026-07-20T12:00:00Z");
const CHECKS = ["Lint", "Test (3.11)"];

/** A private repository of a user, protected and checked. */
const STACK = {
  hosts: false,
  owner: "team",
  governance: {
    owner: "someone",
    ownerKind: "user",
    plan: "pro",
    repositories: {
      app: {
        details: { visibility: "private" },
        branches: { main: { checks: CHECKS } },
        checks: { reported: { main: { mergeQueue: false, checks: CHECKS } } },
      },
    },
  },
} as const;

describe("ground doctor against the GitHub stand-in", function () {
  this.timeout(30_000);
  let contract: Contract;
  let standIn: GitHubStandIn;

  before(async function () {
    this.timeout(NPM_INSTALL_LIMIT);
    contract = await orSkip(this, loadContract());
  });

  beforeEach(async () => {
    standIn = await startGitHub({ contract, now: () => new Date(NOW) });
    standIn.state.addOwner({ login: "someone", plan: "pro" });
    standIn.state.addToken("good", { login: "someone", scopes: ["repo", "workflow", "user"] });
    standIn.state.addRepository("someone/app", { settings: { visibility: "private" } });
  });

  afterEach(async () => {
    assert.deepEqual(standIn.writes, [], "doctor changes nothing on GitHub");
    await standIn.close();
  });

  function examine(
    {
      token = "good",
      governance = {},
      repository = {},
    }: Readonly<{
      token?: string | undefined;
      governance?: Readonly<Record<string, unknown>>;
      repository?: Readonly<Record<string, unknown>>;
    }> = {},
    run: RunProgram = pulumi,
  ): Promise<Diagnosis> {
    const repositories = { app: { ...STACK.governance.repositories.app, ...repository } };
    const document = { ...STACK, governance: { ...STACK.governance, repositories, ...governance } };
    return doctor(settings(document), {
      ...ALONE,
      run,
      now: () => NOW,
      gitHub: token === "" ? undefined : gitHub(token, standIn.url),
    });
  }

  it("finds a good account good, exit 0, and asks AWS nothing", async () => {
    const diagnosis = await examine();
    assert.deepEqual(troubles(diagnosis), []);
    assert.equal(diagnosis.exitCode, 0);
    assert.ok(!diagnosis.lines.some(({ id }) => id.startsWith("aws.")));
    assert.equal(line(diagnosis, "github.protection.app").found, "`up` protects main");
  });

  for (const [missing, consequence] of [
    ["workflow", /every push that touches \.github\/workflows is refused/],
    ["repo", /settings, secrets and branch protection of repositories cannot be changed/],
  ] as const)
    it(`says in one line that the token lacks the scope ${missing} (FM-60)`, async () => {
      const scopes = ["repo", "workflow", "user"].filter((scope) => scope !== missing);
      standIn.state.addToken("less", { login: "someone", scopes });
      const diagnosis = await examine({ token: "less" });
      assert.equal(diagnosis.exitCode, 4);
      const { status, found, fix } = line(diagnosis, "github.token");
      assert.equal(status, "failed");
      assert.match(found, new RegExp(`^the token of someone lacks the scope \`${missing}\``));
      assert.match(found, consequence);
      assert.match(fix ?? "", new RegExp(`gh auth refresh --scopes ${missing}`));
    });

  it("says that a fine-grained token cannot be judged by itself (FM-60)", async () => {
    standIn.state.addToken("fine", { login: "someone" });
    const { status, found, fix } = line(await examine({ token: "fine" }), "github.token");
    assert.equal(status, "warning");
    assert.match(found, /cannot be told from it/);
    assert.match(fix ?? "", /Administration, Actions/);
  });

  for (const [token, reason] of [
    ["", /neither GITHUB_TOKEN nor GH_TOKEN is set/],
    ["unknown", /GitHub does not know the token \(401\)/],
  ] as const)
    it(`gives exit code 3 where there is ${token === "" ? "no token" : "a wrong token"}`, async () => {
      const diagnosis = await examine({ token });
      assert.equal(diagnosis.exitCode, 3);
      assert.match(line(diagnosis, "github.token").found, reason);
      assert.equal(line(diagnosis, "github.repository.app").status, "skipped");
    });

  it("names the plan where the stack file counts on a better one (FM-60)", async () => {
    standIn.state.owner("someone").plan = "free";
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    const { found, fix } = line(diagnosis, "github.owner");
    assert.match(
      found,
      /on the free plan, the stack file says pro, where GitHub refuses repositories\.app\.branches\.main, half way/,
    );
    assert.match(fix ?? "", /governance\.plan: free/);
  });

  it("only warns of another plan where nothing needs the stated one", async () => {
    standIn.state.owner("someone").plan = "free";
    const diagnosis = await examine({ repository: { branches: {} } });
    assert.equal(line(diagnosis, "github.owner").status, "warning");
    assert.equal(diagnosis.exitCode, 0);
  });

  it("names the stack that governs a repository already (FM-67)", async () => {
    const { variables } = standIn.state.repository("someone/app");
    const at = "2026-07-20T12:00:00Z";
    variables.set(CLAIM_VARIABLE, { value: "proving-ground/other", createdAt: at, updatedAt: at });
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    assert.match(line(diagnosis, "github.claim.app").found, /governed by the stack proving-ground\/other/);
    variables.set(CLAIM_VARIABLE, { value: "proving-ground/dev", createdAt: at, updatedAt: at });
    assert.equal(line(await examine(), "github.claim.app").found, "governed by this stack");
  });

  it("names the kind of the owner where the stack file has it wrong", async () => {
    const { status, found } = line(
      await examine({ governance: { ownerKind: "organization", plan: "team" } }),
      "github.owner",
    );
    assert.deepEqual([status, found], ["failed", "someone is a user, the stack file says an organization"]);
  });

  it("names a repository that is not there, unless it is to be made", async () => {
    standIn.state.repositories.length = 0;
    const diagnosis = await examine();
    assert.equal(diagnosis.exitCode, 4);
    assert.match(line(diagnosis, "github.repository.app").found, /someone\/app is not there/);
    assert.match(
      line(await examine({ repository: { create: true } }), "github.repository.app").found,
      /`up` makes it/,
    );
  });

  it("warns where `up` would publish a private repository", async () => {
    const { status, found } = line(
      await examine({ repository: { details: { visibility: "public" } } }),
      "github.repository.app",
    );
    assert.deepEqual([status, found], ["warning", "someone/app is private, `up` makes it public"]);
  });

  describe("where the branch is protected already", () => {
    beforeEach(() => {
      const repository = standIn.state.repository("someone/app");
      repository.protection.set("main", {
        id: 7,
        nodeId: "BPR_7",
        pattern: "main",
        allowsDeletions: false,
        allowsForcePushes: false,
        blocksCreations: false,
        dismissesStaleReviews: false,
        isAdminEnforced: false,
        lockBranch: false,
        requireLastPushApproval: false,
        requiredApprovingReviewCount: null,
        requiredStatusCheckContexts: [],
        requiresApprovingReviews: false,
        requiresCodeOwnerReviews: false,
        requiresCommitSignatures: false,
        requiresConversationResolution: false,
        requiresLinearHistory: false,
        requiresStatusChecks: false,
        requiresStrictStatusChecks: false,
        restrictsPushes: false,
        restrictsReviewDismissals: false,
        pushActorIds: [],
        bypassForcePushActorIds: [],
        bypassPullRequestActorIds: [],
        reviewDismissalActorIds: [],
      });
    });

    it("fails where nobody said so, since `up` would", async () => {
      const diagnosis = await examine();
      assert.equal(diagnosis.exitCode, 4);
      const { found, fix } = line(diagnosis, "github.protection.app");
      assert.match(found, /main is protected already: `up` would fail/);
      assert.equal(fix, "Set existing: true for main.");
    });

    it("is content where the stack adopts it, or made it itself", async () => {
      const adopts = await examine({
        repository: { branches: { main: { checks: CHECKS, existing: true } } },
      });
      assert.equal(line(adopts, "github.protection.app").found, "protected: main");
      const state = {
        deployment: {
          resources: [
            {
              type: "github:index/branchProtection:BranchProtection",
              inputs: { repositoryId: "app", pattern: "main" },
            },
          ],
        },
      };
      const deployed: RunProgram = (program, words) =>
        words[0] === "stack"
          ? Promise.resolve({ exitCode: 0, stdout: JSON.stringify(state), stderr: "" })
          : pulumi(program, words);
      assert.equal(line(await examine({}, deployed), "github.protection.app").status, "ok");
    });

    it("warns where the state cannot be read", async () => {
      const unreadable: RunProgram = (program, words) =>
        words[0] === "stack" ? Promise.resolve(undefined) : pulumi(program, words);
      assert.equal(line(await examine({}, unreadable), "github.protection.app").status, "warning");
    });
  });

  it("fails where the stack would adopt protection that is not there", async () => {
    const { status, found } = line(
      await examine({ repository: { branches: { main: { checks: CHECKS, existing: true } } } }),
      "github.protection.app",
    );
    assert.equal(status, "failed");
    assert.match(found, /main is not protected, though existing: true says so/);
  });

  it("names required checks that no workflow was seen to report (FM-61)", async () => {
    const { status, found, fix } = line(
      await examine({
        repository: { checks: { reported: { main: { mergeQueue: false, checks: ["Lint"] } } } },
      }),
      "github.required-checks.app",
    );
    assert.equal(status, "failed");
    assert.equal(
      fix,
      "Put the names that `ground checks --stack dev` prints under branches.main.checks, then run it again with --write.",
    );
    assert.equal(found, "no workflow was seen to report Test (3.11) on main: the branch would be locked");
    assert.equal(
      line(await examine({ repository: { checks: {} } }), "github.required-checks.app").status,
      "warning",
    );
  });

  it("adds up the month's Actions minutes over every page, and says from which sample", async () => {
    const repository = standIn.state.repository("someone/app");
    for (let run = 0; run < 250; run += 1)
      repository.runs.push({
        id: 10_000 + run,
        workflow: 1,
        event: "push",
        branch: "main",
        createdAt: "2026-07-15T08:00:00Z",
        // 61 seconds on Linux are 2 minutes, 30 on macOS 10.
        jobs: [
          { id: 20_000 + run, name: "test", runner: "ubuntu-latest", seconds: 61 },
          { id: 30_000 + run, name: "mac", runner: "macos-15", seconds: 30 },
        ],
      });
    repository.runs.push({
      id: 1,
      workflow: 1,
      event: "push",
      branch: "main",
      createdAt: "2026-05-01T08:00:00Z",
      jobs: [{ id: 2, name: "old", runner: "windows-latest", seconds: 60_000 }],
    });
    const within = line(await examine(), "github.minutes");
    assert.equal(within.status, "warning");
    assert.match(within.found, /about 3000 of 3000 free minutes/);
    const over = await examine({ governance: { minutesPerMonth: 2000 } });
    assert.equal(over.exitCode, 4);
    assert.match(
      line(over, "github.minutes").found,
      /^about 3000 of 2000 free minutes a month, by the last 30 days: app 3000 \(from 60 of 250 runs\)/,
    );
  });
});
