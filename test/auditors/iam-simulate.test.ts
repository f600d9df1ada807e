import assert from "node:assert/strict";
import { Answers, recordBootstrap } from "../bootstrap/support.ts";
import { auditedPlans } from "./audited-plans.ts";
import { conditionCases, type Condition } from "./iam-conditions.ts";
import { iamEvaluator, type Context, type Document, type Evaluator } from "./iam-simulate.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Condition;
}

interface Conditional {
  readonly where: string;
  readonly statement: Statement & { readonly Condition: Condition };
}

const HERE = "us-west-2:123456789012";
const ROLE = "arn:aws:iam::123456789012:role/asking";

/** What an action with a wildcard is asked as. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "*": "ec2:TerminateInstances",
  "autoscaling:Describe*": "autoscaling:DescribeAutoScalingGroups",
  "ec2:AuthorizeSecurityGroup*": "ec2:AuthorizeSecurityGroupIngress",
  "ec2:Create*": "ec2:CreateSubnet",
  "ec2:Delete*": "ec2:DeleteVpc",
  "ec2:Describe*": "ec2:DescribeVpcs",
  "ec2:Disassociate*": "ec2:DisassociateRouteTable",
  "ec2:Modify*": "ec2:ModifyVpcAttribute",
  "ec2:ReplaceRoute*": "ec2:ReplaceRoute",
  "ec2:RevokeSecurityGroup*": "ec2:RevokeSecurityGroupIngress",
  "ec2:UpdateSecurityGroupRuleDescriptions*": "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
  "kms:*Alias": "kms:UpdateAlias",
  "kms:Disable*": "kms:DisableKey",
  "kms:GenerateDataKey*": "kms:GenerateDataKey",
  "kms:ReEncrypt*": "kms:ReEncryptFrom",
  "s3:*": "s3:GetObject",
};

/** What `*` is asked as, where an action knows resources. */
const ANYTHING = [
  "*",
  `arn:aws:kms:${HERE}:key/00000000-0000-0000-0000-000000000000`,
  `arn:aws:ec2:${HERE}:instance/i-0123456789abcdef0`,
  "arn:aws:iam::123456789012:role/proving-ground-dev-storage-1",
];

/** A key's own policy leaves everything to IAM here, so that the statement alone decides. */
const KEY_POLICY: Document = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "kms:*",
      Resource: "*",
    },
  ],
};

/** Of a trust policy there is nothing to change but GitHub's claims: test/bootstrap/trust.test.ts. */
const GITHUB = "token.actions.githubusercontent.com:sub";

/** The evaluator's data has no encryption context whose name holds colons: there, the conditions are judged alone. */
const NOT_IN_ITS_DATA = "kms:EncryptionContext:aws:logs:arn";
const TRUST = "sts:AssumeRoleWithWebIdentity";

describe("iam-simulate", () => {
  let evaluator: Evaluator;
  let statements: ReadonlyMap<string, Conditional>;

  before(async function () {
    evaluator = await iamEvaluator(this);
    statements = await conditionalStatements();
  });

  it("has every statement with a condition before it, of the stacks and of the bootstrap project", () => {
    const names = new Set([...statements.values()].map(({ statement: { Sid } }) => Sid));
    for (const name of [
      "OwnRecord",
      "ArtifactKey",
      "TlsOnly",
      "Budgets",
      "MakeLimitedRoles",
      "SecretsAreOpened",
    ])
      assert.ok(names.has(name), `${name} among ${[...names].join(", ")}`);
    assert.ok(statements.size > 60, String(statements.size));
  });

  it("finds each to apply to the request it is for, and to none beside it", async () => {
    const wrong: string[] = [];
    for (const { where, statement } of statements.values()) {
      const { met, unmet } = conditionCases(statement.Condition);
      for (const action of [statement.Action].flat()) {
        const asked = EXAMPLES[action] ?? action;
        assert.doesNotMatch(asked, /[*?]/, `${where}: give ${action} an example`);
        const resource = await resourceFor(statement, asked, met);
        if (resource === undefined) {
          wrong.push(`${where}: ${asked} is never met by its own condition`);
          continue;
        }
        for (const { what, context } of unmet)
          if (await applies(statement, asked, resource, context))
            wrong.push(`${where}: ${asked} ${resource} applies all the same with ${what}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  /** The first resource of the statement that the action knows and the statement applies to. */
  async function resourceFor(
    statement: Statement,
    action: string,
    context: Context,
  ): Promise<string | undefined> {
    const patterns = [statement.Resource ?? "*"].flat();
    const resources = patterns.flatMap((pattern) =>
      pattern === "*" ? ANYTHING : [pattern.replaceAll("*", "x").replaceAll("?", "a")],
    );
    for (const resource of resources)
      if ((await applies(statement, action, resource, context)) === true) return resource;
    return undefined;
  }

  /** Undefined where the action does not know such a resource. */
  async function applies(
    statement: Statement,
    action: string,
    resource: string,
    context: Context,
  ): Promise<boolean | undefined> {
    const rest = Object.fromEntries(Object.entries(statement).filter(([key]) => key !== "Principal"));
    if (action === "sts:AssumeRole") return evaluator.trusts({ Statement: [statement] }, context, action);
    if (NOT_IN_ITS_DATA in (statement.Condition?.["ArnLike"] ?? {}))
      return evaluator.trusts({ Statement: [{ ...statement, Action: TRUST }] }, context, TRUST);
    const allowAll = { Effect: "Allow", Action: "*", Resource: "*" };
    const { allowed, problem } = await evaluator.ask({
      principal: ROLE,
      action,
      resource,
      context,
      identity: [
        { Version: "2012-10-17", Statement: statement.Effect === "Deny" ? [allowAll, rest] : [rest] },
      ],
      resourcePolicy: resource.includes(":key/") ? KEY_POLICY : undefined,
    });
    if (problem !== undefined) return undefined;
    return statement.Effect === "Deny" ? !allowed : allowed;
  }
});

/** Each once, however many plans and roles have it. */
async function conditionalStatements(): Promise<ReadonlyMap<string, Conditional>> {
  const found = new Map<string, Conditional>();
  const plans = [...(await auditedPlans()), ["bootstrap", await recordBootstrap()] as const];
  for (const [stack, { resources }] of plans) {
    const answers = new Answers(resources);
    for (const { name, inputs } of resources)
      for (const value of Object.values(inputs)) {
        if (typeof value !== "string" || !value.includes('"Statement"')) continue;
        const { Statement } = JSON.parse(answers.in(value)) as { Statement: readonly Statement[] };
        for (const statement of Statement) {
          const { Condition } = statement;
          if (Condition === undefined || GITHUB in (Condition["StringEquals"] ?? {})) continue;
          const where = `${stack} ${name} ${statement.Sid}`;
          found.set(JSON.stringify(statement), { where, statement: { ...statement, Condition } });
        }
      }
  }
  return found;
}
