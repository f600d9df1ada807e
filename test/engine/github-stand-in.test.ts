import assert from "node:assert/strict";
import { NPM_INSTALL_LIMIT, orSkip } from "../support/npm-tools.ts";
import { loadContract, startGitHub, type Contract, type GitHubStandIn } from "../support/github/index.ts";

const REPOSITORY = "/repos/octo-owner/octo";

/** That the stand-in of the suites beside this one tells what GitHub would not have taken, or not have said. */
describe("the GitHub stand-in, held against GitHub's published descriptions", () => {
  let contract: Contract | undefined;
  let github: GitHubStandIn;

  before(async function () {
    this.timeout(NPM_INSTALL_LIMIT);
    contract = await orSkip(this, loadContract());
  });

  beforeEach(async () => {
    assert.ok(contract !== undefined);
    github = await startGitHub({ contract });
    github.state.addOwner({ login: "octo-owner" });
    github.state.addToken("token", { login: "octo-owner", scopes: ["repo"] });
    github.state.addRepository("octo-owner/octo");
  });

  /** Closes the stand-in, which fails where anything differed, and gives its words. */
  async function faults(): Promise<string> {
    try {
      await github.close();
      return "";
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
  }

  async function ask(method: string, path: string, body?: unknown): Promise<number> {
    const headers = { authorization: "Bearer token" };
    const answer = await fetch(`${github.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  it("says nothing where all is as described", async () => {
    assert.equal(await ask("GET", `${REPOSITORY}/labels?per_page=100`), 200);
    assert.equal(await ask("PATCH", REPOSITORY, { has_wiki: false }), 200);
    assert.equal(await ask("POST", "/graphql", { query: "{ viewer { login } }" }), 200);
    assert.equal(await faults(), "");
  });

  it("tells a request that it cannot answer", async () => {
    assert.equal(await ask("GET", `${REPOSITORY}/nonsense`), 404);
    assert.match(
      await faults(),
      /GET \/repos\/octo-owner\/octo\/nonsense: the stand-in has no answer to this/,
    );
  });

  it("tells a parameter and a field that GitHub does not know so", async () => {
    await ask("GET", `${REPOSITORY}/labels?color=red&per_page=many`);
    // Taken by the stand-in, which has no use for it.
    assert.equal(await ask("PATCH", REPOSITORY, { use_squash_pr_title_as_default: "yes" }), 200);
    const told = await faults();
    assert.match(told, /labels: no query parameter color/);
    assert.match(told, /labels: query parameter per_page is many/);
    assert.match(told, /PATCH .*: body: \/use_squash_pr_title_as_default must be boolean/);
  });

  it("tells an answer that GitHub would not give", async () => {
    Reflect.set(github.state.repository("octo-owner/octo").settings, "has_issues", "yes");
    await ask("GET", REPOSITORY);
    assert.match(await faults(), /GET .*: answer 200: \/has_issues must be boolean/);
  });

  it("tells a question and an answer that the GraphQL schema does not allow", async () => {
    await ask("POST", "/graphql", { query: "{ viewer { shoeSize } }" });
    const query = 'mutation { createBranchProtectionRule(input: { pattern: "main" }) { clientMutationId } }';
    await ask("POST", "/graphql", { query });
    const told = await faults();
    assert.match(told, /GraphQL: Cannot query field "shoeSize" on type "User"/);
    assert.match(told, /GraphQL: Field "CreateBranchProtectionRuleInput.repositoryId" .* was not provided/);
  });
});
