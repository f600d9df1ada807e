import assert from "node:assert/strict";
import { UNKNOWN } from "../../../model/resource.ts";
import { documentsOf } from "../../../policies/documents.ts";
import { noAdminPolicyAttachment } from "../../../policies/rules/safety/no-admin-policy-attachment.ts";
import { noIamUsers } from "../../../policies/rules/safety/no-iam-users.ts";
import { noWildcardActions } from "../../../policies/rules/safety/no-wildcard-actions.ts";
import { noWildcardResources } from "../../../policies/rules/safety/no-wildcard-resources.ts";
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
    "a text that is no JSON, with a marker inside": [
      { policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"[bucket.arn]"},]}' },
      "policy is no policy document",
    ],
    ...Object.fromEntries(
      ["**", "s3:**", "s3:?*", "*:?*", "?*", "kms:*?"].map((Action) => [
        `every action as ${Action}`,
        [policy({ Action, Resource: "x" }), `It allows ${Action}`] as const,
      ]),
    ),
  },
  good: {
    "named actions": policy({ Action: ["s3:Get*", "s3:PutObject"], Resource: "x" }),
    "a refusal of everything": { policy: document({ Effect: "Deny", Action: "*", Resource: "*" }) },
    "a document that is unknown as a whole, to be judged at the update": { policy: UNKNOWN },
    "a document that is the output of another resource": { policy: "[document.json]" },
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
    ...Object.fromEntries(
      [
        ...["?*", "ar*", "arn:aws:?*:*:*:*", "arn:aws:s*:*:*:*", "arn:aws:ec2:*:*:*", "arn:aws:s3:::*"],
        ...["arn:aws:iam::*:role/*", "arn:aws:s3:::*/*", "arn:aws:sns:us-west-2:123456789012:*"],
      ].map((Resource) => [
        `every resource as ${Resource}`,
        [policy({ Action: "iam:PassRole", Resource }), "It allows iam:PassRole on every resource"] as const,
      ]),
    ),
    ...Object.fromEntries(
      [
        { StringNotEquals: { "aws:ResourceTag/a": "x" } },
        { StringEqualsIfExists: { "aws:ResourceTag/a": "x" } },
        { StringLike: { "aws:ResourceTag/a": "*" } },
        { StringLike: { "aws:ResourceTag/a": ["x", "?*"] } },
        { Null: { "aws:ResourceTag/a": "true" } },
        { "ForAllValues:StringEquals": { "aws:ResourceTag/a": "x" } },
      ].map((Condition) => [
        `a condition that binds nothing, ${JSON.stringify(Condition)}`,
        [
          policy({ Action: "iam:PassRole", Resource: "*", Condition }),
          "It allows iam:PassRole on every resource",
        ] as const,
      ]),
    ),
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
    "a pattern of the resource's tag": policy({
      Action: "ec2:StopInstances",
      Resource: "*",
      Condition: { StringLike: { "ec2:ResourceTag/slot": "storage-*" } },
    }),
    "all objects of a bucket, and all roles of an account": policy({
      Action: "s3:GetObject",
      Resource: ["arn:aws:s3:::programs/*", "arn:aws:iam::123456789012:role/*"],
    }),
    "all models of a region, which belong to AWS": policy({
      Action: "bedrock:InvokeModel",
      Resource: "arn:aws:bedrock:*::foundation-model/*",
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

judge({
  rule: noWildcardActions,
  type: "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
  bad: {
    "every action": [{ inlinePolicy: document(allow({ Action: "*", Resource: "*" })) }, "It allows *"],
  },
  good: { "a named one": { inlinePolicy: document(allow({ Action: "s3:GetObject", Resource: "x" })) } },
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

for (const type of ["group", "user"].map(
  (holder) =>
    `aws:iam/${holder}PolicyAttachmentsExclusive:${holder === "group" ? "Group" : "User"}PolicyAttachmentsExclusive`,
))
  judge({
    rule: noAdminPolicyAttachment,
    type,
    bad: {
      "the administrator among others": [
        { policyArns: [managed("ReadOnlyAccess"), managed("AdministratorAccess")] },
        "AdministratorAccess is attached",
      ],
    },
    good: { "a narrow policy": { policyArns: [managed("ReadOnlyAccess")] } },
  });
judge({
  rule: noAdminPolicyAttachment,
  type: "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
  bad: {
    "the administrator": [
      { managedPolicyArn: managed("AdministratorAccess") },
      "AdministratorAccess is attached",
    ],
  },
  good: { "a narrow policy": { managedPolicyArn: managed("ReadOnlyAccess") } },
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
