import type { S3Client } from "@aws-sdk/client-s3";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { sha256Base64 } from "./digest.ts";
import { manifestKey, versionOfKey } from "./manifest.ts";
import { PREFIXES } from "../../infra/lib/prefixes.ts";

/** How an object stands in the bucket, by what S3 knows without sending it. */
export interface StoredObject {
  readonly bytes: number;
  /** S3's SHA-256: of the content, or composite with `-PARTS`; undefined where it was put without one. */
  readonly checksum: string | undefined;
}

/**
 * The artifact bucket. Every request names the account the bucket must belong to: a bucket's name is free for anybody
 * once it is deleted ("Verifying bucket ownership with bucket owner condition").
 *
 * No encryption header is sent: the bucket encrypts with the environment's key by default (artifact-store.ts).
 */
export class ArtifactBucket {
  readonly name: string;
  readonly #client: S3Client;
  readonly #place: { readonly Bucket: string; readonly ExpectedBucketOwner: string };

  constructor(client: S3Client, bucket: string, account: string) {
    this.#client = client;
    this.name = bucket;
    this.#place = { Bucket: bucket, ExpectedBucketOwner: account };
  }

  /** Size and checksum of an object; undefined where there is none. */
  async head(key: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
    const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
    const command = new HeadObjectCommand({ ...this.#place, Key: key, ChecksumMode: "ENABLED" });
    try {
      const { ContentLength, ChecksumSHA256 } = await this.#client.send(command, sending(signal));
      return { bytes: ContentLength ?? 0, checksum: ChecksumSHA256 };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Text of a version's manifest; undefined where the version does not exist. */
  async manifest(version: string, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of await this.read(manifestKey(version), signal))
        chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString("utf8");
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** An object's content as it arrives. */
  async read(key: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const { Body } = await this.#client.send(
      new GetObjectCommand({ ...this.#place, Key: key }),
      sending(signal),
    );
    if (Body === undefined || !(Symbol.asyncIterator in Body))
      throw new GroundError(`${key}: S3 sent no content.`, EXIT.resourceFailed);
    return bytesOf(Body);
  }

  /**
   * Writes a version's manifest unless there is one: S3 decides between two deployments at once ("Conditional
   * writes"), and 409 asks to try again.
   *
   * @returns false where another manifest was there first.
   */
  async createManifest(version: string, text: string, signal?: AbortSignal): Promise<boolean> {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const body = Buffer.from(text);
    const command = new PutObjectCommand({
      ...this.#place,
      Key: manifestKey(version),
      Body: body,
      ContentType: "application/json",
      ChecksumAlgorithm: "SHA256",
      ChecksumSHA256: sha256Base64(body),
      IfNoneMatch: "*",
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.send(command, sending(signal));
        return true;
      } catch (error) {
        const name = error instanceof Error ? error.name : "";
        if (name === "PreconditionFailed") return false;
        if (name !== "ConditionalRequestConflict" || attempt === CONFLICT_ATTEMPTS) throw error;
      }
    }
  }

  /** Sends an object of one piece. S3 refuses content that does not match its checksum. */
  async put(key: string, content: Uint8Array, checksum: string, signal?: AbortSignal): Promise<void> {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const command = new PutObjectCommand({
      ...this.#place,
      Key: key,
      Body: content,
      ChecksumAlgorithm: "SHA256",
      ChecksumSHA256: checksum,
    });
    await this.#client.send(command, sending(signal));
  }

  /**
   * Sends an object in parts; nothing is there until all of them are, and nothing stays where one fails. (A killed
   * process leaves parts behind, which the bucket drops after three days.)
   *
   * Rejected: `Upload` of lib-storage, which takes the checksums of what it reads and so cannot tell that a file is
   * no longer the one that was hashed.
   *
   * @param pieces checksum of each part, base64
   * @param send called for each part with its number from 0; runs `upload` when it may
   */
  async putInParts(
    key: string,
    pieces: readonly string[],
    send: (number: number, upload: (content: Uint8Array) => Promise<void>) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const {
      AbortMultipartUploadCommand,
      CompleteMultipartUploadCommand,
      CreateMultipartUploadCommand,
      UploadPartCommand,
    } = await import("@aws-sdk/client-s3");
    const place = { ...this.#place, Key: key };
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" }),
      sending(signal),
    );
    const part = async (ChecksumSHA256: string, index: number) => {
      const PartNumber = index + 1;
      let etag: string | undefined;
      await send(index, async (content) => {
        const command = new UploadPartCommand({
          ...place,
          UploadId,
          PartNumber,
          Body: content,
          ChecksumSHA256,
        });
        ({ ETag: etag } = await this.#client.send(command, sending(signal)));
      });
      return { PartNumber, ETag: etag, ChecksumSHA256 };
    };
    const sent = await Promise.allSettled(pieces.map(part));
    const failed = sent.find((result) => result.status === "rejected");
    try {
      if (failed !== undefined) throw failed.reason;
      const Parts = sent.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      const complete = new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } });
      await this.#client.send(complete, sending(signal));
    } catch (error) {
      // Without the signal: after an interruption there is still this to do. Its own failure would hide the reason.
      await this.#client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  /** The version deployed last, by its manifest's time in S3; undefined where there is none. */
  async latestVersion(): Promise<string | undefined> {
    const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
    let latest: { readonly version: string; readonly at: number } | undefined;
    // One folder a version: those are few, while the blobs below `_blobs/` would be many pages.
    const folders = paginateListObjectsV2(
      { client: this.#client },
      { ...this.#place, Prefix: PREFIXES.releases, Delimiter: "/" },
    );
    for await (const { CommonPrefixes = [] } of folders) {
      for (const { Prefix = "" } of CommonPrefixes) {
        const version = versionOfKey(`${Prefix}manifest.json`);
        const at = version === undefined ? undefined : await this.#changed(manifestKey(version));
        if (version === undefined || at === undefined) continue;
        if (latest === undefined || at > latest.at) latest = { version, at };
      }
    }
    return latest?.version;
  }

  async #changed(key: string): Promise<number | undefined> {
    const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
    try {
      const { LastModified } = await this.#client.send(new HeadObjectCommand({ ...this.#place, Key: key }));
      return LastModified?.getTime();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

/** Two writers of one key meet for milliseconds; more than this is something else. */
const CONFLICT_ATTEMPTS = 5;

function sending(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && ["NotFound", "NoSuchKey"].includes(error.name);
}

/** The SDK types a body by all the places it may run in; on Node it is a stream of buffers. */
async function* bytesOf(body: unknown): AsyncGenerator<Uint8Array> {
  if (!isAsyncIterable(body)) throw new TypeError("not a stream");
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("not a stream of bytes");
    yield chunk;
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
