import { TAGS } from "../../model/tags.ts";
import { ACCOUNT, iamEvaluator } from "../auditors/iam-simulate.ts";
import {
  Asker,
  REGION,
  BUCKET,
  OWNED,
  ASKED,
  VIA_S3,
  OTHERS,
  state,
  lock,
  hostRole,
  hostBoundary,
  ec2,
  key,
  storage,
  bootstrapTag,
} from "./asker.ts";

describe("what GitHub's other roles may do", () => {
  let asker: Asker;

  before(async function () {
    asker = new Asker(await iamEvaluator(this));
  });

  for (const role of ["preview", "preview-dev", "preview-staging", "preview-prod"]) {
    const own = role === "preview" ? "dev" : role.slice("preview-".length);

    it(`${role} reads the state of ${own} and opens its secrets`, async () => {
      await asker.allows(
        role,
        ["s3:GetObject", state(own)],
        ["s3:GetObject", `${BUCKET}/.pulumi/meta.yaml`],
        ["s3:ListBucket", BUCKET, { "s3:prefix": `.pulumi/stacks/proving-ground/${own}.json` }],
        ["kms:Decrypt", storage, { ...VIA_S3, ...bootstrapTag }],
        ["kms:Decrypt", key(own), bootstrapTag],
        ["ec2:DescribeInstances", "*"],
        ["iam:GetRole", hostRole(own)],
      );
    });

    it(`${role} reads no other state and opens no other secrets`, async () => {
      for (const other of OTHERS(own))
        await asker.denies(
          role,
          ["s3:GetObject", state(other)],
          ["s3:GetObjectVersion", state(other)],
          ["s3:GetObject", `${BUCKET}/.pulumi/history/proving-ground/${other}/${other}-1.checkpoint.json`],
          ["s3:GetObject", `${BUCKET}/.pulumi/backups/proving-ground/${other}/${other}.1.json`],
          ["s3:ListBucket", BUCKET, { "s3:prefix": `.pulumi/history/proving-ground/${other}/` }],
          ["kms:Decrypt", key(other), bootstrapTag],
        );
      await asker.denies(role, ["s3:ListBucket", BUCKET], ["kms:Decrypt", storage, bootstrapTag]);
    });

    it(`${role} writes nothing and reads no value of a secret`, async () => {
      const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:cfs/github-token-AbCdEf`;
      await asker.denies(
        role,
        ["s3:PutObject", state(own)],
        ["s3:DeleteObject", state(own)],
        ["s3:PutObject", lock(own)],
        ["kms:Encrypt", key(own), bootstrapTag],
        ["kms:GenerateDataKey", storage, { ...VIA_S3, ...bootstrapTag }],
        ["secretsmanager:GetSecretValue", secret, { [OWNED]: own }],
        ["ssm:GetParameter", `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/proving-ground/${own}/x`],
        ["s3:GetObject", `arn:aws:s3:::proving-ground-${own}-artifacts-0a1b2c3d/runs/storage-1/log`],
        ["ec2:RunInstances", ec2("instance"), { [ASKED]: own }],
        ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: own }],
        ["iam:CreateRole", hostRole(own), { "iam:PermissionsBoundary": hostBoundary(own) }],
        ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/proving-ground-bootstrap-deploy-${own}`],
        ["ec2:DescribeInstances", "*", { "aws:RequestedRegion": "eu-west-1" }],
      );
    });
  }

  it("only a preview from main sees the hosts' programs, which a refresh compares, and releases", async () => {
    const artifacts = "arn:aws:s3:::proving-ground-dev-artifacts-0a1b2c3d";
    for (const object of [`${artifacts}/hosts/boot-0a.mjs`, `${artifacts}/releases/v1/manifest.json`]) {
      await asker.allows("preview-dev", ["s3:GetObject", object]);
      await asker.denies("preview", ["s3:GetObject", object]);
      await asker.denies("preview-prod", ["s3:GetObject", object]);
    }
  });

  it("the secrets that a stack hands to GitHub are read by its own roles, one by one, never by pull requests", async () => {
    const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
    await asker.allows("deploy-prod", ["secretsmanager:GetSecretValue", secret("cfs/codecov-token")]);
    await asker.allows("preview-prod", ["secretsmanager:GetSecretValue", secret("cfs/codecov-token")]);
    for (const role of ["deploy-prod", "preview-prod"])
      await asker.denies(role, ["secretsmanager:GetSecretValue", secret("cfs/github-token")]);
    for (const role of ["preview", "preview-dev", "deploy-dev", "cleanup"])
      await asker.denies(role, ["secretsmanager:GetSecretValue", secret("cfs/codecov-token")]);
  });

  it("who looks from main also verifies, and reads no status of another environment", async () => {
    const status = (environment: string) =>
      `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/proving-ground/${environment}/slots/storage-1/status`;
    await asker.allows(
      "preview-dev",
      ["route53:ListHostedZonesByName", "*"],
      ["ssm:GetParameter", status("dev")],
    );
    await asker.denies(
      "preview-dev",
      ["ssm:GetParameter", status("prod")],
      ["ssm:PutParameter", status("dev")],
      ["s3:ListAllMyBuckets", "*"],
    );
    for (const role of ["preview", "deploy-dev", "release-dev"])
      await asker.denies(role, ["ssm:GetParameter", status("dev")]);
  });

  it("cleanup notes since when something is nobody's, by that one tag, and leaves what is to be kept", async () => {
    const ours = { [`aws:ResourceTag/${TAGS.project}`]: "proving-ground" };
    const note = { ...ours, "aws:TagKeys": [TAGS.orphanSince] };
    await asker.allows(
      "cleanup",
      ["ec2:CreateTags", ec2("volume"), note],
      ["ec2:DeleteTags", ec2("volume"), note],
      ["ec2:DeleteVolume", ec2("volume"), { ...ours, [`aws:ResourceTag/${TAGS.keep}`]: "false" }],
    );
    await asker.denies(
      "cleanup",
      ["ec2:CreateTags", ec2("volume"), { "aws:TagKeys": [TAGS.orphanSince] }],
      ["ec2:CreateTags", ec2("volume"), { ...ours, "aws:TagKeys": [TAGS.project] }],
      ["ec2:CreateTags", ec2("volume"), { ...ours, "aws:TagKeys": [TAGS.orphanSince, TAGS.project] }],
      ["ec2:DeleteVolume", ec2("volume"), { ...ours, [`aws:ResourceTag/${TAGS.keep}`]: "yes" }],
    );
  });

  it("cleanup deletes what carries the project's tag, and nothing that runs", async () => {
    const ours = { [`aws:ResourceTag/${TAGS.project}`]: "proving-ground" };
    await asker.allows(
      "cleanup",
      ["ec2:DeleteVolume", ec2("volume"), ours],
      ["ec2:ReleaseAddress", ec2("elastic-ip"), ours],
      ["ec2:DeleteNetworkInterface", ec2("network-interface"), ours],
      ["ec2:DescribeVolumes", "*"],
    );
    await asker.denies(
      "cleanup",
      ["ec2:DeleteVolume", ec2("volume")],
      ["ec2:DeleteVolume", ec2("volume"), { [`aws:ResourceTag/${TAGS.project}`]: "another" }],
      ["ec2:TerminateInstances", ec2("instance"), ours],
      ["s3:GetObject", state("dev")],
      ["kms:Decrypt", key("dev"), bootstrapTag],
    );
  });
});
