import assert from "node:assert/strict";
import { join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { pulumiConfig, readStackFile } from "../../cli/stack-file.ts";
import { hostBoundaryArn, hostBoundaryName, ownName } from "../../infra/bootstrap/names.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { remembered } from "../support/components.ts";
import { ofType, ROOT } from "../support/plans.ts";

const ACCOUNT = "123456789012";
const ROLE = "aws:iam/role:Role";

/** Boundaries of all roles of a stack with hosts and a cluster, by what its settings say. */
const boundaries = remembered(async (permissionsBoundary?: string): Promise<readonly unknown[]> => {
  const file = readStackFile(join(ROOT, "examples/claudefs-70.yaml"));
  const { config, ...rest } = pulumiConfig(file);
  const own = { "proving-ground:awsAccount": ACCOUNT };
  const bounded =
    permissionsBoundary === undefined ? {} : { "proving-ground:permissionsBoundary": permissionsBoundary };
  const plan = await makePlan({
    project: file.project,
    stack: "prod",
    config: { ...config, ...own, ...bounded },
    ...rest,
  });
  return ofType(plan, ROLE).map(({ inputs }) => inputs["permissionsBoundary"]);
});

describe("permissions boundary", () => {
  // The name that docs/bootstrap.md gives: what the deploy role of prod demands of every role.
  const name = ownName(hostBoundaryName("prod"));
  const account = {
    environment: "bootstrap",
    owner: "claudefs",
    region: "us-west-2",
    account: ACCOUNT,
  } as const;

  it("is on every role, as the bootstrapped deploy role demands it", async () => {
    const found = await boundaries(name);
    assert.ok(found.length > 10, `${String(found.length)} roles`);
    assert.deepEqual([...new Set(found)], [hostBoundaryArn(account, "prod")]);
  });

  it("is taken as it stands where it is an ARN", async () => {
    const arn = "arn:aws:iam::aws:policy/PowerUserAccess";
    assert.deepEqual([...new Set(await boundaries(arn))], [arn]);
  });

  it("is on no role where the settings give none", async () => {
    assert.deepEqual([...new Set(await boundaries())], [undefined]);
  });

  it("is refused where it is no policy, or another account's (FM-40)", () => {
    const document = {
      owner: "claudefs",
      awsAccount: ACCOUNT,
      zones: ["usw2-az2", "usw2-az3"],
      budget: { usdPerDay: 15, worstCaseUsdPerDay: 25, emails: ["oncall@example.com"] },
    };
    const refused = (permissionsBoundary: string, message: RegExp) => {
      assert.throws(
        () =>
          parseSettings({ ...document, permissionsBoundary }, { stack: "dev", source: "Pulumi.dev.yaml" }),
        message,
      );
    };
    refused(
      "policy/limits",
      /permissionsBoundary = "policy\/limits": must be the name or the ARN of an IAM policy/,
    );
    refused("arn:aws:iam::210987654321:policy/limits", /must be a policy of awsAccount, 123456789012/);
  });
});
