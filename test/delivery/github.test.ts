import assert from "node:assert/strict";
import { driftMarker, reportDrift } from "../../cli/delivery/drift.ts";
import { propose } from "../../cli/delivery/propose.ts";
import { gitHub, type GitHub } from "../../cli/github-client.ts";
import { change, runWith } from "../comment/samples.ts";
import { startGitHub, type GitHubStandIn } from "../support/github/server.ts";

const repository = { owner: "example-org", repo: "example" };
const person = { GITHUB_ACTIONS: "" };

describe("what the workflows write to GitHub", () => {
  let standIn: GitHubStandIn;
  let client: GitHub;
  const issues = () => standIn.state.repository("example-org/example").issues;

  beforeEach(async () => {
    standIn = await startGitHub();
    standIn.state.addOwner({ login: "example-org", kind: "Organization" });
    standIn.state.addOwner({ login: "ground-bot" });
    standIn.state.addOwner({ login: "someone" });
    standIn.state.addToken("token", { login: "ground-bot" });
    standIn.state.addRepository("example-org/example", { files: { "Pulumi.prod.yaml": "size: large\n" } });
    client = gitHub("token", standIn.url);
  });

  afterEach(() => standIn.close());

  describe("the issue about drift", () => {
    const drifted = runWith([change("update", "store", { properties: ["tags"] })], { exitCode: 7 });
    const report = (run: typeof drifted) => reportDrift(client, repository, run, undefined, person);

    it("is opened once, brought up to date, and closed when the drift is gone", async () => {
      assert.equal((await report(drifted)).done, "opened");
      const more = runWith([...drifted.changes, change("create", "gone")], { exitCode: 7 });
      assert.equal((await report(more)).done, "updated");
      assert.equal(issues().length, 1);
      assert.match(issues()[0]?.body ?? "", /`gone`/);
      assert.equal((await report(runWith([]))).done, "closed");
      assert.equal(issues()[0]?.state, "closed");
      assert.equal((await report(runWith([]))).done, "none");
    });

    it("is another one for another environment", async () => {
      await report(drifted);
      await report({ ...drifted, stack: "dev-2" });
      assert.equal(issues().length, 2);
    });

    it("is not somebody else's issue with the same mark", async () => {
      issues().push({
        number: 1,
        id: 1,
        title: "mine",
        body: driftMarker("dev"),
        state: "open",
        labels: [],
        author: "someone",
        comments: [],
      });
      assert.equal((await report(drifted)).done, "opened");
      assert.equal((await report(runWith([]))).done, "closed");
      assert.equal(issues()[0]?.state, "open");
    });
  });

  describe("a proposed size", () => {
    /** The stand-in knows no pull requests: those two answers are made here, everything else is its own. */
    function withPulls(): { pulls: { head: string; html_url: string }[] } {
      const pulls: { head: string; html_url: string }[] = [];
      client.hook.wrap("request", (request, options) => {
        if (options.url !== "/repos/{owner}/{repo}/pulls") return request(options);
        const answer = (status: number, data: unknown) => ({ status, data, headers: {}, url: options.url });
        if (options.method === "GET")
          return Promise.resolve(
            answer(
              200,
              pulls.filter(({ head }) => `example-org:${head}` === options["head"]),
            ),
          );
        const made = {
          head: String(options["head"]),
          html_url: `https://example.com/${String(pulls.length + 1)}`,
        };
        pulls.push(made);
        return Promise.resolve(answer(201, made));
      });
      return { pulls };
    }

    const proposal = (text: string, commit: string) => ({
      path: "Pulumi.prod.yaml",
      text,
      branch: "size/prod-small",
      base: "main",
      commit,
      title: "Set the cluster of prod to small",
      body: "",
    });

    it("is a branch with the one change and one pull request, however often it is asked for", async () => {
      const { pulls } = withPulls();
      const { branches } = standIn.state.repository("example-org/example");
      const sha = branches.get("main")?.sha ?? "";
      const first = await propose(client, repository, proposal("size: small\n", sha));
      assert.equal(await propose(client, repository, proposal("size: small # again\n", sha)), first);
      assert.equal(pulls.length, 1);
      assert.equal(branches.get("size/prod-small")?.files.get("Pulumi.prod.yaml"), "size: small # again\n");
      assert.equal(branches.get("main")?.files.get("Pulumi.prod.yaml"), "size: large\n");
    });

    it("starts anew from the present commit where an earlier attempt left only its branch", async () => {
      withPulls();
      const { branches } = standIn.state.repository("example-org/example");
      const main = branches.get("main");
      assert.ok(main !== undefined);
      branches.set("size/prod-small", {
        sha: "0".repeat(40),
        files: new Map([["Pulumi.prod.yaml", "stale\n"]]),
      });
      await propose(client, repository, proposal("size: small\n", main.sha));
      assert.equal(branches.get("size/prod-small")?.files.get("Pulumi.prod.yaml"), "size: small\n");
    });
  });
});
