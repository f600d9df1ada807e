import assert from "node:assert/strict";
import { TAGS } from "../../model/tags.ts";
import { auditedPlans } from "../auditors/audited-plans.ts";
import { iamEvaluator, type Context, type Evaluator } from "../auditors/iam-simulate.ts";
import { planOf } from "../support/plans.ts";
import { ACTIONS_OF_TYPES } from "./actions-of-types.ts";
import type { Call, Calls } from "./calls.ts";
import { documentOf, plannedRole, recordBootstrap } from "./support.ts";

const ENVIRONMENTS = ["dev", "staging", "prod"] as const;

describe("rights by the types of the plans", () => {
  let evaluator: Evaluator;

  before(async function () {
    evaluator = await iamEvaluator(this);
  });

  /** Calls that the role may not make, of an environment's resources. */
  async function refused(
    role: string,
    environment: string,
    kind: keyof Calls,
    calls: readonly Call[],
  ): Promise<string[]> {
    const { resources } = await recordBootstrap();
    const { arn, identity, boundary } = plannedRole(resources, role);
    const keyPolicy = documentOf((await planOf(environment)).resources, "encryption-key");
    const refusals: string[] = [];
    for (const [action, template] of calls) {
      const resource = template.replaceAll("ENV", environment);
      const context = { ...CONTEXTS[kind](environment), ...contextOf(action, environment) };
      const { allowed, problem } = await evaluator.ask({
        principal: arn,
        action,
        resource,
        context,
        identity,
        boundary,
        resourcePolicy: resource.includes(":key/") ? keyPolicy : undefined,
      });
      assert.equal(problem, undefined, `${action} ${resource}: mend test/bootstrap/actions-of-types.ts`);
      if (!allowed) refusals.push(`${action} ${resource}`);
    }
    return refusals;
  }

  it("are known for every AWS type of every plan", async () => {
    for (const [stack, { resources }] of await auditedPlans()) {
      const types = new Set(resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")));
      const unknown = [...types].filter((type) => !(type in ACTIONS_OF_TYPES));
      assert.deepEqual(unknown, [], `${stack}: add what they take to test/bootstrap/actions-of-types.ts`);
    }
  });

  for (const environment of ENVIRONMENTS) {
    const everything = Object.values(ACTIONS_OF_TYPES);

    it(`let deploy-${environment} make, change and look at each`, async () => {
      for (const kind of ["make", "change", "look"] as const) {
        const calls = everything.flatMap((of) => of[kind] ?? []);
        assert.deepEqual(await refused(`deploy-${environment}`, environment, kind, calls), []);
      }
    });

    it(`let preview-${environment} look at each, and change none`, async () => {
      const role = `preview-${environment}`;
      const looks = everything.flatMap(({ look }) => look);
      assert.deepEqual(await refused(role, environment, "look", looks), []);
      const changes = everything.flatMap(({ change }) => change);
      assert.equal((await refused(role, environment, "change", changes)).length, changes.length);
    });

    it(`let deploy-${environment} neither make nor change any of another environment`, async () => {
      for (const other of ENVIRONMENTS.filter((name) => name !== environment))
        for (const kind of ["make", "change"] as const) {
          const calls = everything
            .flatMap((of) => of[kind] ?? [])
            .filter(([action]) => !WITHOUT_ENVIRONMENT.has(action));
          const refusals = await refused(`deploy-${environment}`, other, kind, calls);
          assert.equal(
            refusals.length,
            calls.length,
            `${other}: ${String(calls.length - refusals.length)} allowed`,
          );
        }
    });
  }

  it("let pull requests look at everything but the hosts' programs", async () => {
    const looks = Object.values(ACTIONS_OF_TYPES).flatMap(({ look }) => look);
    const refusals = await refused("preview", "dev", "look", looks);
    const program = "arn:aws:s3:::proving-ground-dev-artifacts-0a1b2c3d/hosts/boot-0a.mjs";
    assert.deepEqual(refusals, [`s3:GetObject ${program}`, `s3:GetObjectTagging ${program}`]);
  });
});

/** Route 53 knows neither names nor tags of zones: infra/bootstrap/rights/deploy-stores.ts says why that is bearable. */
const WITHOUT_ENVIRONMENT = new Set([
  "route53:AssociateVPCWithHostedZone",
  "route53:ChangeTagsForResource",
  "route53:CreateHostedZone",
  "route53:DeleteHostedZone",
  "route53:UpdateHostedZoneComment",
]);

const CONTEXTS: Readonly<Record<keyof Calls, (environment: string) => Record<string, string>>> = {
  make: (environment) => ({ [`aws:RequestTag/${TAGS.environment}`]: environment }),
  change: (environment) => ({ [`aws:ResourceTag/${TAGS.environment}`]: environment }),
  look: (environment) => ({
    "aws:RequestedRegion": "us-west-2",
    [`aws:ResourceTag/${TAGS.environment}`]: environment,
  }),
};

/** What the request itself says, beyond tags. */
function contextOf(action: string, environment: string): Context {
  if (action === "iam:PassRole") return { "iam:PassedToService": "ec2.amazonaws.com" };
  if (action.startsWith("iam:"))
    return {
      "iam:PermissionsBoundary": `arn:aws:iam::123456789012:policy/proving-ground-bootstrap-host-boundary-${environment}`,
    };
  if (action === "route53:ChangeResourceRecordSets")
    return {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": [`orchestrator.${environment}.internal`],
    };
  return {};
}
