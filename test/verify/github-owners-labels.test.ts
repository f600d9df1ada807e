import assert from "node:assert/strict";
import fc from "fast-check";
import { diagnose } from "../../cli/doctor/doctor.ts";
import { GitHubAccount } from "../../cli/doctor/github-account.ts";
import { gitHub } from "../../cli/github-client.ts";
import { gitHubChecks } from "../../cli/verify/github-checks.ts";
import { lineDifferences } from "../../cli/verify/github-code-owners.ts";
import { codeOwnersText } from "../../infra/components/governance-repository-code-owners.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { startGitHub, type GitHubStandIn, type Repository } from "../support/github/index.ts";

const OWNERS = { "*": ["@octo-owner"], "/infra/": ["@octo-owner", "ops@example.com"] };
const PATH = ".github/CODEOWNERS";

const GOVERNANCE = governanceSchema.parse({
  owner: "octo-owner",
  ownerKind: "user",
  plan: "free",
  repositories: {
    octollm: {
      details: { visibility: "public" },
      codeOwners: OWNERS,
      labels: {
        bug: { color: "D73A4A", existing: true },
        drift: { color: "fbca04", description: "Differs." },
      },
    },
  },
});

describe("verify of CODEOWNERS and labels, against the GitHub stand-in", () => {
  let standIn: GitHubStandIn;
  let repository: Repository;

  beforeEach(async () => {
    standIn = await startGitHub();
    const { state } = standIn;
    state.addOwner({ login: "octo-owner" });
    state.addToken("admin", { login: "octo-owner", scopes: ["repo"] });
    repository = state.addRepository("octo-owner/octollm", {
      settings: { visibility: "public" },
      files: { [PATH]: codeOwnersText(OWNERS) },
    });
    const drift = { id: state.id(), name: "drift", color: "FBCA04", description: "Differs.", default: false };
    repository.labels.set("drift", drift);
  });
  afterEach(async () => {
    assert.deepEqual(standIn.writes, [], "verify changes nothing");
    await standIn.close();
  });

  /** Lines that are not well, with what they found. */
  async function failures(): Promise<Record<string, string>> {
    const checks = gitHubChecks(GOVERNANCE, new GitHubAccount(gitHub("admin", standIn.url)));
    const { lines, exitCode } = await diagnose(checks);
    const bad = lines.filter(({ status }) => status !== "ok");
    assert.equal(exitCode, bad.length === 0 ? 0 : 4);
    return Object.fromEntries(bad.map(({ id, found }) => [id, found]));
  }

  function write(text: string): void {
    standIn.state.commit(repository, "main", { [PATH]: text }, "Behind the stack's back");
  }

  it("as the stack says: well, whatever the case of names and colors", async () => {
    assert.deepEqual(await failures(), {});
  });

  it("a file with an owner more, one in another order, none", async () => {
    write(codeOwnersText({ ...OWNERS, "*": ["@octo-owner", "@stranger"] }));
    assert.deepEqual(await failures(), {
      "github.code-owners.octollm":
        "line missing: * @octo-owner\nline not of the stack: * @octo-owner @stranger",
    });
    write(codeOwnersText({ "/infra/": OWNERS["/infra/"], "*": OWNERS["*"] }));
    assert.match((await failures())["github.code-owners.octollm"] ?? "", /another order, and the last match/);
    standIn.state.commit(repository, "main", { [PATH]: null }, "Remove it");
    assert.deepEqual(await failures(), {
      "github.code-owners.octollm": ".github/CODEOWNERS is missing on main",
    });
  });

  it("a label gone, and one of another color; the repository's own are no difference", async () => {
    repository.labels.delete("drift");
    const bug = repository.labels.get("bug");
    assert.ok(bug !== undefined);
    bug.color = "000000";
    assert.deepEqual(await failures(), {
      "github.labels.octollm": "bug: color is 000000, stack says d73a4a\nlabel drift is missing",
    });
  });

  it("two files are the same if and only if their lines are, in their order", () => {
    const file = fc.array(fc.constantFrom("* @a", "/b/ @b", "*.ts @c"), { maxLength: 4 });
    fc.assert(
      fc.property(file, file, (one, other) => {
        const same = one.join("\n") === other.join("\n");
        assert.equal(lineDifferences(`${one.join("\r\n")}\n`, other.join("\n")).length === 0, same);
      }),
    );
  });
});
