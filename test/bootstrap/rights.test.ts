import assert from "node:assert/strict";
import { TAGS } from "../../model/tags.ts";
import { ACCOUNT, iamEvaluator, type Context, type Evaluator } from "../auditors/iam-simulate.ts";
import { arnOf, documentOf, plannedRole, recordBootstrap } from "./support.ts";

const REGION = "us-west-2";
const BUCKET = `arn:aws:s3:::proving-ground-bootstrap-state-${ACCOUNT}-${REGION}`;
const OWNED = `aws:ResourceTag/${TAGS.environment}`;
const ASKED = `aws:RequestTag/${TAGS.environment}`;
const VIA_S3 = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };
const HERE = { "aws:RequestedRegion": REGION };
const TLS = { "aws:SecureTransport": "true" };
const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
const OTHERS = (own: string) => ENVIRONMENTS.filter((environment) => environment !== own);

function state(environment: string): string {
  return `${BUCKET}/.pulumi/stacks/proving-ground/${environment}.json`;
}

function lock(environment: string): string {
  return `${BUCKET}/.pulumi/locks/organization/proving-ground/${environment}/0a1b.json`;
}

function hostRole(environment: string, name = "storage-1"): string {
  return `arn:aws:iam::${ACCOUNT}:role/proving-ground-${environment}-${name}`;
}

function hostBoundary(environment: string): string {
  return `arn:aws:iam::${ACCOUNT}:policy/proving-ground-bootstrap-host-boundary-${environment}`;
}

function ec2(type: string): string {
  return `arn:aws:ec2:${REGION}:${ACCOUNT}:${type}/${type}-0123456789abcdef0`;
}

describe("what GitHub's roles may do", () => {
  let evaluator: Evaluator;

  before(async function () {
    evaluator = await iamEvaluator(this);
  });

  /** Rights of the role, its boundary and the policy of what it asks for, all together. */
  async function may(
    role: string,
    action: string,
    resource: string,
    context: Context = {},
  ): Promise<boolean> {
    const { resources } = await recordBootstrap();
    const { arn, identity, boundary } = plannedRole(resources, role);
    const key = /key\/(.*)$/.exec(resource)?.[1];
    const resourcePolicy = resource.startsWith(BUCKET)
      ? documentOf(resources, "state-policy")
      : key === undefined || !resources.some(({ name }) => name === key)
        ? undefined
        : documentOf(resources, key);
    const question = {
      principal: arn,
      action,
      resource: resourcePolicy === undefined || key === undefined ? resource : arnOf(resources, key),
      context: { ...HERE, ...TLS, ...context },
      identity,
      boundary,
      resourcePolicy,
    };
    const { allowed, problem } = await evaluator.ask(question);
    assert.equal(problem, undefined, `${role} ${action} ${resource}: the question itself is wrong`);
    return allowed;
  }

  async function allows(role: string, ...questions: readonly Asked[]): Promise<void> {
    for (const [action, resource, context] of questions)
      assert.equal(await may(role, action, resource, context), true, `${role}: ${action} ${resource}`);
  }

  async function denies(role: string, ...questions: readonly Asked[]): Promise<void> {
    for (const [action, resource, context] of questions)
      assert.equal(
        await may(role, action, resource, context),
        false,
        `${role}: ${action} ${resource} ${JSON.stringify(context ?? {})}`,
      );
  }

  const key = (environment: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${environment}-secrets-key`;
  const storage = `arn:aws:kms:${REGION}:${ACCOUNT}:key/state-storage-key`;
  const bootstrapTag = { [OWNED]: "bootstrap" };

  for (const role of ["preview", "preview-dev", "preview-staging", "preview-prod"]) {
    const own = role === "preview" ? "dev" : role.slice("preview-".length);

    it(`${role} reads the state of ${own} and opens its secrets`, async () => {
      await allows(
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
        await denies(
          role,
          ["s3:GetObject", state(other)],
          ["s3:GetObjectVersion", state(other)],
          ["s3:GetObject", `${BUCKET}/.pulumi/history/proving-ground/${other}/${other}-1.checkpoint.json`],
          ["s3:GetObject", `${BUCKET}/.pulumi/backups/proving-ground/${other}/${other}.1.json`],
          ["s3:ListBucket", BUCKET, { "s3:prefix": `.pulumi/history/proving-ground/${other}/` }],
          ["kms:Decrypt", key(other), bootstrapTag],
        );
      await denies(role, ["s3:ListBucket", BUCKET], ["kms:Decrypt", storage, bootstrapTag]);
    });

    it(`${role} writes nothing and reads no value of a secret`, async () => {
      const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:cfs/github-token-AbCdEf`;
      await denies(
        role,
        ["s3:PutObject", state(own)],
        ["s3:DeleteObject", state(own)],
        ["s3:PutObject", lock(own)],
        ["kms:Encrypt", key(own), bootstrapTag],
        ["kms:GenerateDataKey", storage, { ...VIA_S3, ...bootstrapTag }],
        ["secretsmanager:GetSecretValue", secret, { [OWNED]: own }],
        ["ssm:GetParameter", `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/proving-ground/${own}/x`],
        ["s3:GetObject", `arn:aws:s3:::proving-ground-${own}-artifacts-0a1b2c3d/releases/v1/cfs`],
        ["s3:GetObject", `arn:aws:s3:::proving-ground-${own}-artifacts-0a1b2c3d/runs/storage-1/log`],
        ["ec2:RunInstances", ec2("instance"), { [ASKED]: own }],
        ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: own }],
        ["iam:CreateRole", hostRole(own), { "iam:PermissionsBoundary": hostBoundary(own) }],
        ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/proving-ground-bootstrap-deploy-${own}`],
        ["ec2:DescribeInstances", "*", { "aws:RequestedRegion": "eu-west-1" }],
      );
    });
  }

  it("only a preview from main sees the hosts' programs, which a refresh compares", async () => {
    const program = "arn:aws:s3:::proving-ground-dev-artifacts-0a1b2c3d/hosts/boot-0a.mjs";
    await allows("preview-dev", ["s3:GetObject", program]);
    await denies("preview", ["s3:GetObject", program]);
  });

  for (const own of ENVIRONMENTS) {
    const role = `deploy-${own}`;
    const limited = { "iam:PermissionsBoundary": hostBoundary(own) };

    it(`${role} deploys ${own}: state, hosts, roles with the boundary`, async () => {
      await allows(
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
        await denies(
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
      await denies(
        role,
        ["ec2:TerminateInstances", ec2("instance")],
        ["ec2:DeleteVolume", ec2("volume")],
        ["ec2:CreateSubnet", ec2("vpc"), { [ASKED]: own }],
        ["ec2:CreateTags", ec2("instance"), { [ASKED]: own }],
        ["ec2:RunInstances", ec2("volume"), { "ec2:Encrypted": "false" }],
        ["ec2:RunInstances", `arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`, { "ec2:Owner": ACCOUNT }],
      );
    });

    it(`${role} cannot erase states, their versions, or how they are kept (FM-46)`, async () => {
      await denies(
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
      await denies(
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
        ["iam:PassRole", hostRole(own), { "iam:PassedToService": "lambda.amazonaws.com" }],
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
      assert.equal((await evaluator.ask({ ...question, boundary })).allowed, false, action);
    }
  });

  it("the secrets that a stack hands to GitHub are read by its deploy role alone, one by one", async () => {
    const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
    await allows("deploy-prod", ["secretsmanager:GetSecretValue", secret("cfs/codecov-token")]);
    await denies("deploy-prod", ["secretsmanager:GetSecretValue", secret("cfs/github-token")]);
    await denies("deploy-dev", ["secretsmanager:GetSecretValue", secret("cfs/codecov-token")]);
  });

  it("cleanup deletes what carries the project's tag, and nothing that runs", async () => {
    const ours = { [`aws:ResourceTag/${TAGS.project}`]: "proving-ground" };
    await allows(
      "cleanup",
      ["ec2:DeleteVolume", ec2("volume"), ours],
      ["ec2:ReleaseAddress", ec2("elastic-ip"), ours],
      ["ec2:DeleteNetworkInterface", ec2("network-interface"), ours],
      ["ec2:DescribeVolumes", "*"],
    );
    await denies(
      "cleanup",
      ["ec2:DeleteVolume", ec2("volume")],
      ["ec2:DeleteVolume", ec2("volume"), { [`aws:ResourceTag/${TAGS.project}`]: "another" }],
      ["ec2:TerminateInstances", ec2("instance"), ours],
      ["s3:GetObject", state("dev")],
      ["kms:Decrypt", key("dev"), bootstrapTag],
    );
  });
});

type Asked = readonly [action: string, resource: string, context?: Context];
