import pLimit from "p-limit";
import { createHash } from "node:crypto";
import { findBucket, plannedBucket } from "../deploy/bucket.ts";
import { shownBytes } from "../deploy/bytes.ts";
import { blobKey, manifestKey, parseManifest, type Manifest, type ManifestFile } from "../deploy/manifest.ts";
import { ArtifactBucket } from "../deploy/store.ts";
import type { Check, Finding } from "../doctor/check.ts";
import { GroundError } from "../errors.ts";
import { printable } from "../report/printable.ts";
import { findingOf, UP, type AwsContext } from "./context.ts";

/** Requests at once. */
const AT_ONCE = 16;

/** One line: the version's manifest, and every file it names. */
export function artifactChecks(context: AwsContext): readonly Check[] {
  return [
    {
      id: "aws.artifacts",
      title: context.version === undefined ? "Artifacts" : `Artifacts of ${context.version}`,
      side: "aws",
      rights: "s3:ListAllMyBuckets, s3:GetBucketTagging, s3:ListBucket, s3:GetObject and kms:Decrypt",
      look: () => artifactFinding(context),
    },
  ];
}

async function artifactFinding(context: AwsContext): Promise<Finding> {
  const bucket = await openBucket(context);
  if (typeof bucket === "string") return findingOf([bucket], "", UP);
  const version = context.version ?? (await bucket.latestVersion());
  const deploy = "ground deploy VERSION DIR puts one there.";
  if (version === undefined) return { status: "skipped", found: `no version was deployed yet; ${deploy}` };
  const text = await bucket.manifest(version);
  if (text === undefined)
    return findingOf([`version ${version} does not exist: no ${manifestKey(version)}`], "", deploy);
  const manifest = parseManifest(text, version);
  if ("problem" in manifest)
    return findingOf(
      [`${manifestKey(version)} ${manifest.problem}`],
      "",
      "Deploy the files under a new version.",
    );
  const { files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const how = context.deep ? "read and hashed" : "sizes and SHA-256 as deployed";
  return findingOf(
    await contentDifferences(bucket, manifest, context.deep),
    `${version}: ${String(files.length)} files, ${shownBytes(bytes)}, ${how}`,
    "Deploy the same files under the same version again: what is missing or altered is sent anew.",
  );
}

/** The bucket, or what keeps it from being found. */
async function openBucket({ plan, account, bucket }: AwsContext): Promise<ArtifactBucket | string> {
  const { account: number } = await account.ready();
  const { S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ ...account.client, region: account.region });
  try {
    return new ArtifactBucket(client, bucket ?? (await findBucket(client, plannedBucket(plan))), number);
  } catch (error) {
    if (error instanceof GroundError) return error.message;
    throw error;
  }
}

/** Each content is looked at once, and every path that has it is named. */
async function contentDifferences(
  bucket: ArtifactBucket,
  { files }: Manifest,
  deep: boolean,
): Promise<string[]> {
  const contents = groups(files);
  const looked = await pLimit(AT_ONCE).map(contents, async ([file, paths]) => {
    const problem =
      (await storedProblem(bucket, file)) ?? (deep ? await readProblem(bucket, file) : undefined);
    return problem === undefined ? [] : paths.map((path) => `${printable(path)}: ${problem}`);
  });
  return looked.flat();
}

function groups(files: readonly ManifestFile[]): readonly (readonly [ManifestFile, string[]])[] {
  const found = new Map<string, readonly [ManifestFile, string[]]>();
  for (const file of files) {
    const known = found.get(file.sha256);
    if (known === undefined) found.set(file.sha256, [file, [file.path]]);
    else known[1].push(file.path);
  }
  return [...found.values()];
}

/** By what S3 knows of it: the checksum is S3's own, taken when the content came. */
async function storedProblem(bucket: ArtifactBucket, file: ManifestFile): Promise<string | undefined> {
  const stored = await bucket.head(blobKey(file.sha256));
  if (stored === undefined) return "is missing";
  if (stored.bytes !== file.bytes)
    return `has ${String(stored.bytes)} bytes, manifest says ${String(file.bytes)}`;
  const expected = file.s3Checksum ?? Buffer.from(file.sha256, "hex").toString("base64");
  if (stored.checksum === expected) return undefined;
  return stored.checksum === undefined
    ? "has no SHA-256: it was not put by deploy"
    : "SHA-256 differs: it was altered";
}

async function readProblem(bucket: ArtifactBucket, file: ManifestFile): Promise<string | undefined> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await bucket.read(blobKey(file.sha256))) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  if (bytes !== file.bytes) return `${String(bytes)} bytes came, manifest says ${String(file.bytes)}`;
  return hash.digest("hex") === file.sha256 ? undefined : "content differs from its SHA-256";
}
