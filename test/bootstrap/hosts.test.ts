import assert from "node:assert/strict";
import { conditionCases, type Condition } from "../auditors/iam-conditions.ts";
import { iamEvaluator, type Context, type Document, type Evaluator } from "../auditors/iam-simulate.ts";
import { planOf, STACKS } from "../support/plans.ts";
import { TAGS } from "../../model/tags.ts";
import { Answers, documentOf, recordBootstrap } from "./support.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

describe("the boundary of roles that the main program makes", () => {
  let evaluator: Evaluator;

  before(async function () {
    evaluator = await iamEvaluator(this);
  });

  for (const stack of STACKS)
    it(`takes nothing from what the roles of ${stack} may do`, async () => {
      const { resources } = await planOf(stack);
      const known = new Answers(resources);
      const boundary = documentOf((await recordBootstrap()).resources, `host-boundary-${stack}`);
      const keyPolicy = documentOf(resources, "encryption-key");
      const policies = resources.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
      assert.ok(policies.length > 2, String(policies.length));
      for (const { name, inputs } of policies) {
        const document = JSON.parse(known.in(String(inputs["policy"]))) as Document;
        for (const statement of document["Statement"] as readonly Statement[]) {
          // A denial gives nothing that a boundary could take.
          if (statement.Effect === "Deny") continue;
          const { met } = conditionCases(statement.Condition ?? {});
          for (const action of statement.Action) {
            const answers: boolean[] = [];
            for (const pattern of statement.Resource) {
              const resource = concrete(pattern);
              const question = {
                principal: `arn:aws:iam::123456789012:role/proving-ground-${stack}-storage-1`,
                action,
                resource,
                context: {
                  [`aws:ResourceTag/${TAGS.environment}`]: stack,
                  // Every role of an environment carries it, or the deploy role could not have made it.
                  "iam:PermissionsBoundary": `arn:aws:iam::123456789012:policy/proving-ground-bootstrap-host-boundary-${stack}`,
                  ...met,
                },
                identity: [document],
                resourcePolicy: resource.includes(":key/") ? keyPolicy : undefined,
              };
              // An action of a list does not know every resource of it.
              if (!(await evaluator.ask(question)).allowed) continue;
              answers.push((await evaluator.ask({ ...question, boundary })).allowed);
            }
            // Its data asks DescribeLogGroups of * alone, AWS of log-group:*.
            if (action === "logs:DescribeLogGroups") continue;
            assert.ok(answers.length > 0 && !answers.includes(false), `${name} ${statement.Sid}: ${action}`);
          }
        }
      }
    });

  it("keeps hosts from other environments, from IAM and from the states", async () => {
    const boundary = documentOf((await recordBootstrap()).resources, "host-boundary-dev");
    for (const [action, resource] of [
      ["s3:GetObject", "arn:aws:s3:::proving-ground-prod-artifacts-0a1b2c3d/releases/x"],
      [
        "s3:GetObject",
        "arn:aws:s3:::proving-ground-bootstrap-state-123456789012-us-west-2/.pulumi/meta.yaml",
      ],
      ["iam:CreateRole", "arn:aws:iam::123456789012:role/proving-ground-dev-x"],
      ["iam:PassRole", "arn:aws:iam::123456789012:role/proving-ground-dev-x"],
      ["sts:AssumeRole", "arn:aws:iam::123456789012:role/proving-ground-bootstrap-deploy-dev"],
      ["ec2:RunInstances", "arn:aws:ec2:us-west-2:123456789012:instance/i-0123456789abcdef0"],
      [
        "ssm:GetParameter",
        "arn:aws:ssm:us-west-2:123456789012:parameter/proving-ground/prod/slots/storage-1/status",
      ],
    ] as const) {
      const { allowed, problem } = await evaluator.ask({
        principal: "arn:aws:iam::123456789012:role/proving-ground-dev-storage-1",
        action,
        resource,
        identity: [EVERYTHING],
        boundary,
      });
      assert.equal(problem, undefined, `${action} ${resource}`);
      assert.equal(allowed, false, `${action} ${resource}`);
    }
  });

  it("lets the guard stop what is on demand, and never a persistent host, another environment's or nobody's", async () => {
    const boundary = documentOf((await recordBootstrap()).resources, "host-boundary-dev");
    const instance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0";
    const tags = (environment: string, life: string) => ({
      [`aws:ResourceTag/${TAGS.environment}`]: environment,
      [`aws:ResourceTag/${TAGS.life}`]: life,
    });
    const table = "arn:aws:dynamodb:us-west-2:123456789012:table/proving-ground-";
    const role = "arn:aws:iam::123456789012:role/proving-ground-dev-orchestrator";
    const limited = {
      "iam:PermissionsBoundary":
        "arn:aws:iam::123456789012:policy/proving-ground-bootstrap-host-boundary-dev",
    };
    for (const [allowed, action, resource, context] of [
      [true, "ec2:TerminateInstances", instance, tags("dev", "on-demand")],
      [false, "ec2:TerminateInstances", instance, tags("dev", "persistent")],
      [false, "ec2:TerminateInstances", instance, tags("prod", "on-demand")],
      [false, "ec2:TerminateInstances", instance, {}],
      [false, "ec2:StopInstances", instance, tags("dev", "on-demand")],
      [true, "dynamodb:UpdateItem", `${table}dev-guard`, {}],
      [false, "dynamodb:UpdateItem", `${table}prod-guard`, {}],
      [false, "dynamodb:DeleteTable", `${table}dev-guard`, {}],
      [true, "iam:PutRolePolicy", role, limited],
      [false, "iam:PutRolePolicy", role, {}],
      [false, "iam:AttachRolePolicy", role, limited],
    ] as const) {
      const answer = await evaluator.ask({
        principal: "arn:aws:iam::123456789012:role/proving-ground-dev-guard",
        action,
        resource,
        context,
        identity: [EVERYTHING],
        boundary,
      });
      assert.equal(answer.problem, undefined, `${action} ${resource}`);
      assert.equal(answer.allowed, allowed, `${action} ${resource} ${JSON.stringify(context)}`);
    }
  });

  it("opens the secrets that are named for the environment's hosts, and no other of the account", async () => {
    const environments = [
      { name: "dev", hostSecrets: ["cfs/github-token"] },
      { name: "prod", hostSecrets: ["cfs/payments"] },
    ];
    const boundary = documentOf((await recordBootstrap({ environments })).resources, "host-boundary-dev");
    for (const [allowed, secret] of [
      [true, "cfs/github-token-AbCdEf"],
      [false, "cfs/github-token-2-AbCdEf"],
      [false, "cfs/payments-AbCdEf"],
      [false, "rds!db-0123-AbCdEf"],
    ] as const) {
      const answer = await evaluator.ask({
        principal: "arn:aws:iam::123456789012:role/proving-ground-dev-storage-1",
        action: "secretsmanager:GetSecretValue",
        resource: `arn:aws:secretsmanager:us-west-2:123456789012:secret:${secret}`,
        identity: [EVERYTHING],
        boundary,
      });
      assert.equal(answer.problem, undefined, secret);
      assert.equal(answer.allowed, allowed, secret);
    }
  });

  it("gives hosts no way to change records without naming them", async () => {
    const boundary = documentOf((await recordBootstrap()).resources, "host-boundary-dev");
    const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
    const cases: readonly (readonly [allowed: boolean, context: Context])[] = [
      [true, { [names]: ["storage-1.dev.internal"] }],
      [false, { [names]: ["storage-1.prod.internal"] }],
      [false, {}],
    ];
    for (const [allowed, context] of cases) {
      const answer = await evaluator.ask({
        principal: "arn:aws:iam::123456789012:role/proving-ground-dev-storage-1",
        action: "route53:ChangeResourceRecordSets",
        resource: "arn:aws:route53:::hostedzone/Z0123456789",
        context,
        identity: [EVERYTHING],
        boundary,
      });
      assert.equal(answer.problem, undefined, JSON.stringify(context));
      assert.equal(answer.allowed, allowed, JSON.stringify(context));
    }
  });

  it("leaves secrets and models out where the settings say so", async () => {
    const { resources } = await recordBootstrap({
      environments: [{ name: "dev" }],
      hosts: { callModels: false },
    });
    const text = JSON.stringify(documentOf(resources, "host-boundary-dev"));
    assert.doesNotMatch(text, /secretsmanager|bedrock/);
  });
});

/** One resource of a pattern. What follows a log group's colon is a stream. */
function concrete(pattern: string): string {
  if (pattern === "*") return pattern;
  const example = pattern.includes(":log-group:/") ? pattern.replace(/:\*$/, ":log-stream:x") : pattern;
  return example.replaceAll("*", "x").replaceAll("?", "a");
}
