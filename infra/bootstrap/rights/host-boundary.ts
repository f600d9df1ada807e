import { SESSION_MANAGER, type Statement } from "../../lib/iam.ts";
import { domainOf, parameterRoot } from "../../lib/names.ts";
import { environmentPrefix } from "../names.ts";
import type { EnvironmentSettings, HostLimits } from "../settings/schema.ts";
import { guardBoundary } from "./guard-boundary.ts";
import { ENVIRONMENT_TAG, regional, secrets, type Reach } from "./reach.ts";

/**
 * The most that a role made by the main program can ever do, whatever its own policies say. A boundary gives
 * nothing by itself: both must allow.
 */
export function hostBoundary(
  reach: Reach,
  { hostSecrets, callModels }: Pick<EnvironmentSettings, "hostSecrets"> & Pick<HostLimits, "callModels">,
): Statement[] {
  const { region, account } = reach.account;
  const prefix = environmentPrefix(reach.environment);
  const root = parameterRoot(reach);
  return [
    SESSION_MANAGER,
    {
      sid: "OwnArtifacts",
      actions: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
      resources: [`arn:aws:s3:::${prefix}*`],
    },
    {
      sid: "OwnKeys",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: {
        StringEquals: {
          [ENVIRONMENT_TAG.resource]: reach.environment,
          "kms:ViaService": ["dynamodb", "lambda", "s3", "sns", "sqs"].map(
            (service) => `${service}.${region}.amazonaws.com`,
          ),
        },
      },
    },
    {
      sid: "OwnStatus",
      actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:PutParameter"],
      resources: [regional(reach, "ssm", `parameter${root}/*`)],
    },
    {
      sid: "OwnRecords",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: ["arn:aws:route53:::hostedzone/*"],
      conditions: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": [`*.${domainOf(reach)}`],
        },
        // ForAllValues also holds where nothing is named: the key must be there.
        Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
      },
    },
    {
      sid: "OwnLogs",
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [regional(reach, "logs", `log-group:${root}/*`)],
    },
    {
      sid: "FindLogGroups",
      actions: ["logs:DescribeLogGroups"],
      resources: [regional(reach, "logs", "log-group:*")],
    },
    // One by one: whoever deploys could otherwise read every secret of the account through a host.
    ...(hostSecrets.length > 0
      ? [
          {
            sid: "Secrets",
            actions: ["secretsmanager:GetSecretValue"],
            resources: secrets(reach, hostSecrets),
          },
        ]
      : []),
    ...(callModels
      ? [
          {
            sid: "Models",
            actions: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            resources: [
              "arn:aws:bedrock:*::foundation-model/*",
              `arn:aws:bedrock:*:${account}:inference-profile/*`,
            ],
          },
        ]
      : []),
    ...guardBoundary(reach),
  ];
}
