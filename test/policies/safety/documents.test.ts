import assert from "node:assert/strict";
import { UNKNOWN } from "../../../model/resource.ts";
import { documentsOf } from "../../../policies/documents.ts";
import { noAdminPolicyAttachment } from "../../../policies/rules/safety/no-admin-policy-attachment.ts";
import { noIamUsers } from "../../../policies/rules/safety/no-iam-users.ts";
import { noOpenPrincipals } from "../../../policies/rules/safety/no-open-principals.ts";
import { noWildcardActions } from "../../../policies/rules/safety/no-wildcard-actions.ts";
import { noWildcardResources } from "../../../policies/rules/safety/no-wildcard-resources.ts";
import { oidcTrustExact } from "../../../policies/rules/safety/oidc-trust-exact.ts";
import { record } from "../../pricing/records.ts";
import { document, judge } from "./support.ts";

const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ROLE = "aws:iam/role:Role";
const KEY = "aws:kms/key:Key";
type Fields = Readonly<Record<string, unknown>>;
const allow = (fields: Fields) => ({ Sid: "It", Effect: "Allow", ...fields });
const policy = (fields: Fields) => ({ policy: document(allow(fields)) });

describe("a policy document", () => {
  it("is read once for every rule", () => {
    const resource = record(POLICY, "rights", policy({ Action: "s3:GetObject", Resource: "*" }));
    assert.equal(documentsOf(resource), documentsOf(resource));
  });
  it("is read from text and object, with one statement or many, with single values or lists", () => {
    const one = {
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: ["*"],
      Condition: { Bool: { "aws:SecureTransport": false } },
    };
    const forms = [one, [one]].flatMap((Statement) => [{ Statement }, JSON.stringify({ Statement })]);
    for (const form of forms) {
      const [found] = documentsOf(record(POLICY, "rights", { policy: form }));
      const [statement] = found?.statements ?? [];
      assert.deepEqual(
        [statement?.label, statement?.actions, statement?.resources, statement?.conditions],
        ["statement 1", ["s3:GetObject"], ["*"], { Bool: { "aws:SecureTransport": ["false"] } }],
      );
    }
  });
});

judge({
  rule: noWildcardActions,
  type: POLICY,
  bad: {
    "every action": [policy({ Action: "*", Resource: "x" }), "It allows *"],
    "every action of a service, behind markers": [
      policy({ Action: ["s3:GetObject", "s3:*"], Resource: "[bucket.arn]/*" }),
      "It allows s3:*",
    ],
    "everything but some": [policy({ NotAction: "iam:*", Resource: "x" }), "It allows everything but iam:*"],
    "a text that is no document": [{ policy: "{" }, "policy is no policy document"],
  },
  good: {
    "named actions": policy({ Action: ["s3:Get*", "s3:PutObject"], Resource: "x" }),
    "a refusal of everything": { policy: document({ Effect: "Deny", Action: "*", Resource: "*" }) },
    "a document that is unknown as a whole, to be judged at the update": { policy: UNKNOWN },
  },
});
const rootOf = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
judge({
  rule: noWildcardActions,
  type: KEY,
  bad: {
    "every action on a key for a role": [
      policy({ Principal: { AWS: "arn:aws:iam::123456789012:role/a" }, Action: "kms:*", Resource: "*" }),
      "It allows kms:*",
    ],
    "every action on a key for root and a service": [
      policy({
        Principal: { ...rootOf("123456789012"), Service: "logs.amazonaws.com" },
        Action: "kms:*",
        Resource: "*",
      }),
      "It allows kms:*",
    ],
  },
  good: {
    "the account's root, as AWS demands": policy({
      Principal: rootOf("123456789012"),
      Action: "kms:*",
      Resource: "*",
    }),
    "the root of an account asked of AWS": policy({
      Principal: rootOf("[aws.account]"),
      Action: "kms:*",
      Resource: "*",
    }),
  },
});

judge({
  rule: noWildcardResources,
  type: POLICY,
  bad: {
    "every resource": [
      policy({ Action: ["s3:GetObject", "ec2:DescribeVpcs"], Resource: "*" }),
      "It allows s3:GetObject on every resource",
    ],
    "every resource by ARN": [
      policy({ Action: "s3:GetObject", Resource: "arn:aws:*:*:*:*" }),
      "It allows s3:GetObject on every resource",
    ],
    "every resource but some": [
      policy({ Action: "s3:GetObject", NotResource: "x" }),
      "It allows s3:GetObject on every resource",
    ],
    "a wildcard beyond the free actions": [
      policy({ Action: "ec2:*", Resource: "*" }),
      "It allows ec2:* on every resource",
    ],
    "a condition on something else": [
      policy({
        Action: "ec2:StopInstances",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": "us-west-2" } },
      }),
      "It allows ec2:StopInstances on every resource",
    ],
  },
  good: {
    "actions without resources": policy({
      Action: ["ssm:UpdateInstanceInformation", "ssmmessages:OpenDataChannel", "EC2:describeInstances"],
      Resource: "*",
    }),
    "a condition on the resource's tag": policy({
      Action: "ec2:StopInstances",
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/proving-ground:slot": "a" } },
    }),
    "a named resource, known by a marker": policy({ Action: "s3:GetObject", Resource: "[bucket.arn]/*" }),
    "an unknown document": { policy: UNKNOWN },
  },
});
judge({
  rule: noWildcardResources,
  type: POLICY,
  settings: { parameters: { withoutResources: ["fis:List*"] } },
  bad: {
    "what the parameter does not name": [
      policy({ Action: "fis:StartExperiment", Resource: "*" }),
      "It allows fis:StartExperiment on every resource",
    ],
  },
  good: { "what the parameter names": policy({ Action: "fis:ListExperiments", Resource: "*" }) },
});
judge({
  rule: noWildcardResources,
  type: ROLE,
  bad: {
    "an inline policy": [
      { inlinePolicies: [policy({ Action: "s3:GetObject", Resource: "*" })] },
      "It allows s3:GetObject on every resource",
    ],
  },
  good: {
    "a trust policy": {
      assumeRolePolicy: document(
        allow({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
      ),
    },
  },
});

const publish = { Action: "sns:Publish", Resource: "x" };
judge({
  rule: noOpenPrincipals,
  type: "aws:sns/topicPolicy:TopicPolicy",
  bad: {
    everybody: [policy({ ...publish, Principal: "*" }), "It allows everybody sns:Publish"],
    "everybody as an AWS principal": [
      policy({ ...publish, Principal: { AWS: ["*"] } }),
      "It allows everybody sns:Publish",
    ],
    "everybody over TLS": [
      policy({ ...publish, Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      "It allows everybody sns:Publish",
    ],
    "everybody but one": [
      policy({ ...publish, NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } }),
      "It allows everybody but its NotPrincipal",
    ],
  },
  good: {
    "a service": policy({ ...publish, Principal: { Service: "budgets.amazonaws.com" } }),
    "everybody of one account": policy({
      ...publish,
      Principal: "*",
      Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    }),
    "an unknown document": { policy: UNKNOWN },
  },
});
judge({
  rule: noOpenPrincipals,
  type: "aws:lambda/permission:Permission",
  bad: { everybody: [{ principal: "*" }, "everybody may invoke the function"] },
  good: {
    "a topic": { principal: "sns.amazonaws.com" },
    "one account": { principal: "*", sourceAccount: "123456789012" },
  },
});

const ISSUER = "token.actions.githubusercontent.com";
const trust = (Condition: Fields, Federated = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`) => ({
  assumeRolePolicy: document(
    allow({ Principal: { Federated }, Action: "sts:AssumeRoleWithWebIdentity", Condition }),
  ),
});
const aud = { [`${ISSUER}:aud`]: "sts.amazonaws.com" };
const sub = { [`${ISSUER}:sub`]: "repo:example/claudefs:environment:prod" };
judge({
  rule: oidcTrustExact,
  type: ROLE,
  bad: {
    "no condition": [
      trust({}),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
      `It does not require ${ISSUER}:aud by StringEquals`,
    ],
    "a pattern by StringLike": [
      trust({ StringEquals: aud, StringLike: sub }),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
    ],
    "a wildcard": [
      trust({ StringEquals: { ...aud, [`${ISSUER}:sub`]: "repo:example/*" } }),
      "It trusts the pattern repo:example/*",
    ],
    "another audience": [
      trust({ StringEquals: { ...sub, [`${ISSUER}:aud`]: "https://github.com/example" } }),
      "It trusts the audience https://github.com/example",
    ],
    "an unknown subject": [
      trust({ StringEquals: { ...aud, [`${ISSUER}:sub`]: UNKNOWN } }),
      "It trusts a subject unknown before deployment",
    ],
    "a provider that is unknown": [
      trust({ StringEquals: aud }, "[oidc.arn]"),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
    ],
  },
  good: {
    "a whole subject and the audience": trust({ StringEquals: { ...aud, ...sub } }),
    "an unknown provider of another issuer": trust(
      { StringEquals: { "gitlab.example.com:sub": "x" } },
      "[oidc.arn]",
    ),
    "a trusted service": {
      assumeRolePolicy: document(
        allow({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
      ),
    },
    "an unknown document": { assumeRolePolicy: UNKNOWN },
  },
});

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;
judge({
  rule: noAdminPolicyAttachment,
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  bad: {
    "the administrator": [{ policyArn: managed("AdministratorAccess") }, "AdministratorAccess is attached"],
    "the power user": [{ policyArn: managed("PowerUserAccess") }, "PowerUserAccess is attached"],
  },
  good: {
    "a narrow policy": { policyArn: managed("AmazonSSMManagedInstanceCore") },
    "a policy of the program": { policyArn: UNKNOWN },
  },
});
judge({
  rule: noAdminPolicyAttachment,
  type: ROLE,
  bad: {
    "IAMFullAccess on the role": [
      { managedPolicyArns: [managed("IAMFullAccess")] },
      "IAMFullAccess is attached",
    ],
  },
  good: { none: {} },
});

judge({
  rule: noIamUsers,
  type: "aws:iam/user:User",
  bad: { "a user": [{}, "the program makes an IAM user"] },
  good: {},
});
judge({
  rule: noIamUsers,
  type: "aws:iam/accessKey:AccessKey",
  bad: {
    "an access key": [{ user: UNKNOWN }, "the program makes an access key, whose secret stays in the state"],
  },
  good: {},
});
