import { codeOwnersText } from "../../infra/components/governance-repository-code-owners.ts";
import type { RepositorySettings } from "../../infra/settings/governance.ts";
import { absentAsUndefined, type Place } from "./github-place.ts";

const PATH = ".github/CODEOWNERS";

/**
 * How the file differs from the one the stack writes, line by line.
 *
 * @param branch the file is on; undefined for the repository's default one
 */
export async function codeOwnerDifferences(
  { client, owner, repo, live }: Place,
  planned: NonNullable<RepositorySettings["codeOwners"]>,
  branch: string | undefined,
): Promise<string[]> {
  const ref = branch ?? live.default_branch;
  const answer = await absentAsUndefined(client.repos.getContent({ owner, repo, path: PATH, ref }));
  if (answer === undefined) return [`${PATH} is missing on ${ref}`];
  const { data } = answer;
  if (Array.isArray(data) || data.type !== "file") return [`${PATH} on ${ref} is no file`];
  return lineDifferences(Buffer.from(data.content, "base64").toString("utf8"), codeOwnersText(planned));
}

/** Lines that only one of the two texts has; where both have the same ones, their order, since the last match counts. */
export function lineDifferences(live: string, planned: string): string[] {
  const there = linesOf(live);
  const here = linesOf(planned);
  const lines = [
    ...here.filter((line) => !there.includes(line)).map((line) => `line missing: ${line}`),
    ...there.filter((line) => !here.includes(line)).map((line) => `line not of the stack: ${line}`),
  ];
  if (lines.length > 0 || there.join("\n") === here.join("\n")) return lines;
  return ["its lines are repeated or in another order, and the last match counts"];
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}
