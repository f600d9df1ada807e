import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, realpath, type FileHandle } from "node:fs/promises";

/**
 * Files are sent in pieces of this size, 16 MiB; a larger file becomes an S3 multipart upload of them. Part of the
 * manifest's format: S3's checksum of a multipart object depends on where its parts end.
 */
export const PIECE_BYTES = 16 * 1024 * 1024;

/** S3 takes at most 10,000 parts ("Amazon S3 multipart upload limits"): 156 GiB with these pieces. */
export const LARGEST_FILE_BYTES = 10_000 * PIECE_BYTES;

/** What a file held when it was read. */
export interface Digest {
  readonly bytes: number;
  /** SHA-256 of the whole, hexadecimal. */
  readonly sha256: string;
  /** SHA-256 of each piece, base64, as S3 wants it; one for an empty file. */
  readonly pieces: readonly string[];
}

/**
 * Reads a file once, in pieces, never whole.
 *
 * @param path free of links, as `listFolder` gives it
 * @param onRead told after each piece how many bytes it had
 * @throws the file system's own errors, those of {@link openFile}, and the signal's reason.
 */
export async function digestOf(
  path: string,
  onRead: (bytes: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Digest> {
  const whole = createHash("sha256");
  const pieces: string[] = [];
  let bytes = 0;
  const file = await openFile(path);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const piece = await readPiece(file, bytes);
      if (piece.length === 0 && bytes > 0) break;
      whole.update(piece);
      pieces.push(sha256Base64(piece));
      bytes += piece.length;
      onRead(piece.length);
      if (piece.length < PIECE_BYTES) break;
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: whole.digest("hex"), pieces };
}

/** One piece of a file as it is now, by the piece's number from 0. */
export async function pieceOf(path: string, number: number): Promise<Buffer> {
  const file = await openFile(path);
  try {
    return await readPiece(file, number * PIECE_BYTES);
  } finally {
    await file.close();
  }
}

/**
 * Opens what lies at the path itself. Since the folder was listed, the file or a folder above it may have become a link
 * to elsewhere, whose content nobody meant to deploy.
 *
 * @throws Error where that is so, or the file is a file no more.
 */
async function openFile(path: string): Promise<FileHandle> {
  // Without waiting: a pipe would not answer until somebody writes to it.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ELOOP") throw new Error(BECAME_LINK);
    throw error;
  });
  try {
    const [opened, named, real] = await Promise.all([file.stat(), lstat(path), realpath(path)]);
    if (!opened.isFile()) throw new Error("is no file any more");
    // By its inode too: a folder may have been a link only while the file was opened.
    if (real !== path || opened.ino !== named.ino || opened.dev !== named.dev) throw new Error(BECAME_LINK);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

const BECAME_LINK = "changed its place or became a link while it was deployed";

/** Short reads are legal: a piece is full, or the file has ended. */
async function readPiece(file: FileHandle, position: number): Promise<Buffer> {
  const { size } = await file.stat();
  // A little over the end shows growth without a buffer of 16 MiB for each small file.
  const buffer = Buffer.alloc(Math.min(PIECE_BYTES, Math.max(0, size - position) + 1));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export function sha256Base64(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}

/**
 * The checksum that S3 reports for an object sent in these pieces: of the content for one, of the pieces' checksums
 * for more ("Checking object integrity in Amazon S3", composite checksums; SHA-256 has no other kind there).
 */
export function s3Checksum(pieces: readonly string[]): string {
  const [first, ...more] = pieces;
  if (first === undefined) throw new Error("a file has at least one piece");
  if (more.length === 0) return first;
  const digests = pieces.map((piece) => Buffer.from(piece, "base64"));
  return `${sha256Base64(Buffer.concat(digests))}-${String(pieces.length)}`;
}
