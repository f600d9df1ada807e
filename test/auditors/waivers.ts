import { actionsOnEverything, noneFromOutside, variablesAre, type AuditedPlan } from "./waiver-conditions.ts";

/** What an outside auditor holds against one resource of one plan. */
export interface Finding {
  readonly auditor: Auditor;
  /** Stack, or example. */
  readonly stack: string;
  /** The auditor's own id. */
  readonly check: string;
  /** As the auditor names it: a Terraform address for checkov; type, name and input for parliament. */
  readonly resource: string;
  /** Name in the plan. */
  readonly name: string;
  readonly detail: string;
}

export type Auditor = "checkov" | "parliament";

export interface Waiver {
  readonly auditor: Auditor;
  readonly check: string;
  /** Of the whole resource, as the finding names it. */
  readonly resources: RegExp;
  /** Of a part of the detail, where a check says several things. */
  readonly detail?: RegExp;
  /** Why it is right as it is, for an auditor who does not know this project. */
  readonly reason: string;
  /** What the reason rests on; where it is false, the waiver does not hold. */
  readonly while?: (plan: AuditedPlan, name: string) => boolean;
}

/** The one place where a finding is accepted. One that meets no finding fails the tests: it has outlived its cause. */
export const WAIVERS: readonly Waiver[] = [
  {
    auditor: "checkov",
    check: "CKV_AWS_88",
    resources: /^aws_(instance|launch_template)\./,
    reason:
      "Hosts have public addresses to reach AWS and GitHub without a NAT gateway, which costs more than most clusters. Nothing can come in: no rule of the plan admits an address range, only security groups of the same network. Private addresses are a setting.",
    while: noneFromOutside,
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_290",
    resources: /^aws_iam_role_policy\.[\w-]+-rights$/,
    reason:
      "The statement for Session Manager's agent: its actions take no resource (AWS service authorization reference), so `*` is the only one that grants them. No other action of the policy stands on `*`.",
    while: actionsOnEverything("ssm:UpdateInstanceInformation", "ssmmessages:"),
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_355",
    resources: /^aws_iam_role_policy\.[\w-]+-rights$/,
    reason: "As CKV_AWS_290: Session Manager's actions take no resource, and no other action stands on `*`.",
    while: actionsOnEverything("ssm:UpdateInstanceInformation", "ssmmessages:"),
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_338",
    resources: /^aws_cloudwatch_log_group\.network-flow-logs$/,
    reason:
      "Flow logs of a network of test hosts that live for hours: what happened in it is asked within days, and a year of storage would be paid for nothing. No customer's data passes through. The days are a setting.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_18",
    resources: /^aws_s3_bucket\.artifacts-bucket$/,
    reason:
      "Only roles of this stack can read the bucket, over TLS, and it holds builds and test results. Access logs would need a second bucket, which cannot log itself; where an account must know each read, CloudTrail's data events give more and cover all its buckets.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_144",
    resources: /^aws_s3_bucket\.artifacts-bucket$/,
    reason:
      "Builds are made again from their sources, and results of tests expire by rule; overwritten and deleted objects are kept as versions. A copy in a second region would double the storage of what nobody would restore.",
  },
  {
    auditor: "checkov",
    check: "CKV2_AWS_62",
    resources: /^aws_s3_bucket\.artifacts-bucket$/,
    reason:
      "Nothing waits for a new object: hosts fetch by name and checksum. An event without a reader is no control.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_149",
    resources: /^aws_secretsmanager_secret\.secrets-/,
    reason:
      "The secrets are encrypted, by the account's own key for Secrets Manager. They are shared by name with the other environments' orchestrators, and each environment has a key that no other may use: under it the others could not read them. Who reads is decided by each role's policy, secret by secret.",
  },
  {
    auditor: "checkov",
    check: "CKV2_AWS_57",
    resources: /^aws_secretsmanager_secret\.secrets-/,
    reason:
      "Tokens of GitHub and of a model provider, which no AWS function can renew: a person issues them there, with an end date, and puts them in.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_338",
    resources: /^aws_cloudwatch_log_group\.guard-log$/,
    reason:
      "What the guard did is asked within days; what a day cost stays in its table for good. A year of its log would be paid for nothing. The days are a setting.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_119",
    resources: /^aws_dynamodb_table\.guard-table$/,
    reason:
      "The table is encrypted, with DynamoDB's own key. It holds sums and names of owners, no secret. Under the environment's key a guard that must stop spending would depend on one more thing that somebody can disable.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_117",
    resources: /^aws_lambda_function\.guard-function$/,
    reason:
      "The function calls AWS's own services and nothing in a network, in every region at that. In a VPC it would need a NAT gateway, which costs more than the guard, and would fall silent with it.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_272",
    resources: /^aws_lambda_function\.guard-function$/,
    reason:
      "Its code comes from the same checkout and the same deployment as its rights: who could replace the one could change the other. Signing would add a profile that the same role manages.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_173",
    resources: /^aws_lambda_function\.guard-function$/,
    reason:
      "Its three variables name a table, a queue and a topic, and are encrypted with Lambda's own key; none is secret.",
    while: variablesAre("GUARD_TABLE", "GUARD_QUEUE_URL", "GUARD_TOPIC_ARN"),
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_50",
    resources: /^aws_lambda_function\.guard-function$/,
    reason:
      "One function that calls AWS and nobody of ours: a trace would show what its log says already, with times, for every run.",
  },
  {
    auditor: "checkov",
    check: "CKV_AWS_297",
    resources: /^aws_scheduler_schedule\.guard-schedule$/,
    reason:
      "The schedule's payload says that it is the schedule. It is encrypted with AWS's own key, and a key of ours would be one more way for the guard to fall silent.",
  },
  {
    auditor: "parliament",
    check: "RESOURCE_STAR",
    resources: /^aws:kms\/key:Key \S+ policy$/,
    reason:
      "In a key's policy `*` means this key, and nothing else can be named (AWS KMS developer guide, key policies).",
  },
  {
    auditor: "parliament",
    check: "PERMISSIONS_MANAGEMENT_ACTIONS",
    resources: /^aws:kms\/key:Key \S+ policy$/,
    reason:
      "The statement AWS gives every new key: the account decides by IAM who uses it. Without it a key can become one that nobody manages, and only AWS Support could help.",
  },
  {
    auditor: "parliament",
    check: "MISMATCHED_TYPE",
    resources: /^aws:kms\/key:Key \S+ policy$/,
    detail: /^Type mismatch: ArnLike requires a value of type Arn but given String/,
    reason:
      "The encryption context of CloudWatch Logs is an ARN, compared as AWS's own example does (CloudWatch Logs user guide, Encrypt log data); parliament knows contexts as plain texts only.",
  },
  {
    auditor: "parliament",
    check: "UNKNOWN_CONDITION_FOR_ACTION",
    resources: /^aws:kms\/key:Key \S+ policy$/,
    detail: /kms:EncryptionContext:aws:logs:arn for action kms:DescribeKey/,
    reason:
      "AWS's own example for CloudWatch Logs has DescribeKey in the same statement. The call has no encryption context, so the condition makes this part grant nothing: too little at worst, never too much.",
  },
  {
    auditor: "parliament",
    check: "CREDENTIALS_EXPOSURE",
    resources: /^aws:iam\/role:Role \S+ assumeRolePolicy$/,
    detail: /"actions": \["sts:assumerole"\]/,
    reason:
      "A trust policy exists to allow this one action; checkov's CKV_AWS_60 and CKV_AWS_61 judge whom it trusts.",
  },
  {
    auditor: "parliament",
    check: "RESOURCE_MISMATCH",
    resources: /^aws:iam\/rolePolicy:RolePolicy orchestrator-rights policy$/,
    detail: /^\[\{'action': 'bedrock:InvokeModel'/,
    reason:
      "InvokeModel takes any one of some ten kinds of resource. Two are granted, foundation models and the inference profiles that lead to them; parliament asks for each kind.",
  },
  {
    auditor: "parliament",
    check: "PERMISSIONS_MANAGEMENT_ACTIONS",
    resources: /^aws:iam\/rolePolicy:RolePolicy guard-rights policy$/,
    // parliament names them in the order of a Python set: another one each run.
    detail: /"actions": \["iam:(?:delete|put)rolepolicy", "iam:(?:delete|put)rolepolicy"\]/,
    reason:
      "At the line the guard takes the agents' right to call models away by a denial in one role, named in full, and gives it back when it lets go. That role's permission boundary bounds what could be written there.",
  },
  {
    auditor: "parliament",
    check: "RESOURCE_MISMATCH",
    resources: /^aws:iam\/rolePolicy:RolePolicy network-flow-logs-rights policy$/,
    detail: /^\[\{'action': 'logs:DescribeLogGroups', 'required_format': '\*'\}\]/,
    reason:
      "AWS checks this list against the account's log groups of one region (AWS service authorization reference, CloudWatch Logs), which is narrower than the `*` that parliament's data asks for.",
  },
];
