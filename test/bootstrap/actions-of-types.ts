import { ACTIONS_OF_GUARD_TYPES } from "./actions-of-guard-types.ts";
import { ACTIONS_OF_NETWORK_TYPES } from "./actions-of-network-types.ts";
import { everywhere, HERE, on, type Calls } from "./calls.ts";

const iam = (kind: string) => `arn:aws:iam::123456789012:${kind}/proving-ground-ENV-storage-1`;
const BUCKET = "arn:aws:s3:::proving-ground-ENV-artifacts-0a1b2c3d";
const OBJECT = `${BUCKET}/hosts/boot-0a.mjs`;
const KEY = `arn:aws:kms:${HERE}:key/00000000-0000-0000-0000-000000000000`;
const TOPIC = `arn:aws:sns:${HERE}:proving-ground-ENV-alarms`;
const ZONE = "arn:aws:route53:::hostedzone/Z0123456789";
const LOGS = `arn:aws:logs:${HERE}:log-group:/proving-ground/ENV/flow-logs`;
const BUDGET = "arn:aws:budgets::123456789012:budget/proving-ground-ENV-day";
const SECRET = `arn:aws:secretsmanager:${HERE}:secret:cfs/github-token-AbCdEf`;

/** A side of a bucket: its removal is a call of the same action. */
const bucketSide = (action: string, look: string): Calls => ({
  change: on(BUCKET, `s3:Put${action}`),
  look: on(BUCKET, `s3:Get${look}`),
});

/**
 * What the AWS provider asks of AWS for each type that the main program makes: the calls by which it makes, changes,
 * deletes and looks at a resource, as IAM sees them. Source: the provider's resources (create, read, update, delete) and
 * AWS's service authorization reference.
 *
 * A type that a plan holds and this table lacks fails `test/bootstrap/types.test.ts`: whoever adds one says here what it
 * takes, and the test says whether the roles of the bootstrap project have it.
 */
export const ACTIONS_OF_TYPES: Readonly<Record<string, Calls>> = {
  ...ACTIONS_OF_GUARD_TYPES,
  ...ACTIONS_OF_NETWORK_TYPES,
  "aws:budgets/budget:Budget": {
    change: on(BUDGET, "budgets:ModifyBudget", "budgets:TagResource"),
    look: on(BUDGET, "budgets:ViewBudget", "budgets:ListTagsForResource"),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    change: on(
      LOGS,
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
    ),
    // DescribeLogGroups is left out: AWS checks it against log-group:* of the region, the evaluator's data against *.
    look: on(LOGS, "logs:ListTagsForResource"),
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    change: on(
      iam("instance-profile"),
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
    ),
    look: on(iam("instance-profile"), "iam:GetInstanceProfile"),
  },
  "aws:iam/role:Role": {
    change: on(
      iam("role"),
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:PassRole",
      "iam:PutRolePermissionsBoundary",
      "iam:TagRole",
      "iam:UpdateAssumeRolePolicy",
    ),
    look: on(
      iam("role"),
      "iam:GetRole",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
    ),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    change: on(iam("role"), "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    look: on(iam("role"), "iam:GetRolePolicy"),
  },
  "aws:kms/alias:Alias": {
    change: [
      ...on(`arn:aws:kms:${HERE}:alias/proving-ground-ENV-key`, "kms:CreateAlias", "kms:DeleteAlias"),
      ...on(KEY, "kms:CreateAlias", "kms:DeleteAlias"),
    ],
    look: everywhere("kms:ListAliases"),
  },
  "aws:kms/key:Key": {
    make: everywhere("kms:CreateKey"),
    change: on(
      KEY,
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UpdateKeyDescription",
    ),
    look: on(KEY, "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"),
  },
  "aws:route53/record:Record": {
    change: on(ZONE, "route53:ChangeResourceRecordSets"),
    look: [
      ...on(ZONE, "route53:ListResourceRecordSets"),
      ...on("arn:aws:route53:::change/C0123456789", "route53:GetChange"),
    ],
  },
  "aws:route53/zone:Zone": {
    make: everywhere("route53:CreateHostedZone"),
    change: on(
      ZONE,
      "route53:AssociateVPCWithHostedZone",
      "route53:ChangeTagsForResource",
      "route53:DeleteHostedZone",
      "route53:UpdateHostedZoneComment",
    ),
    look: on(ZONE, "route53:GetHostedZone", "route53:ListTagsForResource"),
  },
  "aws:s3/bucket:Bucket": {
    change: on(BUCKET, "s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging"),
    look: on(
      BUCKET,
      "s3:GetAccelerateConfiguration",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLocation",
      "s3:GetBucketLogging",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketPolicy",
      "s3:GetBucketRequestPayment",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
    ),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSide(
    "LifecycleConfiguration",
    "LifecycleConfiguration",
  ),
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    change: on(OBJECT, "s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject", "s3:DeleteObjectVersion"),
    look: on(OBJECT, "s3:GetObject", "s3:GetObjectTagging"),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSide(
    "BucketOwnershipControls",
    "BucketOwnershipControls",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": {
    change: on(BUCKET, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    look: on(BUCKET, "s3:GetBucketPolicy"),
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSide(
    "BucketPublicAccessBlock",
    "BucketPublicAccessBlock",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSide(
    "EncryptionConfiguration",
    "EncryptionConfiguration",
  ),
  "aws:s3/bucketVersioning:BucketVersioning": bucketSide("BucketVersioning", "BucketVersioning"),
  "aws:secretsmanager/secret:Secret": {
    make: on(SECRET, "secretsmanager:CreateSecret"),
    change: on(
      SECRET,
      "secretsmanager:DeleteSecret",
      "secretsmanager:RestoreSecret",
      "secretsmanager:UpdateSecret",
    ),
    look: on(SECRET, "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
  },
  "aws:sns/topic:Topic": {
    change: on(TOPIC, "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:TagResource"),
    look: on(TOPIC, "sns:GetTopicAttributes", "sns:ListTagsForResource"),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    change: on(TOPIC, "sns:SetTopicAttributes"),
    look: on(TOPIC, "sns:GetTopicAttributes"),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    change: on(TOPIC, "sns:Subscribe"),
    look: on(TOPIC, "sns:ListSubscriptionsByTopic"),
  },
};
