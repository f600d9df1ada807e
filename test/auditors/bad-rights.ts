import { policy, resource, type BadResource } from "./bad-resource.ts";

const OBJECTS = "arn:aws:s3:::example/*";
const READ = policy({ Action: ["s3:GetObject"], Resource: [OBJECTS] });

/** A role's policy with one bad statement. */
function rights(check: string, wrong: string, statement: Readonly<Record<string, unknown>>): BadResource {
  return {
    check,
    wrong,
    resource: resource("aws:iam/rolePolicy:RolePolicy", "rights", {
      role: "example",
      policy: policy(statement),
    }),
    cure: { policy: READ },
  };
}

/** A role that trusts too many. */
function trust(check: string, wrong: string, aws: string): BadResource {
  const by = (Principal: unknown) => policy({ Principal, Action: "sts:AssumeRole" });
  return {
    check,
    wrong,
    resource: resource("aws:iam/role:Role", "role", { assumeRolePolicy: by({ AWS: aws }) }),
    cure: { assumeRolePolicy: by({ Service: "ec2.amazonaws.com" }) },
  };
}

/** A policy on a resource that lets anyone in. */
function shared(
  check: string,
  type: string,
  actions: string,
  inputs: Readonly<Record<string, unknown>>,
): BadResource {
  const to = (Principal: unknown) => policy({ Principal, Action: actions, Resource: "*" });
  return {
    check,
    wrong: `${type} for anyone`,
    resource: resource(type, "shared", { ...inputs, policy: to({ AWS: "*" }) }),
    cure: { policy: to({ Service: "cloudwatch.amazonaws.com" }) },
  };
}

/** Policies of roles, of keys and of what is shared. */
export const BAD_RIGHTS: readonly BadResource[] = [
  rights("CKV_AWS_62", "every right on everything", { Action: "*", Resource: "*" }),
  rights("CKV_AWS_63", "every action", { Action: ["*"], Resource: [OBJECTS] }),
  rights("CKV_AWS_286", "a way to more rights", { Action: ["iam:CreatePolicyVersion"], Resource: ["*"] }),
  rights("CKV_AWS_287", "a way to credentials", { Action: ["iam:CreateAccessKey"], Resource: ["*"] }),
  rights("CKV_AWS_288", "every object of every bucket", { Action: ["s3:GetObject"], Resource: ["*"] }),
  rights("CKV_AWS_289", "rights over rights", { Action: ["iam:AttachRolePolicy"], Resource: ["*"] }),
  rights("CKV_AWS_290", "writing anywhere", { Action: ["s3:PutObject"], Resource: ["*"] }),
  rights("CKV_AWS_355", "every instance, for an action that takes one", {
    Action: ["ec2:TerminateInstances"],
    Resource: ["*"],
  }),
  trust("CKV_AWS_60", "a role for anyone", "*"),
  trust("CKV_AWS_61", "a role for a whole other account", "arn:aws:iam::123456789012:root"),
  shared("CKV_AWS_33", "aws:kms/key:Key", "kms:*", {}),
  shared("CKV_AWS_70", "aws:s3/bucketPolicy:BucketPolicy", "s3:*", { bucket: "example" }),
  shared("CKV_AWS_168", "aws:sqs/queuePolicy:QueuePolicy", "sqs:*", {
    queueUrl: "https://sqs.us-west-2.amazonaws.com/1/example",
  }),
  shared("CKV_AWS_169", "aws:sns/topicPolicy:TopicPolicy", "sns:*", {
    arn: "arn:aws:sns:us-west-2:123456789012:example",
  }),
  {
    check: "CKV_AWS_364",
    wrong: "a function that a whole service may call, for any account",
    resource: resource("aws:lambda/permission:Permission", "permission", {
      action: "lambda:InvokeFunction",
      function: "example",
      principal: "events.amazonaws.com",
    }),
    cure: { sourceArn: "arn:aws:events:us-west-2:123456789012:rule/example" },
  },
];
