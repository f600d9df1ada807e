import assert from "node:assert/strict";
import { MARKER, upsertComment } from "../../cli/comment/sticky.ts";
import { gitHub } from "../../cli/github-client.ts";
import { startGitHub, type GitHubStandIn } from "../support/github/server.ts";

const where = { owner: "example-org", repo: "example", number: 1 };
const person = { GITHUB_ACTIONS: "" };

describe("the one comment", () => {
  let standIn: GitHubStandIn;
  const comments = () => standIn.state.repository("example-org/example").issues[0]?.comments ?? [];

  beforeEach(async () => {
    standIn = await startGitHub();
    standIn.state.addOwner({ login: "example-org", kind: "Organization" });
    standIn.state.addOwner({ login: "ground-bot" });
    standIn.state.addOwner({ login: "someone" });
    standIn.state.addToken("token", { login: "ground-bot" });
    const { issues } = standIn.state.addRepository("example-org/example");
    const pull = { head: "change", base: "main" };
    issues.push({
      number: 1,
      id: 1,
      title: "A change",
      body: "",
      state: "open",
      labels: [],
      author: "someone",
      pull,
      comments: [],
    });
  });

  afterEach(() => standIn.close());

  function write(body: string): Promise<string> {
    return upsertComment(gitHub("token", standIn.url), where, `${MARKER}\n${body}`, person);
  }

  function add(author: string, body: string): void {
    comments().push({ id: standIn.state.id(), author, body });
  }

  it("is made once and changed afterwards", async () => {
    const first = await write("one");
    assert.equal(await write("two"), first);
    assert.deepEqual(
      comments().map(({ body }) => body),
      [`${MARKER}\ntwo`],
    );
  });

  it("is found behind pages of other comments", async () => {
    for (let index = 0; index < 230; index += 1) add("someone", `comment ${String(index)}`);
    add("ground-bot", `${MARKER}\nold`);
    for (let index = 0; index < 30; index += 1) add("someone", "later");
    await write("new");
    assert.equal(comments().length, 261);
    assert.equal(comments()[230]?.body, `${MARKER}\nnew`);
    assert.ok(
      standIn.requests.filter(({ path }) => path.includes("/comments?")).length >= 3,
      "all pages are read",
    );
  });

  it("leaves a comment alone in which somebody else planted the marker", async () => {
    add("someone", `${MARKER}\n### ✅ Everything is fine`);
    await write("real");
    assert.deepEqual(
      comments().map(({ author }) => author),
      ["someone", "ground-bot"],
    );
    assert.match(comments()[0]?.body ?? "", /Everything is fine/);
  });

  it("leaves a comment alone that only quotes it", async () => {
    add("ground-bot", `> ${MARKER}\n> quoted`);
    await write("real");
    assert.equal(comments().length, 2);
  });

  it("is one again after two runs at once made two", async () => {
    add("ground-bot", `${MARKER}\none`);
    add("ground-bot", `${MARKER}\ntwo`);
    await write("three");
    assert.deepEqual(
      comments().map(({ body }) => body),
      [`${MARKER}\nthree`],
    );
  });
});
