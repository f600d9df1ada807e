import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { printable } from "../report/printable.ts";
import { digestOf, pieceOf, s3Checksum, sha256Base64, type Digest } from "./digest.ts";
import { reason, type LocalFile } from "./local-files.ts";
import {
  blobKey,
  differences,
  manifestKey,
  parseManifest,
  renderManifest,
  type Manifest,
  type ManifestFile,
} from "./manifest.ts";
import type { ArtifactBucket } from "./store.ts";

export interface DeployRequest {
  readonly version: string;
  readonly files: readonly LocalFile[];
  /** Requests at once. */
  readonly concurrency: number;
  /** Looks, and changes nothing. */
  readonly dryRun: boolean;
  readonly now: () => Date;
  /** Ends the work; what was begun is taken back. */
  readonly signal: AbortSignal;
}

/** Told how far each stage is, in bytes; for a person who waits. */
export interface DeployProgress {
  readonly hashing: (done: number, total: number) => void;
  readonly uploading: (done: number, total: number) => void;
}

export interface DeployResult {
  readonly outcome: "deployed" | "already deployed" | "would deploy";
  readonly version: string;
  readonly bucket: string;
  readonly manifest: string;
  readonly files: number;
  readonly bytes: number;
  /** What was not in the bucket as it should be, and went there (or would go). */
  readonly uploaded: { readonly objects: number; readonly bytes: number };
}

/** A file with what it held when it was hashed. */
interface Artifact extends LocalFile {
  readonly digest: Digest;
}

/**
 * Puts a folder's files into the bucket as a version. Contents first, each under its SHA-256 and only where it is not
 * there already; the manifest last, and only where the version has none. So an interruption leaves contents that no
 * version names and the next attempt finds, and two deployments at once cannot mix.
 *
 * @throws GroundError: exit code 2 for files that cannot be read or change meanwhile, 4 where the version exists with
 * other content; the SDK's own errors; the signal's reason.
 */
export async function deploy(
  bucket: ArtifactBucket,
  request: DeployRequest,
  progress: DeployProgress,
): Promise<DeployResult> {
  const { version, concurrency, dryRun, now, signal } = request;
  // Each request listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const artifacts = await hashAll(request, progress);
  const files = artifacts.map(entryOf);
  const before = await existing(bucket, version, files, signal);
  const missing = await missingContents(bucket, artifacts, request);

  if (!dryRun) await uploadAll(bucket, missing, { concurrency, signal, progress });
  const isNew = before === undefined;
  const isFirst = isNew && !dryRun && (await claim(bucket, { version, files, now, signal }));
  return {
    outcome: isFirst ? "deployed" : isNew && dryRun ? "would deploy" : "already deployed",
    version,
    bucket: bucket.name,
    manifest: manifestKey(version),
    files: files.length,
    bytes: sum(files),
    uploaded: { objects: missing.length, bytes: sum(missing.map(({ digest }) => digest)) },
  };
}

function sum(things: readonly { readonly bytes: number }[]): number {
  return things.reduce((total, { bytes }) => total + bytes, 0);
}

async function hashAll({ files, signal }: DeployRequest, progress: DeployProgress): Promise<Artifact[]> {
  const total = sum(files);
  let done = 0;
  const onRead = (bytes: number) => {
    done += bytes;
    progress.hashing(done, total);
  };
  const problems: string[] = [];
  // The disk, not the network, is the limit here.
  const artifacts = await pLimit(HASHERS).map(files, async (file) => {
    try {
      return [{ ...file, digest: await digestOf(file.absolute, onRead, signal) }];
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${printable(file.path)}: ${reason(error)}`);
      return [];
    }
  });
  failOn(problems);
  return artifacts.flat();
}

const HASHERS = 4;

function entryOf({ path, executable, digest: { bytes, sha256, pieces } }: Artifact): ManifestFile {
  const base = { path, bytes, sha256, executable };
  return pieces.length === 1 ? base : { ...base, s3Checksum: s3Checksum(pieces) };
}

/** The version's manifest where it exists with these very files. */
async function existing(
  bucket: ArtifactBucket,
  version: string,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const text = await bucket.manifest(version, signal);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text, version);
  const differing = "problem" in manifest ? [] : differences(manifest.files, files);
  if (!("problem" in manifest) && differing.length === 0) return manifest;
  const found =
    "problem" in manifest ? [`its manifest ${manifest.problem} (${manifestKey(version)})`] : differing;
  throw new GroundError(
    `Version ${version} exists with other content, and a version is never overwritten:\n${listed(found)}\nDeploy under a new version.`,
    EXIT.resourceFailed,
  );
}

/** Contents that the bucket has not, or not as they should be; one of each. */
async function missingContents(
  bucket: ArtifactBucket,
  artifacts: readonly Artifact[],
  { concurrency, signal }: DeployRequest,
): Promise<Artifact[]> {
  const contents = [...new Map(artifacts.map((artifact) => [artifact.digest.sha256, artifact])).values()];
  const looked = await pLimit(concurrency).map(contents, async (artifact) => {
    signal.throwIfAborted();
    const { sha256, bytes, pieces } = artifact.digest;
    const stored = await bucket.head(blobKey(sha256), signal);
    return stored?.bytes === bytes && stored.checksum === s3Checksum(pieces) ? [] : [artifact];
  });
  return looked.flat();
}

interface UploadOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly progress: DeployProgress;
}

/** A failing request ends the others; a file that changed does not, so that all such files are named. */
async function uploadAll(bucket: ArtifactBucket, artifacts: readonly Artifact[], options: UploadOptions) {
  const { concurrency, progress } = options;
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  setMaxListeners(0, signal);
  // Pieces wait, not files: one large file uses every connection, and no more than CONCURRENCY pieces are in memory.
  const limit = pLimit(concurrency);
  const total = sum(artifacts.map(({ digest }) => digest));
  let done = 0;
  const problems: string[] = [];

  const piece = (artifact: Artifact, number: number, upload: (content: Uint8Array) => Promise<void>) =>
    limit(async () => {
      signal.throwIfAborted();
      const content = await pieceOf(artifact.absolute, number).catch((error: unknown) => {
        throw new ChangedError(reason(error));
      });
      if (sha256Base64(content) !== artifact.digest.pieces[number])
        throw new ChangedError("changed while it was deployed");
      await upload(content);
      done += content.length;
      progress.uploading(done, total);
    });
  const uploads = artifacts.map(async (artifact) => {
    const { sha256, pieces } = artifact.digest;
    const [checksum = ""] = pieces;
    try {
      await (pieces.length === 1
        ? piece(artifact, 0, (content) => bucket.put(blobKey(sha256), content, checksum, signal))
        : bucket.putInParts(
            blobKey(sha256),
            pieces,
            (number, upload) => piece(artifact, number, upload),
            signal,
          ));
    } catch (error) {
      if (error instanceof ChangedError) problems.push(`${printable(artifact.path)}: ${error.message}`);
      else {
        failing.abort(error);
        throw error;
      }
    }
  });
  await settled(uploads, options.signal, failing.signal);
  failOn(problems);
}

/** Waits for all, so that nothing goes on behind an error; then throws the reason that came first. */
async function settled(work: readonly Promise<void>[], outer: AbortSignal, failing: AbortSignal) {
  await Promise.allSettled(work);
  outer.throwIfAborted();
  failing.throwIfAborted();
}

/** A file that is not what it was when it was hashed. */
class ChangedError extends Error {
  override readonly name = "ChangedError";
}

interface Claim {
  readonly version: string;
  readonly files: readonly ManifestFile[];
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** From here on the version may exist: an answer is waited for, though not for ever, milliseconds. */
const LIMIT = 60_000;

/**
 * Writes the manifest; false where another deployment of the same files was first.
 *
 * No interruption ends the request, and an error does not say that nothing was stored: the answer may have been lost.
 */
async function claim(bucket: ArtifactBucket, { version, files, now, signal }: Claim): Promise<boolean> {
  signal.throwIfAborted();
  const text = renderManifest({ formatVersion: 1, version, created: now().toISOString(), files });
  const limit = AbortSignal.timeout(LIMIT);
  try {
    if (await bucket.createManifest(version, text, limit)) return true;
  } catch (error) {
    const stored = await bucket.manifest(version, AbortSignal.timeout(LIMIT)).catch(() => {
      throw new GroundError(
        `Version ${version} may have been made: no answer came to its manifest (${said(error)}). The same command tells.`,
        EXIT.resourceFailed,
        { cause: error },
      );
    });
    if (stored === text) return true;
    if (stored === undefined) throw error;
  }
  const first = await existing(bucket, version, files, limit);
  if (first !== undefined) return false;
  throw new GroundError(
    `Version ${version} was made and removed by somebody else at the same time; look who, then run it again.`,
    EXIT.resourceFailed,
  );
}

function said(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return printable(text.split("\n", 1)[0] ?? "");
}

function failOn(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new GroundError(
    `These files cannot be deployed; no version was made:\n${listed([...problems].sort())}`,
    EXIT.badConfiguration,
  );
}

/** So many lines of a list are read; the rest is counted. */
const LISTED = 30;

export function listed(lines: readonly string[]): string {
  const first = lines.slice(0, LISTED).map((line) => `  ${printable(line)}`);
  const more = lines.length - first.length;
  return [...first, ...(more > 0 ? [`  … and ${String(more)} more`] : [])].join("\n");
}
