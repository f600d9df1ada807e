import type { Statement } from "../../lib/iam.ts";
import { BOOTSTRAP, hostBoundaryArn, ownName } from "../names.ts";
import { ENVIRONMENT_TAG, iam, type Reach } from "./reach.ts";

/**
 * Ways out that stay shut for a deploy role, whatever else is attached to it. Each statement denies, and a
 * denial needs no narrow resource to be safe. A policy of its own: with the boundary it would be too long for one.
 */
export function guardRails(reach: Reach, stateBucket: string): Statement[] {
  const { account, environment } = reach;
  const hosts = hostBoundaryArn(account, environment);
  const bucketArn = `arn:aws:s3:::${stateBucket}`;
  return [
    {
      sid: "NoRoleWithoutBoundary",
      effect: "Deny",
      actions: [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
      ],
      resources: ["*"],
      conditions: { StringNotEquals: { "iam:PermissionsBoundary": hosts } },
    },
    {
      sid: "NoPeopleNoPolicies",
      effect: "Deny",
      actions: [
        "iam:*AccessKey*",
        "iam:*Group*",
        "iam:*LoginProfile*",
        "iam:*OpenIDConnect*",
        "iam:*PolicyVersion",
        "iam:*SAML*",
        "iam:*User*",
        "iam:CreatePolicy",
        "iam:DeletePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "sts:AssumeRole",
      ],
      resources: ["*"],
    },
    {
      sid: "NotThisProject",
      effect: "Deny",
      actions: ["iam:*"],
      resources: [iam(reach, `role/${ownName("*")}`), iam(reach, `policy/${ownName("*")}`)],
    },
    {
      sid: "StateIsKept",
      effect: "Deny",
      actions: [
        "s3:BypassGovernanceRetention",
        "s3:DeleteBucket*",
        "s3:DeleteObjectVersion*",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
      ],
      resources: [bucketArn, `${bucketArn}/*`],
    },
    {
      sid: "NotOtherEnvironments",
      effect: "Deny",
      actions: ["*"],
      resources: ["*"],
      conditions: {
        // The keys of the state carry this project's tag; the roles reach them by their ARN.
        StringNotEquals: { [ENVIRONMENT_TAG.resource]: [environment, BOOTSTRAP] },
        Null: { [ENVIRONMENT_TAG.resource]: "false" },
      },
    },
    {
      sid: "NoOtherTag",
      effect: "Deny",
      actions: ["*"],
      resources: ["*"],
      conditions: {
        StringNotEquals: { [ENVIRONMENT_TAG.request]: environment },
        Null: { [ENVIRONMENT_TAG.request]: "false" },
      },
    },
    {
      sid: "KeysOfStateAreKept",
      effect: "Deny",
      actions: [
        "kms:*Alias",
        "kms:CreateGrant",
        "kms:Disable*",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
      ],
      resources: ["*"],
      conditions: { StringEquals: { [ENVIRONMENT_TAG.resource]: BOOTSTRAP } },
    },
  ];
}
