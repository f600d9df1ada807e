import assert from "node:assert/strict";
import { subjectsOf } from "../../infra/bootstrap/subjects.ts";
import { iamEvaluator, type Evaluator } from "../auditors/iam-simulate.ts";
import { plannedRole, recordBootstrap } from "./support.ts";

const ISSUER = "token.actions.githubusercontent.com";

/** Each role of the example, with the end of the subject that takes it. */
const ROLES: Readonly<Record<string, string>> = {
  preview: "pull_request",
  "preview-dev": "environment:dev-preview",
  "preview-staging": "environment:staging-preview",
  "preview-prod": "environment:prod-preview",
  "deploy-dev": "environment:dev",
  "deploy-staging": "environment:staging",
  "deploy-prod": "environment:prod",
  "release-dev": "environment:dev-release",
  "release-staging": "environment:staging-release",
  "release-prod": "environment:prod-release",
  cleanup: "environment:cleanup",
};

const CONTEXTS = Object.values(ROLES);

/** Beginnings of subjects that look like the repository's and are not. */
const STRANGERS: Readonly<Record<string, string>> = {
  "a fork, in a run of its own": "repo:somebody/proving-ground",
  "a repository whose name goes on": "repo:octo-org/proving-ground-x",
  "an owner whose name goes on": "repo:octo-org-x/proving-ground",
  "a shorter name": "repo:octo-org/proving",
  "other capitals": "repo:Octo-Org/Proving-Ground",
  "a wildcard for the name": "repo:octo-org/*",
  "a wildcard for everything": "repo:*",
  "the ids of another repository": "repo:octo-org@123456/proving-ground@456780",
  "the ids of another owner": "repo:octo-org@123450/proving-ground@456789",
  "ids without names": "repo:123456/456789",
  "the owner's id alone": "repo:octo-org@123456/proving-ground",
  "a name with a slash in it": "repo:octo-org/proving-ground/x",
  "another kind of subject": "organization:octo-org",
};

/** What a run of the right kind is of. */
const OWN_REF = (role: string) => (role === "preview" ? "refs/pull/7/merge" : "refs/heads/main");

/** Branches and other things that look like main and are not. */
const OTHER_REFS = [
  "refs/heads/feature",
  "refs/heads/main-2",
  "refs/heads/Main",
  "refs/heads/*",
  "refs/tags/main",
  "refs/pull/7/merge",
  "main",
  "",
];

/** Ends of subjects that no role is for. */
const ENDS = [
  "ref:refs/heads/main",
  "ref:refs/heads/feature",
  "ref:refs/heads/environment:prod",
  "ref:refs/tags/v1",
  "environment:Prod",
  "environment:prod ",
  "environment:production",
  "environment:release",
  "environment:prod-releases",
  "environment:*",
  "environment:",
  "pull_request_target",
  "",
];

describe("who may take GitHub's roles (FM-63, FM-64)", () => {
  let evaluator: Evaluator;

  before(async function () {
    evaluator = await iamEvaluator(this);
  });

  async function takes(
    role: string,
    subject: string | undefined,
    { audience = "sts.amazonaws.com", issuer = ISSUER, ref = OWN_REF(role), changes = {} }: Token = {},
  ): Promise<boolean> {
    const { resources } = await recordBootstrap(changes);
    return evaluator.trusts(plannedRole(resources, role).trust, {
      ...(subject === undefined ? {} : { [`${issuer}:sub`]: subject }),
      ...(audience === "" ? {} : { [`${issuer}:aud`]: audience }),
      ...(ref === "" ? {} : { [`${issuer}:ref`]: ref }),
    });
  }

  for (const [role, context] of Object.entries(ROLES)) {
    it(`${role}: both forms of its own subject, and nothing else`, async () => {
      const names = "repo:octo-org/proving-ground";
      const numbers = "repo:octo-org@123456/proving-ground@456789";
      assert.equal(await takes(role, `${names}:${context}`), true, "the names alone");
      assert.equal(await takes(role, `${numbers}:${context}`), true, "the names with ids");

      const others = [...CONTEXTS.filter((other) => other !== context), ...ENDS];
      const refused = [
        ...others.flatMap((end) => [`${names}:${end}`, `${numbers}:${end}`]),
        ...Object.values(STRANGERS).map((stranger) => `${stranger}:${context}`),
      ];
      for (const subject of refused) assert.equal(await takes(role, subject), false, subject);
    });

    it(`${role}: not without a subject, not for another audience, not by another issuer`, async () => {
      const subject = `repo:octo-org/proving-ground:${context}`;
      assert.equal(await takes(role, undefined), false, "no subject");
      for (const audience of ["", "https://github.com/octo-org", "STS.amazonaws.com", "*"])
        assert.equal(await takes(role, subject, { audience }), false, `audience ${audience}`);
      assert.equal(await takes(role, subject, { issuer: "gitlab.com" }), false, "another issuer");
    });
  }

  it("an environment's role is for main alone, even where GitHub has no rule for the environment", async () => {
    for (const [role, context] of Object.entries(ROLES)) {
      if (context === "pull_request") continue;
      const subject = `repo:octo-org/proving-ground:${context}`;
      assert.equal(await takes(role, subject), true, role);
      for (const ref of OTHER_REFS)
        assert.equal(await takes(role, subject, { ref }), false, `${role} from ${ref}`);
    }
  });

  it("these are all the roles that GitHub's tokens can take, and none trusts a pattern", async () => {
    const { resources } = await recordBootstrap();
    const trusting = resources.filter(({ inputs }) => String(inputs["assumeRolePolicy"]).includes(ISSUER));
    assert.deepEqual(
      trusting.map(({ name }) => name).sort(),
      Object.keys(ROLES)
        .map((role) => `${role}-role`)
        .sort(),
    );
    for (const { name, inputs } of trusting) {
      const text = String(inputs["assumeRolePolicy"]);
      assert.doesNotMatch(text, /[*?]|Like|IgnoreCase|IfExists|ForA/, name);
    }
  });

  it("a looser trust would let strangers in, and these subjects would show it", () => {
    const trust = (operator: string, subject: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" },
            [operator]: { [`${ISSUER}:sub`]: subject },
          },
        },
      ],
    });
    const lets = (loose: ReturnType<typeof trust>) =>
      Object.entries(STRANGERS)
        .filter(([, stranger]) =>
          evaluator.trusts(loose, {
            [`${ISSUER}:aud`]: "sts.amazonaws.com",
            [`${ISSUER}:sub`]: `${stranger}:environment:prod`,
          }),
        )
        .map(([what]) => what);
    const exact = "repo:octo-org/proving-ground:environment:prod";
    assert.deepEqual(lets(trust("StringLike", exact)), []);
    assert.ok(lets(trust("StringEqualsIgnoreCase", exact)).includes("other capitals"));
    assert.ok(
      lets(trust("StringLike", "repo:octo-org/proving-ground*:environment:prod")).includes(
        "a repository whose name goes on",
      ),
    );
    assert.ok(lets(trust("StringLike", "repo:*/proving-ground:*")).includes("a fork, in a run of its own"));
    assert.ok(lets(trust("StringLike", "repo:octo-org*")).includes("the ids of another repository"));
    assert.equal(lets(trust("StringLike", "*")).length, Object.keys(STRANGERS).length);
  });

  it("the provider alone is named as principal", async () => {
    const { resources } = await recordBootstrap();
    for (const role of Object.keys(ROLES)) {
      const [statement] = plannedRole(resources, role).trust["Statement"] as Record<string, unknown>[];
      assert.deepEqual(statement?.["Principal"], {
        Federated: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`,
      });
    }
  });

  it("a renamed repository is denied until the setting follows, and then let in (FM-64)", async () => {
    const ids = { owner: 123456, repository: 456789 };
    const renamed = "repo:octo-org@123456/test-ground@456789:environment:dev";
    assert.equal(await takes("deploy-dev", renamed), false);
    const changes = { github: { repository: "octo-org/test-ground", ids, trustNames: false } };
    assert.equal(await takes("deploy-dev", renamed, { changes }), true);
    const recycled = "repo:octo-org/test-ground:environment:dev";
    assert.equal(await takes("deploy-dev", recycled, { changes }), false, "the name without ids");
  });
});

interface Token {
  readonly audience?: string;
  readonly issuer?: string;
  /** "" for none. */
  readonly ref?: string;
  readonly changes?: Readonly<Record<string, unknown>>;
}

describe("the subjects of a repository", () => {
  it("are the names, and the names with ids where those are given (FM-64)", () => {
    const github = { repository: "octo-org/x", ids: undefined, trustNames: true };
    assert.deepEqual(subjectsOf(github, "pull_request"), ["repo:octo-org/x:pull_request"]);
    const ids = { owner: 1, repository: 2 };
    assert.deepEqual(subjectsOf({ ...github, ids }, "environment:dev"), [
      "repo:octo-org/x:environment:dev",
      "repo:octo-org@1/x@2:environment:dev",
    ]);
    assert.deepEqual(subjectsOf({ ...github, ids, trustNames: false }, "pull_request"), [
      "repo:octo-org@1/x@2:pull_request",
    ]);
  });
});
