import assert from "node:assert/strict";
import { TAGS } from "../../model/tags.ts";
import { ACCOUNT, iamEvaluator } from "../auditors/iam-simulate.ts";
import {
  Asker,
  REGION,
  BUCKET,
  OWNED,
  ASKED,
  VIA_S3,
  ENVIRONMENTS,
  OTHERS,
  state,
  lock,
  hostRole,
  hostBoundary,
  ec2,
  key,
  storage,
  bootstrapTag,
  type Asked,
} from "./asker.ts";
import { plannedRole, recordBootstrap } from "./support.ts";

describe("what GitHub's deploy roles may do", () => {
  let asker: Asker;

  before(async function () {
    asker = new Asker(await iamEvaluator(this));
  });

  for (const own of ENVIRONMENTS) {
    const role = `deploy-${own}`;
    const limited = { "iam:PermissionsBoundary": hostBoundary(own) };

    it(`${role} deploys ${own}: state, hosts, roles with the boundary`, async () => {
      await asker.allows(
        role,
        ["s3:GetObject", state(own)],
        ["s3:PutObject", state(own)],
        ["s3:PutObject", lock(own)],
        ["s3:DeleteObject", lock(own)],
        ["kms:GenerateDataKey", storage, { ...VIA_S3, ...bootstrapTag }],
        ["kms:Decrypt", key(own), bootstrapTag],
        ["ec2:CreateVpc", ec2("vpc"), { [ASKED]: own }],
        ["ec2:CreateSubnet", ec2("vpc"), { [OWNED]: own }],
        ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: own }],
        ["iam:CreateRole", hostRole(own), limited],
        ["iam:PutRolePolicy", hostRole(own), limited],
        ["iam:PutRolePermissionsBoundary", hostRole(own), limited],
        ["iam:PassRole", hostRole(own), { "iam:PassedToService": "ec2.amazonaws.com" }],
      );
    });

    it(`${role} cannot touch what is of another environment, or of nobody's`, async () => {
      for (const other of OTHERS(own))
        await asker.denies(
          role,
          ["s3:GetObject", state(other)],
          ["s3:PutObject", state(other)],
          ["s3:DeleteObject", lock(other)],
          ["kms:Decrypt", key(other), bootstrapTag],
          ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: other }],
          ["ec2:CreateSubnet", ec2("vpc"), { [OWNED]: other, [ASKED]: own }],
          ["ec2:CreateVpc", ec2("vpc"), { [ASKED]: other }],
          ["ec2:CreateTags", ec2("instance"), { [OWNED]: own, [ASKED]: other }],
          ["s3:PutObject", `arn:aws:s3:::proving-ground-${other}-artifacts-0a1b2c3d/releases/x`],
          ["s3:DeleteBucket", `arn:aws:s3:::proving-ground-${other}-artifacts-0a1b2c3d`],
          ["sns:DeleteTopic", `arn:aws:sns:${REGION}:${ACCOUNT}:proving-ground-${other}-alarms`],
          ["iam:CreateRole", hostRole(other), limited],
          ["iam:PassRole", hostRole(other), { "iam:PassedToService": "ec2.amazonaws.com" }],
          ["kms:ScheduleKeyDeletion", `arn:aws:kms:${REGION}:${ACCOUNT}:key/other`, { [OWNED]: other }],
        );
      await asker.denies(
        role,
        ["ec2:TerminateInstances", ec2("instance")],
        ["ec2:DeleteVolume", ec2("volume")],
        ["ec2:CreateSubnet", ec2("vpc"), { [ASKED]: own }],
        ["ec2:CreateTags", ec2("instance"), { [ASKED]: own }],
        ["ec2:RunInstances", ec2("volume"), { "ec2:Encrypted": "false" }],
        ["ec2:RunInstances", `arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`, { "ec2:Owner": ACCOUNT }],
      );
    });

    it(`${role} cannot make its own what others made, by laying its tag on it`, async () => {
      const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
      const named = secret("cfs/github-token");
      await asker.allows(
        role,
        ["secretsmanager:CreateSecret", named, { [ASKED]: own }],
        ["secretsmanager:TagResource", named, { [ASKED]: own }],
        ["secretsmanager:DeleteSecret", named, { [OWNED]: own }],
        ["ec2:CreateTags", ec2("volume"), { [ASKED]: own, "ec2:CreateAction": "RunInstances" }],
        ["ec2:CreateTags", ec2("volume"), { [OWNED]: own, [ASKED]: own }],
        // The first group of its own new network, on which there is nothing yet.
        ["ec2:CreateTags", ec2("security-group"), { [ASKED]: own }],
      );
      const foreign = secret("team/database");
      await asker.denies(
        role,
        ["secretsmanager:CreateSecret", foreign, { [ASKED]: own }],
        ["secretsmanager:TagResource", foreign, { [ASKED]: own }],
        ["secretsmanager:UpdateSecret", foreign],
        ["secretsmanager:DeleteSecret", foreign],
        ["secretsmanager:TagResource", named, { [ASKED]: own, [OWNED]: OTHERS(own)[0] ?? "" }],
        ["ec2:CreateTags", ec2("volume"), { [ASKED]: own }],
        ["ec2:DeleteVolume", ec2("volume")],
        ["ec2:CreateTags", ec2("network-interface"), { [ASKED]: own }],
      );
      for (const sign of ["Name", TAGS.project, TAGS.owner, TAGS.environment])
        await asker.denies(role, [
          "ec2:CreateTags",
          ec2("security-group"),
          { [ASKED]: own, [`aws:ResourceTag/${sign}`]: "somebody's" },
        ]);
    });

    it(`${role} cannot erase states, their versions, or how they are kept (FM-46)`, async () => {
      await asker.denies(
        role,
        ["s3:DeleteBucket", BUCKET],
        ["s3:DeleteObject", state(own)],
        ["s3:DeleteObjectVersion", state(own)],
        ["s3:DeleteObjectVersion", lock(own)],
        ["s3:PutBucketPolicy", BUCKET],
        ["s3:DeleteBucketPolicy", BUCKET],
        ["s3:PutBucketVersioning", BUCKET],
        ["s3:PutLifecycleConfiguration", BUCKET],
        ["s3:PutEncryptionConfiguration", BUCKET],
        ["s3:PutBucketPublicAccessBlock", BUCKET],
        ["kms:ScheduleKeyDeletion", key(own), bootstrapTag],
        ["kms:DisableKey", key(own), bootstrapTag],
        ["kms:PutKeyPolicy", key(own), bootstrapTag],
        ["kms:Encrypt", key(own), bootstrapTag],
        ["kms:UpdateAlias", `arn:aws:kms:${REGION}:${ACCOUNT}:alias/proving-ground-${own}-state`],
      );
    });

    it(`${role} cannot give itself more`, async () => {
      const self = `arn:aws:iam::${ACCOUNT}:role/proving-ground-bootstrap-${role}`;
      const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
      const administrator = { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };
      await asker.denies(
        role,
        ["iam:CreateRole", hostRole(own)],
        ["iam:CreateRole", hostRole(own), { "iam:PermissionsBoundary": hostBoundary(OTHERS(own)[0] ?? "") }],
        ["iam:CreateRole", `arn:aws:iam::${ACCOUNT}:role/somebody`, limited],
        ["iam:PutRolePolicy", hostRole(own)],
        ["iam:PutRolePolicy", self, limited],
        ["iam:AttachRolePolicy", hostRole(own), { ...limited, ...administrator }],
        ["iam:AttachRolePolicy", self, administrator],
        ["iam:PutRolePermissionsBoundary", self, limited],
        [
          "iam:PutRolePermissionsBoundary",
          hostRole(own),
          { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
        ],
        ["iam:DeleteRolePermissionsBoundary", hostRole(own), limited],
        ["iam:DeleteRolePermissionsBoundary", self],
        ["iam:UpdateAssumeRolePolicy", self],
        ["iam:CreatePolicyVersion", hostBoundary(own)],
        ["iam:DeletePolicy", hostBoundary(own)],
        ["iam:AddClientIDToOpenIDConnectProvider", provider],
        ["iam:DeleteOpenIDConnectProvider", provider],
        ["iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/proving-ground-${own}-x`],
        ["iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT}:user/proving-ground-${own}-x`],
        ["iam:PassRole", self, { "iam:PassedToService": "ec2.amazonaws.com" }],
        ["iam:PassRole", hostRole(own), { "iam:PassedToService": "cloudformation.amazonaws.com" }],
        [
          "iam:PassRole",
          `arn:aws:iam::${ACCOUNT}:role/Administrator`,
          { "iam:PassedToService": "ec2.amazonaws.com" },
        ],
        ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/Administrator`],
      );
    });
  }

  it("a deploy role to which somebody attaches AdministratorAccess still stays inside its boundary", async () => {
    const { resources } = await recordBootstrap();
    const { arn, identity, boundary } = plannedRole(resources, "deploy-dev");
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    };
    const questions: readonly Asked[] = [
      ["iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/x`],
      ["iam:CreateRole", hostRole("dev")],
      ["s3:GetObject", state("prod")],
      ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:x-AbCdEf`],
      ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: "prod" }],
      ["lambda:CreateFunction", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:x`],
    ];
    for (const [action, resource, context = {}] of questions) {
      const question = { principal: arn, action, resource, context, identity: [...identity, everything] };
      assert.equal((await asker.evaluator.ask({ ...question, boundary })).allowed, false, action);
    }
  });
});

describe("what GitHub's cleanup role may do", () => {
  let asker: Asker;

  before(async function () {
    asker = new Asker(await iamEvaluator(this));
  });

  it("deletes leftovers of the project, and never what is kept or of a persistent host", async () => {
    const tags = (extra: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries({ [TAGS.project]: "proving-ground", ...extra }).map(([tag, value]) => [
          `aws:ResourceTag/${tag}`,
          value,
        ]),
      );
    const leftovers = [
      ["ec2:DeleteVolume", ec2("volume")],
      ["ec2:ReleaseAddress", ec2("elastic-ip")],
      ["ec2:DeleteNetworkInterface", ec2("network-interface")],
    ] as const;
    for (const [action, resource] of leftovers) {
      for (const left of [{}, { [TAGS.life]: "on-demand" }, { keep: "false" }, { [TAGS.keep]: "false" }])
        await asker.allows("cleanup", [action, resource, tags(left)]);
      for (const stays of [
        { [TAGS.life]: "persistent" },
        { keep: "true" },
        { keep: "" },
        { [TAGS.keep]: "x" },
      ])
        await asker.denies("cleanup", [action, resource, tags(stays)]);
      await asker.denies("cleanup", [action, resource]);
    }
  });
});
