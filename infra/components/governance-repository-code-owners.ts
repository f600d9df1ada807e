import type { RepositorySettings } from "../settings/governance.ts";

/** A CODEOWNERS file. Later lines win, so the order of the settings is kept. Source: GitHub Docs, "About code owners". */
export function codeOwnersText(owners: NonNullable<RepositorySettings["codeOwners"]>): string {
  const lines = Object.entries(owners).map(([pattern, names]) =>
    [pattern.replaceAll(" ", "\\ "), ...names].join(" "),
  );
  return ["# Written from the stack file: change it there.", ...lines, ""].join("\n");
}
