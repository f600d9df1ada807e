import assert from "node:assert/strict";
import { ArtifactStore } from "../../infra/components/artifact-store.ts";
import { HostBundle } from "../../infra/components/host-bundle.ts";
import {
  KEY_ARN,
  recordComponent,
  remembered,
  SCOPE,
  settings,
  statementsOf,
} from "../support/components.ts";

const BUCKET = "aws:s3/bucket:Bucket";

const store = remembered((destroyWhenNotEmpty: boolean, protect: boolean) =>
  recordComponent(
    (opts) =>
      new ArtifactStore(
        "artifacts",
        {
          scope: SCOPE,
          settings: settings({
            artifacts: { destroyWhenNotEmpty, runLogsExpireDays: 14, hostBundlesExpireDays: 90 },
          }).artifacts,
          keyArn: KEY_ARN,
          protect,
        },
        opts,
      ),
  ),
);

interface LifecycleRule {
  readonly id: string;
  readonly status: string;
  readonly filter: { readonly prefix?: string };
  readonly expiration?: { readonly days: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
}

async function lifecycleRules(): Promise<readonly LifecycleRule[]> {
  const lifecycle = (await store(false, true)).inputs(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "artifacts-lifecycle",
  );
  return lifecycle["rules"] as readonly LifecycleRule[];
}

describe("artifact store", () => {
  it("is exactly a bucket with everything that closes and keeps it", async () => {
    assert.deepEqual((await store(false, true)).lines, [
      `${BUCKET} artifacts-bucket`,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration artifacts-lifecycle",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls artifacts-ownership",
      "aws:s3/bucketPolicy:BucketPolicy artifacts-policy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock artifacts-closed",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration artifacts-encryption",
      "aws:s3/bucketVersioning:BucketVersioning artifacts-versioning",
      "proving-ground:infra:ArtifactStore artifacts",
      "random:index/randomId:RandomId artifacts-suffix",
    ]);
  });

  it("is versioned, encrypted with the environment's key by one bucket key, and owned by this account", async () => {
    const recorded = await store(false, true);
    assert.deepEqual(recorded.inputs("aws:s3/bucketVersioning:BucketVersioning", "artifacts-versioning"), {
      bucket: "[artifacts-bucket.id]",
      versioningConfiguration: { status: "Enabled" },
    });
    const encryption = recorded.inputs(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "artifacts-encryption",
    );
    assert.deepEqual(encryption["rules"], [
      {
        applyServerSideEncryptionByDefault: { kmsMasterKeyId: KEY_ARN, sseAlgorithm: "aws:kms" },
        bucketKeyEnabled: true,
      },
    ]);
    const ownership = recorded.inputs(
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "artifacts-ownership",
    );
    assert.deepEqual(ownership["rule"], { objectOwnership: "BucketOwnerEnforced" });
  });

  it("is closed to the public in all four ways", async () => {
    assert.deepEqual(
      (await store(false, true)).inputs(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "artifacts-closed",
      ),
      {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        bucket: "[artifacts-bucket.id]",
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    );
  });

  it("denies everything but TLS to everybody", async () => {
    const { policy } = (await store(false, true)).inputs(
      "aws:s3/bucketPolicy:BucketPolicy",
      "artifacts-policy",
    );
    assert.deepEqual(statementsOf(policy), [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: ["[artifacts-bucket.arn]", "[artifacts-bucket.arn]/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("expires run logs and replaced host bundles as the settings say, and aborts broken uploads", async () => {
    const rules = await lifecycleRules();
    assert.deepEqual(
      rules.map(({ id, status, filter }) => [id, status, filter.prefix]),
      [
        ["releases-kept", "Enabled", "releases/"],
        ["runs-expire", "Enabled", "runs/"],
        ["hosts-expire", "Enabled", "hosts/"],
        ["uploads-abort", "Enabled", undefined],
      ],
    );
    const [, runs, hosts] = rules;
    assert.deepEqual(runs?.expiration, { days: 14 });
    assert.deepEqual(hosts?.noncurrentVersionExpiration, { noncurrentDays: 90 });
  });

  it("never expires a release, nor the current version of a host bundle by age", async () => {
    for (const rule of await lifecycleRules()) {
      const covers = (key: string) => key.startsWith(rule.filter.prefix ?? "");
      if (covers("releases/v1/app") || covers("hosts/boot.mjs")) {
        assert.equal(rule.expiration, undefined, `${rule.id} expires current objects`);
      }
      if (covers("releases/v1/app")) assert.equal(rule.noncurrentVersionExpiration, undefined, rule.id);
    }
  });

  it("is not deleted while it holds objects, unless the settings say so (FM-44)", async () => {
    const kept = (await store(false, true)).find(BUCKET, "artifacts-bucket");
    assert.deepEqual([kept.inputs["forceDestroy"], kept.protect], [false, true]);
    const loose = (await store(true, false)).find(BUCKET, "artifacts-bucket");
    assert.deepEqual([loose.inputs["forceDestroy"], loose.protect], [true, false]);
  });

  it("has a name of its own within the limit of 63 characters", async () => {
    const name = String((await store(false, true)).inputs(BUCKET, "artifacts-bucket")["bucket"]);
    assert.equal(name, "proving-ground-dev-artifacts-[artifacts-suffix.hex]");
    const longestEnvironment = "e".repeat(21);
    assert.ok(`proving-ground-${longestEnvironment}-artifacts-`.length + 8 <= 63);
  });

  it("tells the estimate how much it holds", async () => {
    const component = (await store(false, true)).find("proving-ground:infra:ArtifactStore", "artifacts");
    assert.equal(component.inputs["expectedGib"], 50);
  });
});

describe("host bundle", () => {
  const sha256 = "ab".repeat(32);
  const bundle = remembered(() =>
    recordComponent((opts) => {
      const artifacts = new ArtifactStore(
        "artifacts",
        { scope: SCOPE, settings: settings().artifacts, keyArn: KEY_ARN, protect: false },
        opts,
      );
      const program = { path: "dist/host/boot.mjs", sha256 };
      return new HostBundle("host-bundle", { scope: SCOPE, bucketName: artifacts.bucketName, program }, opts);
    }),
  );

  it("is one object under a key that names its content, replaced when the content changes", async () => {
    const { tags, ...inputs } = (await bundle()).inputs(
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "host-bundle-object",
    );
    assert.ok(tags !== undefined);
    assert.deepEqual(inputs, {
      bucket: "proving-ground-dev-artifacts-[artifacts-suffix.hex]",
      contentType: "text/javascript",
      key: `hosts/boot-${sha256}.mjs`,
      source: { asset: "dist/host/boot.mjs" },
      sourceHash: sha256,
    });
  });

  it("is written only once the bucket encrypts and keeps versions", async () => {
    const recorded = await bundle();
    const { dependencies } = recorded.find("aws:s3/bucketObjectv2:BucketObjectv2", "host-bundle-object");
    for (const name of ["artifacts-encryption", "artifacts-versioning"]) {
      assert.ok(
        dependencies.some((urn) => urn.endsWith(`::${name}`)),
        name,
      );
    }
  });
});
