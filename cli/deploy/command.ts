import { InvalidArgumentError, type Command } from "commander";
import type { StackSettings } from "../../infra/settings/schema.ts";
import { accountOf } from "../aws-account.ts";
import { credentialsError } from "../aws-errors.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { NETWORK_FIX, unreachable } from "../network-errors.ts";
import { planOf } from "../plan/plan-of.ts";
import { fromCaller, readStack, withStackOptions, type StackOptions } from "../stack-options.ts";
import { findBucket, plannedBucket, type PlannedBucket } from "./bucket.ts";
import { shownBytes } from "./bytes.ts";
import { deploy, listed, type DeployResult } from "./deploy.ts";
import { listFolder, type LocalFile } from "./local-files.ts";
import { withProgress } from "./progress.ts";
import { ArtifactBucket } from "./store.ts";
import { versionProblem } from "./version.ts";

interface DeployOptions extends StackOptions {
  readonly bucket?: string;
  readonly concurrency: number;
  readonly dryRun?: true;
  readonly json?: true;
}

const DEFAULT_CONCURRENCY = 8;
const MAX_CONCURRENCY = 64;

export function registerDeploy(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("deploy")
    .description("put a folder of build artifacts into the stack's artifact bucket as a version")
    .argument("<version>", "semantic version, or a name such as a commit")
    .argument("<dir>", "folder of the artifacts");
  withStackOptions(command, "deploy to")
    .option("--bucket <name>", "the bucket, where it should not be looked up by name and tags")
    .option("--concurrency <n>", "requests at once, of up to 16 MiB each", concurrency, DEFAULT_CONCURRENCY)
    .option("--dry-run", "say what would be sent, and change nothing")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", HELP)
    .action(async (version: string, folder: string, options: DeployOptions) => {
      await run(version, folder, options);
      finish(EXIT.ok);
    });
}

/** s3:ListBucket: without it S3 answers 403, not 404, for an object that is not there ("HeadObject", permissions). */
const RIGHTS = [
  "s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListBucket on the bucket",
  "kms:GenerateDataKey and kms:Decrypt on its key",
  "without --bucket also s3:ListAllMyBuckets and s3:GetBucketTagging",
];

const HELP = `
The bucket gets releases/VERSION/manifest.json, with path, size and SHA-256 of each file, and the contents, each once
under its SHA-256: what any earlier version had is not sent again, and what an interrupted attempt sent is found. The
manifest is written last, and never over another one.

Hidden files are deployed. A link to a file inside DIR is deployed as that file; other links, sockets, pipes and
devices are refused, as are names that are no UTF-8. Empty folders are left out.

Needed:
${RIGHTS.map((right) => `  ${right}`).join("\n")}

Exit codes: 0 deployed, or already there with the same content; 2 bad version, folder or files; 3 no credentials, or
those of another account; 4 the version exists with other content, the bucket is missing, a request failed, or
interrupted; 6 unknown stack.`;

function concurrency(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > MAX_CONCURRENCY)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${String(MAX_CONCURRENCY)}.`);
  return number;
}

async function run(version: string, folder: string, options: DeployOptions): Promise<void> {
  const files = await checked(version, fromCaller(folder));
  const { file, stack, settings } = readStack(options);
  const planned = plannedBucket(await planOf({ file, stack }));

  const interruption = new AbortController();
  const interrupt = () => {
    interruption.abort(interrupted(version));
  };
  // Once each: who interrupts again means it, and gets the system's own answer.
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    const isJson = options.json === true;
    const result = await withProgress(`Version ${version} to stack ${stack}`, isJson, async (progress) => {
      const bucket = await openBucket(settings, options.bucket, planned);
      const request = {
        version,
        files,
        concurrency: options.concurrency,
        dryRun: options.dryRun === true,
        now: () => new Date(),
        signal: interruption.signal,
      };
      return deploy(bucket, request, progress);
    });
    process.stdout.write(isJson ? `${JSON.stringify(result, undefined, 2)}\n` : render(result));
  } catch (error) {
    // What the command says itself is more than that it was interrupted: the version may have been made by then.
    if (interruption.signal.aborted && !(error instanceof GroundError)) throw interrupted(version);
    throw requestError(error, version);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

function interrupted(version: string): GroundError {
  return new GroundError(
    `Interrupted: version ${version} was not made. The same command goes on where this one ended.`,
    EXIT.resourceFailed,
  );
}

/** Everything that is wrong with the arguments at once, before any stack or account is looked at. */
async function checked(version: string, folder: string): Promise<readonly LocalFile[]> {
  const { files, problems } = await listFolder(folder);
  const badVersion = versionProblem(version);
  const all = [...(badVersion === undefined ? [] : [badVersion]), ...problems];
  if (all.length === 0) return files;
  throw new GroundError(`Nothing was deployed:\n${listed(all)}`, EXIT.badConfiguration);
}

async function openBucket(settings: StackSettings, named: string | undefined, planned: PlannedBucket) {
  const account = await accountOf(settings);
  const { S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ region: settings.region, maxAttempts: 5 });
  return new ArtifactBucket(client, named ?? (await findBucket(client, planned)), account);
}

/** What AWS refuses for reasons other than credentials is a failed resource, with its name and what is left. */
function requestError(error: unknown, version: string): unknown {
  const refusal = credentialsError(error, RIGHTS.join("; "));
  if (refusal !== error || error instanceof GroundError || !(error instanceof Error)) return refusal;
  const isRequest = "$metadata" in error || "code" in error;
  if (!isRequest) return error;
  const network = unreachable(error);
  const reason = network === undefined ? `${error.name}: ${error.message}` : `${network}. ${NETWORK_FIX}`;
  return new GroundError(
    `${reason}\nVersion ${version} was not made. The same command goes on where this one ended.`,
    EXIT.resourceFailed,
    { cause: error },
  );
}

function render({ outcome, version, bucket, manifest, files, bytes, uploaded }: DeployResult): string {
  const all = `${String(files)} ${files === 1 ? "file" : "files"}, ${shownBytes(bytes)}`;
  const sent = `${String(uploaded.objects)} ${uploaded.objects === 1 ? "content" : "contents"}, ${shownBytes(uploaded.bytes)}`;
  const verb = outcome === "would deploy" ? "to send" : "sent";
  const mended =
    outcome === "already deployed" && uploaded.objects > 0
      ? "\nWhat was missing or altered in the bucket is as it was deployed."
      : "";
  return `Version ${version}: ${outcome}. ${all}; ${verb}: ${sent}.${mended}\ns3://${bucket}/${manifest}\n`;
}
