import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { recordProgram } from "../../cli/plan/recorder.ts";
import { createBootstrap, outputsOf } from "../../infra/bootstrap/bootstrap.ts";
import { loadSettings } from "../../infra/bootstrap/settings/load.ts";
import { policySettingsSchema } from "../../model/policy-settings.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { evaluate } from "../../policies/evaluate.ts";
import { statement } from "../support/components.ts";
import { BOOTSTRAP_PROJECT, exampleConfig, recordBootstrap } from "./support.ts";

/** The longest names that settings let through: AWS counts the characters of policies. */
const LONGEST = {
  region: "ap-southeast-1",
  environments: ["a", "b"].map((letter) => ({
    name: letter.repeat(21),
    readsSecrets:
      letter === "a"
        ? []
        : ["first", "second", "third"].map((name) => `team/${name}-token-of-an-application`),
  })),
  pullRequests: "a".repeat(21),
};

function ofType(resources: readonly ResourceRecord[], type: string): ResourceRecord[] {
  return resources.filter((resource) => resource.type === type);
}

function find(resources: readonly ResourceRecord[], type: string, name: string): ResourceRecord {
  const [found] = ofType(resources, type).filter((resource) => resource.name === name);
  assert.ok(found !== undefined, `a ${type} named ${name}`);
  return found;
}

describe("the bootstrap project's plan", () => {
  it("is the state bucket, a key for it and one for each environment, GitHub's provider, and roles", async () => {
    const { resources } = await recordBootstrap();
    const named = (type: string) =>
      ofType(resources, type)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(named("aws:s3/bucket:Bucket"), ["state-bucket"]);
    assert.deepEqual(named("aws:kms/key:Key"), [
      "dev-secrets-key",
      "prod-secrets-key",
      "staging-secrets-key",
      "state-storage-key",
    ]);
    assert.deepEqual(named("aws:iam/openIdConnectProvider:OpenIdConnectProvider"), ["github-provider"]);
    assert.deepEqual(named("aws:iam/role:Role"), [
      "cleanup-role",
      "deploy-dev-role",
      "deploy-prod-role",
      "deploy-staging-role",
      "preview-dev-role",
      "preview-prod-role",
      "preview-role",
      "preview-staging-role",
      "release-dev-role",
      "release-prod-role",
      "release-staging-role",
    ]);
    const types = new Set(resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")));
    assert.deepEqual([...types].sort(), [
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      "aws:iam/policy:Policy",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:kms/alias:Alias",
      "aws:kms/key:Key",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketVersioning:BucketVersioning",
    ]);
  });

  it("passes every rule of the policy pack with the example's settings", async () => {
    const { resources } = await recordBootstrap();
    const settings = policySettingsSchema.parse(
      JSON.parse(exampleConfig()["proving-ground:policies"] ?? "{}"),
    );
    assert.deepEqual(settings.waivers, []);
    assert.deepEqual(settings.levels, {});
    const today = "2026-11-21";
    assert.deepEqual(evaluate(resources, "stack", { stack: "prod", settings, today }), []);
  });

  it("needs the example's two exceptions: nothing else is asked of everything", async () => {
    const { resources } = await recordBootstrap();
    const without = policySettingsSchema.parse({});
    const found = evaluate(resources, "stack", { stack: "prod", settings: without, today: "2026-11-21" });
    const texts = new Set(found.map(({ name, message }) => `${name}: ${String(message.split(";")[0])}`));
    assert.deepEqual([...texts].sort(), [
      "no-wildcard-resources: Everywhere allows kms:CreateKey, route53:CreateHostedZone on every resource",
      "no-wildcard-resources: MakeKey allows kms:CreateKey on every resource",
      "no-wildcard-resources: MakeZone allows route53:CreateHostedZone on every resource",
    ]);
  });

  it("protects the bucket, all that keeps it, and the keys (FM-46)", async () => {
    const { resources } = await recordBootstrap();
    const kept = resources.filter(({ type }) => /^aws:(?:s3|kms)\//.test(type));
    assert.equal(kept.length, 15);
    for (const { name, protect } of kept) assert.equal(protect, true, name);
  });

  it("keeps versions for a year, and the newest of them for ever (FM-46)", async () => {
    const { resources } = await recordBootstrap();
    const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    const { rules } = find(resources, type, "state-lifecycle").inputs;
    assert.deepEqual((rules as readonly unknown[])[0], {
      id: "states-restorable",
      status: "Enabled",
      filter: { prefix: ".pulumi/stacks/" },
      noncurrentVersionExpiration: { newerNoncurrentVersions: 50, noncurrentDays: 365 },
    });
    for (const rule of rules as readonly object[]) assert.ok(!("expiration" in rule), JSON.stringify(rule));
  });

  it("names who opens an environment's secrets: its own roles and the administrators", async () => {
    const { resources } = await recordBootstrap();
    const own = (name: string) => `arn:aws:iam::123456789012:role/proving-ground-bootstrap-${name}`;
    for (const [environment, viewers] of [
      ["dev", ["deploy-dev", "preview-dev", "preview"]],
      ["prod", ["deploy-prod", "preview-prod"]],
    ] as const) {
      const { policy } = find(resources, "aws:kms/key:Key", `${environment}-secrets-key`).inputs;
      const opened = statement(policy, "SecretsAreOpened");
      assert.deepEqual(opened.Action, ["kms:Decrypt"]);
      assert.deepEqual(opened.Condition, { ArnEquals: { "aws:PrincipalArn": viewers.map(own) } });
      for (const action of statement(policy, "AccountManagesByIam").Action)
        assert.doesNotMatch(action, /crypt|CreateGrant|GenerateDataKey|Create\*|:\*/, environment);
    }
  });

  it("gives each deploy role its boundary, and names the one that it lays on its hosts", async () => {
    const { resources, outputs } = await recordBootstrap();
    for (const environment of ["dev", "staging", "prod"]) {
      const role = find(resources, "aws:iam/role:Role", `deploy-${environment}-role`);
      assert.equal(role.inputs["permissionsBoundary"], `[deploy-${environment}-boundary.arn]`);
      assert.deepEqual((outputs["environments"] as Readonly<Record<string, unknown>>)[environment], {
        deployRole: `[deploy-${environment}-role.arn]`,
        permissionsBoundary: `[host-boundary-${environment}.arn]`,
        previewRole: `[preview-${environment}-role.arn]`,
        releaseRole: `[release-${environment}-role.arn]`,
        ...(environment === "dev" ? { pullRequestRole: "[preview-role.arn]" } : {}),
        secretsProvider: `awskms://alias/proving-ground-${environment}-state?region=us-west-2`,
      });
    }
  });

  for (const [what, changes] of Object.entries({ "the example": {}, "the longest names": LONGEST }))
    it(`stays within AWS's limits of policies: ${what}`, async () => {
      const { resources } = await recordBootstrap(changes);
      const count = (text: unknown) =>
        String(text)
          // A key's ARN is longer than its mark.
          .replace(/\[[\w.-]+\.arn\]/g, "x".repeat(80))
          .replace(/\s/g, "").length;
      for (const { name, inputs } of ofType(resources, "aws:iam/policy:Policy"))
        assert.ok(count(inputs["policy"]) <= 6144, `${name}: ${String(count(inputs["policy"]))} of 6,144`);
      for (const { name, inputs } of ofType(resources, "aws:iam/role:Role")) {
        assert.ok(count(inputs["assumeRolePolicy"]) <= 2048, name);
        assert.ok(String(inputs["name"]).length <= 64, `${name}: ${String(inputs["name"])}`);
        const attached = resources.filter(
          ({ type, inputs: { role } }) => type.endsWith(":RolePolicyAttachment") && role === inputs["name"],
        );
        assert.ok(
          attached.length > 0 && attached.length <= 10,
          `${name}: ${String(attached.length)} policies`,
        );
      }
    });

  it("takes over a provider that exists as it is, and leaves either kind behind", async () => {
    const adopted = await optionsOf("github-provider", { oidcProvider: { existing: true } });
    assert.equal(
      adopted.import,
      "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    );
    assert.deepEqual(adopted.ignoreChanges, ["url", "clientIdLists", "thumbprintLists", "tags"]);
    assert.equal(adopted.retainOnDelete, true);
    const made = await optionsOf("github-provider", {});
    assert.equal(made.import, undefined);
    assert.equal(made.retainOnDelete, true);
  });

  for (const name of [
    "state-bucket",
    "state-versioning",
    "state-policy",
    "dev-secrets-key",
    "dev-secrets-alias",
  ])
    it(`forgets ${name} rather than deletes it, even where the protection was lifted (FM-46)`, async () => {
      const { protect, retainOnDelete } = await optionsOf(name, {});
      assert.deepEqual({ protect, retainOnDelete }, { protect: true, retainOnDelete: true });
    });
});

/** Options that a resource was made with, which only the engine sees. */
async function optionsOf(
  name: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<pulumi.CustomResourceOptions> {
  const found: pulumi.CustomResourceOptions[] = [];
  const watch: pulumi.ResourceTransformation = (made) => {
    if (made.name === name) found.push(made.opts);
    return undefined;
  };
  await recordProgram({
    project: BOOTSTRAP_PROJECT,
    stack: "example",
    config: exampleConfig(changes),
    secretKeys: [],
    program: () => ({ ...outputsOf(createBootstrap(loadSettings(), { transformations: [watch] })) }),
  });
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `one resource ${name}`);
  return only;
}
