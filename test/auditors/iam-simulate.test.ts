import assert from "node:assert/strict";
import { recordBootstrap } from "../bootstrap/support.ts";
import { auditedPlans } from "./audited-plans.ts";
import {
  conditionalStatements,
  type Conditional,
  type ConditionalStatement,
} from "./conditional-statements.ts";
import { conditionsInSource, conditionsOf } from "./conditions-in-source.ts";
import { conditionCases } from "./iam-conditions.ts";
import { iamEvaluator, type Context, type Document, type Evaluator } from "./iam-simulate.ts";

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
  "kms:GetKey*": "kms:GetKeyPolicy",
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

/** Trust in GitHub's tokens, which test/bootstrap/trust.test.ts asks of every role of the bootstrap project. */
const GITHUB = "token.actions.githubusercontent.com:sub";

/** The evaluator's data has no encryption context whose name holds colons: there, the conditions are judged alone. */
const NOT_IN_ITS_DATA = "kms:EncryptionContext:aws:logs:arn";
const TRUST = "sts:AssumeRoleWithWebIdentity";

/** Functions that make statements for their callers, with the Sids that those give. */
const SIDS_OF_CALLERS: Readonly<Record<string, readonly string[]>> = {
  "infra/bootstrap/components/kept-key.ts": [
    "AdministratorsSeal",
    "SecretsAreOpened",
    "StatesAreReadAndWritten",
  ],
  "infra/bootstrap/rights/state.ts": ["ReadStateStorage", "WriteStateStorage"],
  "infra/components/budget.ts": ["Alarms", "Budgets"],
  "infra/components/guard-queues.ts": ["StateChanges", "UndeliveredChanges", "UndeliveredNotices"],
};

describe("iam-simulate", () => {
  let evaluator: Evaluator;
  let found: ReadonlyMap<string, Conditional>;
  const evaluated = new Set<string>();

  before(async function () {
    evaluator = await iamEvaluator(this);
    const plans = [...(await auditedPlans()), ["bootstrap", await recordBootstrap()] as const];
    found = conditionalStatements(plans.map(([plan, { resources }]) => [plan, resources]));
  });

  it("finds each statement to apply to the request it is for, and to none beside it", async () => {
    const wrong: string[] = [];
    for (const [text, { where, statement }] of found) {
      if (isGithubTrust(statement)) continue;
      evaluated.add(text);
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
    assert.ok(evaluated.size > 60, String(evaluated.size));
  });

  it("leaves no condition of any plan to nobody: what is not evaluated here is trust in GitHub", () => {
    const left = [...found].filter(([text]) => !evaluated.has(text)).map(([, conditional]) => conditional);
    assert.ok(left.length > 0);
    for (const { where, statement } of left)
      // test/bootstrap/trust.test.ts asks these of every role of that plan, and says so of the roles it asks.
      assert.ok(isGithubTrust(statement) && where.startsWith("bootstrap "), `nobody evaluates ${where}`);
  });

  it("leaves no condition of the source to nobody, whatever setting it stands behind", () => {
    const sids = new Set([...found.values()].map(({ statement: { Sid } }) => Sid));
    const inSource = conditionsInSource();
    assert.ok(inSource.length > 40, String(inSource.length));
    const wanted = inSource.flatMap(({ where, sid }) => {
      const named = sid === undefined ? SIDS_OF_CALLERS[where.replace(/:\d+$/, "")] : [sid];
      assert.ok(
        named !== undefined,
        `${where} has no plain sid: name those of its callers in SIDS_OF_CALLERS`,
      );
      return named.map((name) => ({ where, name }));
    });
    const missing = wanted
      .filter(({ name }) => !sids.has(name))
      .map(({ where, name }) => `${name} (${where})`);
    assert.deepEqual(missing, [], "no plan reaches these: add a stack file, or a plan here, that does");
  });

  it("sees a condition wherever it lies: in text, in an object, in a list of a type of its own", () => {
    const Statement = { Sid: "Planted", Effect: "Allow", Action: "s3:GetObject", Condition: { Bool: {} } };
    const document = { Version: "2012-10-17", Statement: [Statement] };
    for (const inputs of [
      { policy: JSON.stringify(document) },
      { policy: document },
      { inlinePolicies: [{ name: "x", policy: JSON.stringify(document) }] },
    ]) {
      const resources = [{ type: "aws:new/thing:Thing", name: "thing", inputs }];
      assert.deepEqual(
        [...conditionalStatements([["plan", resources]]).values()],
        [{ where: "plan thing Planted", statement: Statement }],
      );
    }
    const loose = [{ type: "aws:new/thing:Thing", name: "thing", inputs: { Condition: { Bool: {} } } }];
    assert.throws(() => conditionalStatements([["plan", loose]]), /in no statement/);
  });

  it("sees a condition in the source, spread or not", () => {
    const text = `const a = [
      { sid: "One", actions: ["s3:GetObject"], conditions: {} },
      { sid: "Two", actions: ["s3:GetObject"], ...(x ? { conditions: {} } : {}) },
      { sid: "None", actions: ["s3:GetObject"] },
      { sid, actions: ["s3:GetObject"], conditions },
    ];`;
    assert.deepEqual(
      conditionsOf("x.ts", text).map(({ sid }) => sid),
      ["One", "Two", undefined],
    );
  });

  /** The first resource of the statement that the action knows and the statement applies to. */
  async function resourceFor(
    statement: ConditionalStatement,
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
    statement: ConditionalStatement,
    action: string,
    resource: string,
    context: Context,
  ): Promise<boolean | undefined> {
    const rest = Object.fromEntries(Object.entries(statement).filter(([key]) => key !== "Principal"));
    if (action === "sts:AssumeRole") return evaluator.trusts({ Statement: [statement] }, context, action);
    if (NOT_IN_ITS_DATA in (statement.Condition["ArnLike"] ?? {}))
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

function isGithubTrust({ Condition }: ConditionalStatement): boolean {
  return GITHUB in (Condition["StringEquals"] ?? {});
}
