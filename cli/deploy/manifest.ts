import { z } from "zod";
import { PREFIXES, RELEASE_CONTENTS } from "../../infra/lib/prefixes.ts";

/**
 * A release in the artifact bucket: files lie once each under the SHA-256 of their content, and a version is a
 * manifest that names them. The manifest is written last: a version without one does not exist.
 */

/** One file of a version. */
const fileSchema = z.strictObject({
  path: z
    .string()
    .refine(isInside, "must be a relative path without empty, `.` or `..` parts and control characters"),
  bytes: z.int().min(0),
  /** Of the content, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  executable: z.boolean(),
  /** S3's own checksum of an object that was sent in parts, which is not the SHA-256 of its content. */
  s3Checksum: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=-\d{1,5}$/)
    .optional(),
});

const manifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  version: z.string(),
  /** When it was deployed, ISO 8601, UTC. */
  created: z.iso.datetime(),
  files: z
    .array(fileSchema)
    .min(1)
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, "names a path twice")
    .refine((files) => !hasFileAsFolder(files), "names a file that is the folder of another"),
});

export type ManifestFile = Readonly<z.output<typeof fileSchema>>;
export type Manifest = Readonly<Omit<z.output<typeof manifestSchema>, "files">> & {
  readonly files: readonly ManifestFile[];
};

/** A host writes files where the manifest says: a path that leads elsewhere must not be believed. */
function isInside(path: string): boolean {
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !/\p{Cc}/u.test(part));
}

/** No disk can hold both `a` and `a/b`. */
function hasFileAsFolder(files: readonly { readonly path: string }[]): boolean {
  const paths = new Set(files.map(({ path }) => path));
  return files.some(({ path }) => {
    const parts = path.split("/");
    return parts.some((_, index) => index > 0 && paths.has(parts.slice(0, index).join("/")));
  });
}

export function manifestKey(version: string): string {
  return `${PREFIXES.releases}${version}/manifest.json`;
}

/** Key of a file's content. Two letters of folder, for people who look with the console. */
export function blobKey(sha256: string): string {
  return `${RELEASE_CONTENTS}${sha256.slice(0, 2)}/${sha256}`;
}

/** The version of a manifest's key; undefined for other keys. */
export function versionOfKey(key: string): string | undefined {
  const found = /^([^/_][^/]*)\/manifest\.json$/.exec(key.slice(PREFIXES.releases.length));
  return key.startsWith(PREFIXES.releases) ? found?.[1] : undefined;
}

export function renderManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 1)}\n`;
}

export interface ManifestProblem {
  readonly problem: string;
}

/** Reads a manifest. What is wrong with it is said in one line: it is the bucket's content, not ours. */
export function parseManifest(text: string, version: string): Manifest | ManifestProblem {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { problem: "is no JSON" };
  }
  const { data, error } = manifestSchema.safeParse(document);
  if (error !== undefined) {
    const [issue] = error.issues;
    return {
      problem: `is no manifest of format 1: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
    };
  }
  if (data.version !== version) return { problem: `is of version ${JSON.stringify(data.version)}` };
  return data;
}

/** How the files of a version differ from those at hand, a line each; none where they are the same. */
export function differences(deployed: readonly ManifestFile[], local: readonly ManifestFile[]): string[] {
  const before = new Map(deployed.map((file) => [file.path, file]));
  const after = new Map(local.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const found = difference(before.get(path), after.get(path));
    return found === undefined ? [] : [`${path}: ${found}`];
  });
}

function difference(there: ManifestFile | undefined, here: ManifestFile | undefined): string | undefined {
  if (there === undefined) return "is not in the version";
  if (here === undefined) return "is missing here";
  if (there.sha256 !== here.sha256)
    return `differs (${String(there.bytes)} bytes there, ${String(here.bytes)} here)`;
  if (there.executable !== here.executable) return `is ${there.executable ? "" : "not "}executable there`;
  return undefined;
}
