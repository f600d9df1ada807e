import {
  CreateBucketCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { ArtifactBucket } from "../../cli/deploy/store.ts";
import { deploy, type DeployResult } from "../../cli/deploy/deploy.ts";
import { listFolder } from "../../cli/deploy/local-files.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";
import { ROOT } from "../support/plans.ts";
import { environmentOf, MOTO_ACCOUNT, startMoto, type Moto } from "../support/moto.ts";

/** The bucket of the dev stack, as `pulumi up` would have named it. */
export const BUCKET = "proving-ground-dev-artifacts-0a1b2c3d";

export const TAGS = {
  Name: "proving-ground-dev-artifacts",
  "proving-ground:environment": "dev",
  "proving-ground:owner": "claudefs",
  "proving-ground:project": "proving-ground",
};

/** The emulated account, with the proxy before it. */
export interface Account {
  readonly moto: Moto;
  readonly proxy: AwsProxy;
  /** Through the proxy. */
  readonly s3: S3Client;
  /** Straight to the emulator: what somebody else does behind the command's back. */
  readonly behind: S3Client;
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startAccount(context: Mocha.Context): Promise<Account> {
  const moto = await startMoto(context);
  const proxy = await startAwsProxy(moto.url);
  const s3 = new S3Client({ ...moto.client, endpoint: proxy.url, maxAttempts: 1 });
  const behind = new S3Client(moto.client);
  return {
    moto,
    proxy,
    s3,
    behind,
    environment: environmentOf(proxy.url),
    async stop() {
      s3.destroy();
      behind.destroy();
      await proxy.stop();
      await moto.stop();
    },
  };
}

/** For an `after` hook, which also runs where the suite was skipped before there was an account. */
export async function stopAccount(account: Account | undefined): Promise<void> {
  await account?.stop();
}

/** The artifact bucket as the program makes it, as far as moto knows such things. */
export async function makeBucket(
  s3: S3Client,
  bucket = BUCKET,
  tags: Readonly<Record<string, string>> = TAGS,
) {
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
    }),
  );
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }));
}

/** A folder of files below the system's temporary one. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "ground-deploy-"));

  write(files: Readonly<Record<string, string | Buffer>>): this {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), content);
    }
    return this;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Attempt {
  readonly version?: string;
  readonly dryRun?: boolean;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly uploading?: (done: number, total: number) => void;
}

/** Deploys a folder as the command does, without its process. */
export async function deployFolder(
  { s3 }: Pick<Account, "s3">,
  folder: Folder,
  { version = "1.0.0", dryRun = false, concurrency = 4, signal, uploading }: Attempt = {},
): Promise<DeployResult> {
  const { files } = await listFolder(folder.path);
  return deploy(
    new ArtifactBucket(s3, BUCKET, MOTO_ACCOUNT),
    {
      version,
      files,
      concurrency,
      dryRun,
      now: () => new Date("2026-08-01T12:00:00Z"),
      signal: signal ?? new AbortController().signal,
    },
    { hashing: () => undefined, uploading: uploading ?? (() => undefined) },
  );
}

/** Keys that were put through the proxy, in order. */
export function putKeys({ passed }: AwsProxy): string[] {
  return passed.flatMap(({ method, path }) =>
    method === "PUT" ? [decodeURIComponent(path.replace(`/${BUCKET}/`, "").replace(/\?.*$/, ""))] : [],
  );
}

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `ground` as a user does, with a closed list of the environment: nothing of the caller's credentials. */
export function startGround(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(ROOT, "cli/ground.mjs"), ...args], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], HOME: tmpdir(), NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const finished = Promise.all([
    new Promise<number | null>((resolve) => child.once("close", resolve)),
    text(child.stdout),
    text(child.stderr),
  ]).then(([exitCode, stdout, stderr]): Finished => ({ exitCode, stdout, stderr }));
  return { child, finished };
}
