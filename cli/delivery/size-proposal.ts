import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { SizeName } from "../../model/sizes.ts";
import type { GitHub } from "../github-client.ts";
import { readStack } from "../stack-options.ts";
import { propose } from "./propose.ts";
import type { RepositoryName } from "./repository.ts";
import { resize } from "./size.ts";

/** Where a size that differs is proposed. */
export interface ProposalTarget {
  readonly client: GitHub;
  readonly repository: RepositoryName;
  /** Commit that is checked out. */
  readonly commit: string;
  readonly base: string;
}

/**
 * Compares the wanted size with the committed one. One that differs is never deployed from an input, which nobody
 * reviewed and the next deployment would undo: it is proposed as a change of the stack file.
 *
 * @returns what a person should do; undefined where the size is the committed one
 * @throws StackFileError, SettingsError (exit code 2), UnknownStackError (exit code 6)
 */
export async function proposeSize(
  stack: string,
  size: SizeName,
  target: ProposalTarget | undefined,
): Promise<string | undefined> {
  const { path } = readStack({ stack });
  const { before, text } = resize(readFileSync(path, "utf8"), size, path);
  if (before === size) return undefined;
  const differs = `${path} says size ${before}, asked for was ${size}; nothing has been deployed.`;
  if (target === undefined) return `${differs}\nChange the stack file by a pull request, then deploy again.`;
  const { client, repository, commit, base } = target;
  const url = await propose(client, repository, {
    path: basename(path),
    text,
    branch: `size/${stack}-${size}`,
    base,
    commit,
    title: `Set the cluster of ${stack} to ${size}`,
    body: [
      `A deployment of \`${stack}\` asked for the size \`${size}\`; the stack file says \`${before}\`.`,
      "",
      "Once this is merged, start the deployment again with the size as committed. The comment below shows what it",
      "costs. Where no check starts, close and reopen this pull request: GitHub runs none for its own token's.",
    ].join("\n"),
  });
  return `${differs}\nMerge ${url}, then deploy again.`;
}
