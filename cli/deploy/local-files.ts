import type { Dirent } from "node:fs";
import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { isUtf8 } from "node:buffer";
import { join, relative, sep } from "node:path";
import { printable } from "../report/printable.ts";
import { LARGEST_FILE_BYTES } from "./digest.ts";

/** A file to deploy. */
export interface LocalFile {
  /** Below the folder, with `/`, as named: neither folded nor normalised, since Linux hosts tell such names apart. */
  readonly path: string;
  /** Where the content lies, free of links. */
  readonly absolute: string;
  readonly bytes: number;
  /** Whether its owner may run it: S3 keeps no modes, and a binary that cannot be started is no release. */
  readonly executable: boolean;
}

export interface FolderListing {
  /** In the order of their paths' UTF-16 units. */
  readonly files: readonly LocalFile[];
  /** Everything that keeps the folder from being deployed. */
  readonly problems: readonly string[];
}

/**
 * Every file below a folder. Nothing is passed over silently: hidden files count, a link to a file inside the folder
 * stands for that file, and what cannot be deployed (other links, sockets, pipes, devices, names that are no UTF-8 or
 * hold control characters) is a problem. Empty folders leave no trace, since a release is its files.
 */
export async function listFolder(folder: string): Promise<FolderListing> {
  const kind = await stat(folder).catch(() => undefined);
  if (kind === undefined) return { files: [], problems: [`${printable(folder)}: no such folder`] };
  if (!kind.isDirectory())
    return { files: [], problems: [`${printable(folder)}: is a file; DIR must be a folder`] };
  const walk: Walk = { root: await realpath(folder), files: [], problems: [] };
  await enter(walk, walk.root);
  if (walk.files.length === 0 && walk.problems.length === 0)
    walk.problems.push(`${printable(folder)}: holds no files; build the artifacts first`);
  walk.files.sort((one, other) => (one.path < other.path ? -1 : 1));
  return walk;
}

interface Walk {
  readonly root: string;
  readonly files: LocalFile[];
  readonly problems: string[];
}

async function enter(walk: Walk, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" }).catch(
    (error: unknown) => {
      walk.problems.push(`${printable(pathIn(walk, folder) || ".")}: ${reason(error)}`);
      return [];
    },
  );
  for (const entry of entries) {
    const absolute = join(folder, entry.name.toString("utf8"));
    const path = pathIn(walk, absolute);
    const badName = nameProblem(entry.name);
    if (badName === undefined) await look(walk, entry, { absolute, path });
    else walk.problems.push(`${printable(path)}: ${badName}`);
  }
}

interface Place {
  readonly absolute: string;
  readonly path: string;
}

async function look(walk: Walk, entry: Dirent<Buffer>, { absolute, path }: Place): Promise<void> {
  if (entry.isDirectory()) {
    await enter(walk, absolute);
    return;
  }
  const problem = entry.isSymbolicLink()
    ? await linkProblem(walk.root, absolute)
    : entry.isFile()
      ? undefined
      : "is neither file nor folder (a socket, pipe or device); remove it from the folder";
  if (problem !== undefined) {
    walk.problems.push(`${printable(path)}: ${problem}`);
    return;
  }
  try {
    const place = entry.isSymbolicLink() ? await realpath(absolute) : absolute;
    await access(place, constants.R_OK);
    const { size, mode } = await stat(place);
    if (size > LARGEST_FILE_BYTES)
      walk.problems.push(
        `${printable(path)}: has ${String(size)} bytes; at most ${String(LARGEST_FILE_BYTES)} fit`,
      );
    else walk.files.push({ path, absolute: place, bytes: size, executable: (mode & 0o100) !== 0 });
  } catch (error) {
    walk.problems.push(`${printable(path)}: ${reason(error)}`);
  }
}

/** Links to folders are refused even inside: they can go in circles, and a file would be stored under two names. */
async function linkProblem(root: string, link: string): Promise<string | undefined> {
  const target = await realpath(link).catch(() => undefined);
  if (target === undefined) return "is a link that leads nowhere; remove it or mend it";
  if (target !== root && !target.startsWith(root + sep))
    return `is a link to ${printable(target)}, outside the folder; copy the file into the folder`;
  return (await stat(target)).isFile()
    ? undefined
    : "is a link to something other than a file; only links to files inside the folder are followed";
}

function nameProblem(name: Buffer): string | undefined {
  if (!isUtf8(name)) return "its name is no UTF-8; rename it";
  return /\p{Cc}/u.test(name.toString("utf8")) ? "its name holds a control character; rename it" : undefined;
}

function pathIn({ root }: Walk, absolute: string): string {
  return relative(root, absolute).split(sep).join("/");
}

/** `ENOENT: no such file or directory, open '/x'` without its place, which the caller names. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+ '.*'$/, "");
}
