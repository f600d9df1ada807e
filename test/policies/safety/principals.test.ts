import assert from "node:assert/strict";
import { UNKNOWN } from "../../../model/resource.ts";
import { noOpenPrincipals } from "../../../policies/rules/safety/no-open-principals.ts";
import { record } from "../../pricing/records.ts";
import { document, faults, judge } from "./support.ts";

type Fields = Readonly<Record<string, unknown>>;
const allow = (fields: Fields) => ({ Sid: "It", Effect: "Allow", ...fields });
const policy = (fields: Fields) => ({ policy: document(allow(fields)) });

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
    ...Object.fromEntries(
      [
        { StringLike: { "aws:UserAgent": "*" } },
        { StringNotEquals: { "aws:SourceAccount": "123456789012" } },
        { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
        { "ForAllValues:StringEquals": { "aws:SourceAccount": "123456789012" } },
        { StringLike: { "aws:PrincipalOrgID": "*" } },
        { StringLike: { "aws:PrincipalOrgID": "o-*" } },
        { StringLike: { "aws:SourceAccount": ["123456789012", "?*"] } },
        { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:*:*" } },
        { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/guard" } },
        { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } },
        { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
        { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } },
        { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
        { Null: { "aws:SourceAccount": "false" } },
      ].map((Condition) => [
        `everybody under ${JSON.stringify(Condition)}`,
        [policy({ ...publish, Principal: "*", Condition }), "It allows everybody sns:Publish"] as const,
      ]),
    ),
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
    ...Object.fromEntries(
      [
        { StringEquals: { "AWS:PrincipalOrgId": "o-a1b2c3d4e5" } },
        { StringEquals: { "aws:SourceAccount": "[aws.account]" } },
        { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*" } },
        { ArnLike: { "aws:SourceArn": "arn:aws:budgets::[aws.account]:budget/ours-*" } },
        { ArnLike: { "aws:SourceArn": "arn:aws:s3:::ours-*" } },
        { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } },
        { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
      ].map((Condition) => [
        `everybody bound by ${JSON.stringify(Condition)}`,
        policy({ ...publish, Principal: "*", Condition }),
      ]),
    ),
    "an unknown document": { policy: UNKNOWN },
  },
});
judge({
  rule: noOpenPrincipals,
  type: "aws:lambda/permission:Permission",
  bad: {
    everybody: [{ principal: "*" }, "everybody may invoke the function"],
    "everybody from anywhere": [{ principal: "*", sourceArn: "*" }, "everybody may invoke the function"],
    "everybody's topics": [
      { principal: "*", sourceArn: "arn:aws:sns:*:*:*" },
      "everybody may invoke the function",
    ],
  },
  good: {
    "one topic": { principal: "*", sourceArn: "arn:aws:sns:us-west-2:123456789012:alarms" },
    "a topic of the program": { principal: "*", sourceArn: UNKNOWN },
    "a topic": { principal: "sns.amazonaws.com" },
    "one account": { principal: "*", sourceAccount: "123456789012" },
  },
});

judge({
  rule: noOpenPrincipals,
  type: "aws:lambda/functionUrl:FunctionUrl",
  bad: {
    "a URL for everybody": [{ authorizationType: "NONE" }, "everybody may call the function by its URL"],
    "an unknown one": [{ authorizationType: UNKNOWN }, "everybody may call the function by its URL"],
  },
  good: { "signed calls": { authorizationType: "AWS_IAM" } },
});
judge({
  rule: noOpenPrincipals,
  type: "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
  bad: { "an image for everybody": [{ group: "all" }, "everybody may start hosts from the image"] },
  good: { "one account": { accountId: "123456789012" } },
});

describe("policy no-open-principals", () => {
  const holders: Readonly<Record<string, string>> = {
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecrpublic/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:opensearch/domain:Domain": "accessPolicies",
  };
  for (const [type, property] of Object.entries(holders))
    it(`reads the ${property} of ${type}`, () => {
      const open = document(allow({ Principal: "*", Action: "s3:GetObject", Resource: "*" }));
      assert.deepEqual(faults(noOpenPrincipals, [record(type, "open", { [property]: open })]), [
        "It allows everybody s3:GetObject",
      ]);
    });
});
