import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { callsOf, type AwsCall } from "../bootstrap/aws-calls.ts";
import { makeKey } from "../bootstrap/moto-key.ts";
import { StateProject } from "../bootstrap/state-project.ts";
import { arnOf, documentOf, plannedRole, recordBootstrap } from "../bootstrap/support.ts";
import { iamEvaluator, type Evaluator } from "../auditors/iam-simulate.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { skipWithoutEngine } from "../support/engine-available.ts";
import { environmentOf, startMoto, type Moto } from "../support/moto.ts";

const BUCKET = "proving-ground-bootstrap-state-123456789012-us-west-2";
const BACKEND = `s3://${BUCKET}?region=us-west-2&awssdk=v2`;
const KEY = "awskms://alias/proving-ground-dev-state?region=us-west-2";
const CANARY = "canary-4f1c0b7e";

describe("states in the bucket: the real CLI's requests against the roles", function () {
  this.timeout(120_000);
  let moto: Moto;
  let proxy: AwsProxy;
  let s3: S3Client;
  let project: StateProject;
  let evaluator: Evaluator;

  before(async function () {
    skipWithoutEngine(this);
    evaluator = await iamEvaluator(this);
    moto = await startMoto(this);
    proxy = await startAwsProxy(moto.url);
    s3 = new S3Client({ ...moto.client, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }),
    );
    await makeKey(moto, "alias/proving-ground-dev-state");
    project = new StateProject(environmentOf(proxy.url));
  });

  after(async () => {
    (project as StateProject | undefined)?.dispose();
    await (proxy as AwsProxy | undefined)?.stop();
    await (moto as Moto | undefined)?.stop();
  });

  /** Runs commands and gives the rights that they took, each once. */
  async function rightsOf(...commands: readonly (readonly string[])[]): Promise<AwsCall[]> {
    proxy.clear();
    for (const words of commands) await project.pulumi(...words);
    const calls = proxy.passed.flatMap(callsOf);
    return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
  }

  /** Calls that the role may not make. */
  async function refusedTo(role: string, calls: readonly AwsCall[]): Promise<string[]> {
    const { resources } = await recordBootstrap();
    const { arn, identity, boundary } = plannedRole(resources, role);
    const refused: string[] = [];
    for (const { action, resource, context } of calls) {
      const isKey = action.startsWith("kms:");
      const question = {
        principal: arn,
        action,
        // AWS finds the key of an alias before it looks at rights.
        resource: isKey ? arnOf(resources, "dev-secrets-key") : resource,
        context: {
          "aws:RequestedRegion": "us-west-2",
          "aws:SecureTransport": "true",
          ...context,
          ...(isKey ? { "aws:ResourceTag/proving-ground:environment": "bootstrap" } : {}),
        },
        identity,
        boundary,
        resourcePolicy: documentOf(resources, isKey ? "dev-secrets-key" : "state-policy"),
      };
      const { allowed, problem } = await evaluator.ask(question);
      assert.equal(problem, undefined, `${action} ${resource}`);
      if (!allowed) refused.push([action, resource, ...Object.values(context)].join(" "));
    }
    return refused;
  }

  it("an administrator makes the stack with its key", async () => {
    await project.pulumi("login", BACKEND);
    await project.pulumi("stack", "init", "dev", "--secrets-provider", KEY);
    await project.pulumi("config", "set", "--stack", "dev", "--secret", "token", CANARY);
    await project.pulumi("up", "--stack", "dev", "--yes");
    assert.match(readFileSync(project.path("Pulumi.dev.yaml"), "utf8"), /encryptedkey: /);
  });

  let preview: AwsCall[] = [];
  let up: AwsCall[] = [];

  it("a preview takes no more than the role of pull requests has, and writes nothing", async () => {
    preview = await rightsOf(
      ["login", BACKEND],
      ["stack", "select", "dev"],
      ["stack", "export", "--stack", "dev", "--file", project.path("state.json")],
      ["stack", "history", "--stack", "dev", "--json"],
      ["stack", "output", "--stack", "dev", "--json"],
      ["preview", "--stack", "dev", "--refresh", "--expect-no-changes"],
    );
    assert.ok(preview.length > 4, JSON.stringify(preview));
    for (const role of ["preview", "preview-dev"]) assert.deepEqual(await refusedTo(role, preview), [], role);
    assert.deepEqual(
      preview.filter(({ action }) => !/^(?:s3:(?:GetObject|ListBucket)|kms:Decrypt)$/.test(action)),
      [],
    );
  });

  it("a deployment takes no more than the deploy role has: state, history, backups and lock", async () => {
    up = await rightsOf(
      ["login", BACKEND],
      ["stack", "select", "dev"],
      ["preview", "--stack", "dev", "--save-plan", project.path("plan.json"), "--config", "size=large"],
      ["config", "set", "--stack", "dev", "size", "large"],
      ["up", "--stack", "dev", "--yes", "--plan", project.path("plan.json")],
    );
    const written = up.filter(({ action }) => action === "s3:PutObject").map(({ resource }) => resource);
    for (const part of ["stacks", "history", "backups", "locks"])
      assert.ok(
        written.some((resource) => resource.includes(`/.pulumi/${part}/`)),
        `${part} among ${written.join(", ")}`,
      );
    assert.deepEqual(await refusedTo("deploy-dev", up), []);
  });

  it("of the same commands, roles of other environments may do what shows nothing at most", async () => {
    for (const role of ["preview-staging", "deploy-prod", "cleanup"]) {
      const refused = new Set(await refusedTo(role, [...preview, ...up]));
      for (const { action, resource } of [...preview, ...up])
        if (action === "kms:Decrypt" || /\/dev[./]/.test(resource))
          assert.ok(refused.has(`${action} ${resource}`), `${role} may ${action} ${resource}`);
    }
    const writes = up.filter(({ action }) => /Put|Delete/.test(action));
    assert.equal((await refusedTo("preview", writes)).length, writes.length);
  });

  it("a deploy role cannot seal: a new secret in the stack file is an administrator's", async () => {
    const sealing = await rightsOf(["stack", "change-secrets-provider", "--stack", "dev", KEY]);
    const refused = await refusedTo("deploy-dev", sealing);
    assert.ok(
      refused.some((call) => call.startsWith("kms:Encrypt")),
      JSON.stringify(refused),
    );
  });

  it("a lock that a lost run left stops the next one, and `pulumi cancel` opens it (FM-42)", async () => {
    const left = `${proxy.url}/${BUCKET}/.pulumi/locks/organization/proving-ground/dev/lost.json`;
    const lock = { pid: 1, username: "job", hostname: "runner", timestamp: "2026-11-01T00:00:00Z" };
    await fetch(left, { method: "PUT", body: JSON.stringify(lock) });
    const stopped = await project.attempt("up", "--stack", "dev", "--yes");
    assert.notEqual(stopped.exitCode, 0);
    assert.match(stopped.stdout + stopped.stderr, /locked by 1 lock/);
    assert.deepEqual(
      await refusedTo("deploy-dev", await rightsOf(["cancel", "--stack", "dev", "--yes"])),
      [],
    );
  });

  it("a version before comes back as the guide says (FM-46)", async () => {
    const Key = ".pulumi/stacks/proving-ground/dev.json";
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: Key }));
    const states = await Promise.all(
      Versions.filter((version) => version.Key === Key).map(async ({ VersionId }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }));
        return (await Body?.transformToString()) ?? "";
      }),
    );
    const small = states.find((state) => /"size":\s*"small"/.test(state));
    assert.ok(small !== undefined, `no version holds the size before among ${String(states.length)}`);
    assert.equal((await project.pulumi("stack", "output", "--stack", "dev", "size")).trim(), "large");
    // jq '{version, deployment: .checkpoint.latest}'
    const { version, checkpoint } = JSON.parse(small) as { version: number; checkpoint: { latest: object } };
    const file = project.path("import.json");
    writeFileSync(file, JSON.stringify({ version, deployment: checkpoint.latest }));
    await project.pulumi("stack", "import", "--stack", "dev", "--file", file);
    assert.equal((await project.pulumi("stack", "output", "--stack", "dev", "size")).trim(), "small");
  });

  it("a state moves into the bucket and out again, and changes its secrets provider, its secret whole", async () => {
    const [file, stack] = [project.path("moved.json"), ["--stack", "main"]];
    const secret = async () =>
      (await project.pulumi("stack", "output", ...stack, "--show-secrets", "token")).trim();
    const move = async (backend: string, ...provider: readonly string[]) => {
      await project.pulumi("stack", "export", ...stack, "--file", file);
      await project.pulumi("login", backend);
      await project.pulumi("stack", "init", "main", ...provider);
      await project.pulumi("stack", "import", ...stack, "--file", file);
      await project.pulumi("preview", ...stack, "--expect-no-changes");
      assert.equal(await secret(), CANARY);
    };
    await project.pulumi("login", project.localBackend);
    await project.pulumi("stack", "init", "main");
    await project.pulumi("config", "set", ...stack, "--secret", "token", CANARY);
    await project.pulumi("up", ...stack, "--yes");
    assert.doesNotMatch(readFileSync(project.path("Pulumi.main.yaml"), "utf8"), /encryptedkey/);
    await move(BACKEND);
    await project.pulumi("stack", "change-secrets-provider", ...stack, KEY);
    assert.match(readFileSync(project.path("Pulumi.main.yaml"), "utf8"), /encryptedkey/);
    await project.pulumi("preview", ...stack, "--expect-no-changes");
    await project.pulumi("login", project.localBackend);
    await project.pulumi("stack", "rm", "main", "--force", "--preserve-config", "--yes");
    await project.pulumi("login", BACKEND);
    await move(project.localBackend, "--secrets-provider", KEY);
  });

  it("nothing in the bucket holds a secret in clear (FM-65)", async () => {
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
    assert.ok(Versions.length > 10, String(Versions.length));
    for (const { Key, VersionId } of Versions) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }));
      assert.doesNotMatch((await Body?.transformToString()) ?? "", new RegExp(CANARY), Key);
    }
  });
});
