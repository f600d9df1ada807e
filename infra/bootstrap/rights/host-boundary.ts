import { SESSION_MANAGER, type Statement } from "../../lib/iam.ts";
import { domainOf, parameterRoot } from "../../lib/names.ts";
import { environmentPrefix } from "../names.ts";
import type { HostLimits } from "../settings/schema.ts";
import { guardBoundary } from "./guard-boundary.ts";
import { ENVIRONMENT_TAG, regional, type Reach } from "./reach.ts";

/**
 * The most that a role made by the main program can ever do, whatever its own policies say. A boundary gives
 * nothing by itself: both must allow.
 */
export function hostBoundary(reach: Reach, { readSecrets, callModels }: HostLimits): Statement[] {
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
    ...(readSecrets
      ? [
          {
            sid: "Secrets",
            actions: ["secretsmanager:GetSecretValue"],
            resources: [regional(reach, "secretsmanager", "secret:*")],
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
