import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { findActors } from "../../infra/components/governance-actors.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { actorReferences, type ActorReference } from "../../infra/settings/governance-actors.ts";

const REFERENCES: readonly ActorReference[] = [
  { path: "environments.prod.reviewers.users[0]", kind: "user", name: "monalisa" },
  { path: "environments.prod.reviewers.users[1]", kind: "user", name: "nobody" },
  { path: "environments.prod.reviewers.teams[0]", kind: "team", name: "release" },
  { path: "environments.staging.reviewers.users[0]", kind: "user", name: "monalisa" },
  { path: "branches.main.bypass[0]", kind: "team", name: "releese" },
];

const NUMBERS: Readonly<Record<string, string>> = { monalisa: "7", release: "12" };

describe("people and teams that settings name", () => {
  let asked: (readonly [token: string, inputs: unknown])[];

  /** A GitHub that knows some; `failure` is what it says of the others. */
  function mockGitHub(failure: (name: string) => string): void {
    asked = [];
    void pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
      call: ({ token, inputs }) => {
        const args = inputs as { username?: string; slug?: string };
        asked.push([token, args]);
        const name = args.username ?? args.slug ?? "";
        const id = NUMBERS[name];
        // The SDK shows what the engine calls `details` of a failure.
        if (id === undefined) throw Object.assign(new Error("no"), { details: failure(name) });
        return { id };
      },
    });
  }

  it("are listed with their paths, node ids left out, whoever they are", () => {
    const settings = governanceSchema.parse({
      owner: "octo",
      ownerKind: "organization",
      repositories: {
        app: {
          details: { visibility: "public" },
          branches: { main: { pushers: ["/hubot", "MDQ6VXNlcjE="], bypass: ["octo/release"] } },
          environments: { prod: { reviewers: { users: ["monalisa"], teams: ["ops"] } }, dev: {} },
        },
      },
    });
    const app = "governance.repositories.app";
    assert.deepEqual(actorReferences(settings), [
      { path: `${app}.branches.main.pushers[0]`, kind: "user", name: "hubot" },
      { path: `${app}.branches.main.bypass[0]`, kind: "team", name: "release" },
      { path: `${app}.environments.prod.reviewers.users[0]`, kind: "user", name: "monalisa" },
      { path: `${app}.environments.prod.reviewers.teams[0]`, kind: "team", name: "ops" },
    ]);
  });

  it("are found by their numbers, each asked for once, teams without their members", async () => {
    mockGitHub(() => "");
    const actors = findActors(
      "octo",
      REFERENCES.filter(({ name }) => name in NUMBERS),
      {},
    );
    assert.equal(await valueOf(actors.numberOf("user", "monalisa")), 7);
    assert.equal(await valueOf(actors.numberOf("team", "release")), 12);
    assert.deepEqual(asked, [
      ["github:index/getUser:getUser", { username: "monalisa" }],
      ["github:index/getTeam:getTeam", { slug: "release", summaryOnly: true }],
    ]);
  });

  it("are all named at once where GitHub does not know them", async () => {
    mockGitHub((name) => `GET https://api.github.com/x/${name}: 404 Not Found []`);
    await assert.rejects(valueOf(findActors("octo", REFERENCES, {}).found), (error: Error) => {
      assert.ok(error instanceof pulumi.RunError);
      assert.equal(
        error.message,
        [
          "GitHub does not know everybody whom the settings name:",
          "  branches.main.bypass[0] = releese: is no team of octo, or the token lacks the scope read:org to see it",
          "  environments.prod.reviewers.users[1] = nobody: is nobody's login",
        ].join("\n"),
      );
      return true;
    });
  });

  it("are not called unknown where GitHub could not be asked", async () => {
    mockGitHub(() => "dial tcp: connection refused");
    await assert.rejects(
      valueOf(findActors("octo", REFERENCES, {}).found),
      /users\[1\] = nobody: dial tcp: connection refused/,
    );
  });
});

/** The one way to a value, or to a failure, which the SDK's types leave out. */
function valueOf<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return (output as unknown as { promise: () => Promise<Value> }).promise();
}
