import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { blobKey } from "../../cli/deploy/manifest.ts";
import { diagnose } from "../../cli/doctor/doctor.ts";
import { verifyChecks } from "../../cli/verify/verify.ts";
import { ACCOUNT, iamEvaluator } from "../auditors/iam-simulate.ts";
import {
  BUCKET as ARTIFACTS,
  deployFolder,
  Folder,
  startAccount,
  stopAccount,
  type Account,
} from "../deploy/support.ts";
import { s3Error } from "../support/aws-proxy.ts";
import { planOf, stackSettings } from "../support/plans.ts";
import { makeLiveStack } from "../verify/live-stack.ts";
import {
  Asker,
  BUCKET,
  ENVIRONMENTS,
  OTHERS,
  OWNED,
  REGION,
  VIA_S3,
  bootstrapTag,
  ec2,
  hostBoundary,
  hostRole,
  key,
  lock,
  stackKey,
  state,
  type Asked,
} from "./asker.ts";
import { callsOf, type AwsCall } from "./aws-calls.ts";
import { verifyCallsOf } from "./verify-calls.ts";

/** As `ground deploy` writes a manifest. */
const NEW = { "s3:if-none-match": "*" };
/** Of two parts. */
const LARGE = Buffer.alloc(17 * 2 ** 20, "proving ground");

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

const artifacts = (environment: string) => `arn:aws:s3:::proving-ground-${environment}-artifacts-0a1b2c3d`;
const manifest = (environment: string) => `${artifacts(environment)}/releases/1.0.0/manifest.json`;
const content = (environment: string) => `${artifacts(environment)}/${blobKey(sha256("program"))}`;

describe("what GitHub's release roles may do", () => {
  let asker: Asker;

  before(async function () {
    asker = new Asker(await iamEvaluator(this));
  });

  for (const own of ENVIRONMENTS) {
    const role = `release-${own}`;
    const sealing = { ...VIA_S3, [OWNED]: own };

    it(`${role} adds a version to the artifact bucket of ${own}`, async () => {
      await asker.allows(
        role,
        ["s3:ListBucket", artifacts(own)],
        ["s3:GetObject", manifest(own)],
        ["s3:PutObject", content(own)],
        ["s3:AbortMultipartUpload", content(own)],
        ["s3:PutObject", manifest(own), NEW],
        ["kms:GenerateDataKey", stackKey(own), sealing],
        ["kms:Decrypt", stackKey(own), sealing],
      );
    });

    it(`${role} replaces no version and deletes nothing`, async () => {
      await asker.denies(
        role,
        ["s3:PutObject", manifest(own)],
        ["s3:PutObject", `${artifacts(own)}/releases/1.0.0/cfs`, NEW],
        ["s3:DeleteObject", manifest(own)],
        ["s3:DeleteObjectVersion", manifest(own)],
        ["s3:DeleteObject", content(own)],
        ["s3:DeleteObjectVersion", content(own)],
        ["s3:PutObjectTagging", content(own)],
        ["s3:PutLifecycleConfiguration", artifacts(own)],
        ["s3:PutBucketVersioning", artifacts(own)],
        ["s3:PutBucketPolicy", artifacts(own)],
        ["s3:DeleteBucket", artifacts(own)],
      );
    });

    it(`${role} reaches neither what hosts boot from nor the results of runs`, async () => {
      for (const object of ["hosts/boot-0a.mjs", "runs/storage-1/log"])
        await asker.denies(
          role,
          ["s3:GetObject", `${artifacts(own)}/${object}`],
          ["s3:PutObject", `${artifacts(own)}/${object}`, NEW],
        );
    });

    it(`${role} changes no infrastructure, opens no state and takes no other role`, async () => {
      const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:cfs/codecov-token-AbCdEf`;
      await asker.denies(
        role,
        ["s3:GetObject", state(own)],
        ["s3:PutObject", state(own)],
        ["s3:ListBucket", BUCKET, { "s3:prefix": `.pulumi/stacks/proving-ground/${own}.json` }],
        ["s3:PutObject", lock(own)],
        ["kms:Decrypt", key(own), bootstrapTag],
        ["kms:Decrypt", stackKey(own), { [OWNED]: own }],
        ["kms:ScheduleKeyDeletion", stackKey(own), { [OWNED]: own }],
        ["secretsmanager:GetSecretValue", secret, { [OWNED]: own }],
        ["ec2:DescribeInstances", "*"],
        ["ec2:TerminateInstances", ec2("instance"), { [OWNED]: own }],
        ["iam:GetRole", hostRole(own)],
        ["iam:CreateRole", hostRole(own), { "iam:PermissionsBoundary": hostBoundary(own) }],
        ["iam:PassRole", hostRole(own), { "iam:PassedToService": "ec2.amazonaws.com" }],
        ["sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/proving-ground-bootstrap-deploy-${own}`],
      );
    });

    it(`${role} does nothing in another environment`, async () => {
      for (const other of OTHERS(own))
        await asker.denies(
          role,
          ["s3:ListBucket", artifacts(other)],
          ["s3:GetObject", manifest(other)],
          ["s3:PutObject", manifest(other), NEW],
          ["s3:PutObject", content(other)],
          ["kms:GenerateDataKey", stackKey(other), { ...VIA_S3, [OWNED]: other }],
        );
    });
  }
});

describe("the jobs behind the approval: the commands' own requests against the roles", function () {
  this.timeout(60_000);
  let asker: Asker;
  let account: Account;
  let folder: Folder;

  before(async function () {
    asker = new Asker(await iamEvaluator(this));
    account = await startAccount(this);
    folder = new Folder().write({ "bin/cfs": "program", notes: "text", large: LARGE });
    await makeLiveStack(account, await planOf("dev"));
  });
  after(async () => {
    (folder as Folder | undefined)?.remove();
    await stopAccount(account);
  });

  /** The rights that the work took, each once: in S3 also those on the bucket's key, which S3 asks for itself. */
  async function rightsOf(work: () => Promise<unknown>, calls: typeof callsOf): Promise<readonly Asked[]> {
    account.proxy.clear();
    await work();
    const asked = account.proxy.passed.flatMap(calls).flatMap(withKey);
    return [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
  }

  let deployed: readonly Asked[] = [];

  it("ground deploy takes no more than release-dev has: new, interrupted, mended, repeated", async () => {
    const first = await rightsOf(() => deployFolder(account, folder), callsOf);
    const again = await rightsOf(() => deployFolder(account, folder), callsOf);
    const mended = await rightsOf(async () => {
      await account.behind.send(
        new PutObjectCommand({ Bucket: ARTIFACTS, Key: blobKey(sha256("program")), Body: "altered" }),
      );
      assert.equal((await deployFolder(account, folder)).uploaded.objects, 1);
    }, callsOf);
    const abandoned = await rightsOf(async () => {
      await account.behind.send(new DeleteObjectCommand({ Bucket: ARTIFACTS, Key: blobKey(sha256(LARGE)) }));
      account.proxy.rule(({ method, path }) =>
        method === "PUT" && path.includes("partNumber=2") ? s3Error(403, "AccessDenied", "no") : undefined,
      );
      await assert.rejects(deployFolder(account, folder), /AccessDenied|no/);
    }, callsOf);
    // What the next test looks at is whole again.
    account.proxy.clear();
    await deployFolder(account, folder);
    deployed = [...first, ...again, ...mended, ...abandoned];
    const actions = new Set(deployed.map(([action]) => action));
    assert.deepEqual([...actions].sort(), [
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "s3:PutObject",
    ]);
    assert.deepEqual(await asker.refused("release-dev", deployed), []);
  });

  it("of the same requests, no other role that needs no reviewer may write", async () => {
    const writes = deployed.filter(([action]) => /Put|Abort|GenerateDataKey/.test(action));
    assert.ok(writes.length > 3, JSON.stringify(writes));
    for (const role of ["preview", "preview-dev", "preview-prod", "release-prod", "cleanup"])
      assert.equal((await asker.refused(role, writes)).length, writes.length, role);
  });

  it("ground verify takes no more than preview-dev has, artifacts, slots and names too", async () => {
    const plan = await planOf("dev");
    const looked = await rightsOf(async () => {
      const checks = verifyChecks({
        plan,
        settings: stackSettings("dev"),
        bucket: ARTIFACTS,
        version: "1.0.0",
        deep: true,
        aws: { endpoint: account.proxy.url, credentials: account.moto.client.credentials },
        gitHub: undefined,
        now: Date.now,
      });
      const { lines } = await diagnose(checks);
      assert.ok(
        lines.every(({ status }) => status !== "unknown"),
        JSON.stringify(lines, undefined, 1),
      );
    }, verifyCallsOf);
    const services = new Set(looked.map(([action]) => action.replace(/:.*$/, "")));
    assert.deepEqual(
      [...services].sort(),
      ["autoscaling", "budgets", "ec2", "iam", "kms", "route53", "s3", "sns", "ssm"],
      "a service that verify no longer asks, or one that is new here",
    );
    assert.deepEqual(await asker.refused("preview-dev", looked), []);
    const closed = await asker.refused("preview", looked);
    for (const part of ["ssm:GetParameter", "route53:ListHostedZonesByName", "s3:GetObject"])
      assert.ok(
        closed.some((text) => text.startsWith(part)),
        `pull requests may ${part}`,
      );
  });
});

function withKey({ action, resource, context }: AwsCall): Asked[] {
  const asked: Asked = [action, resource, context];
  const opening: Asked = ["kms:Decrypt", stackKey("dev"), { ...VIA_S3, [OWNED]: "dev" }];
  const sealing: Asked = ["kms:GenerateDataKey", stackKey("dev"), { ...VIA_S3, [OWNED]: "dev" }];
  // An object in parts is opened too, as it is put together ("AWS KMS", multipart uploads).
  if (action === "s3:PutObject") return [asked, sealing, opening];
  return action === "s3:GetObject" ? [asked, opening] : [asked];
}
