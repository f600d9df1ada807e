import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { parse } from "yaml";
import { skipWithoutGitHubProvider } from "../engine.ts";
import type { EngineRun } from "../engine-events.ts";
import { NPM_INSTALL_LIMIT, orSkip } from "../npm-tools.ts";
import { loadContract } from "./contract.ts";
import { startGitHub, type GitHubStandIn } from "./server.ts";

/** The provider waits a second after each write, and after each question by GraphQL, to spare github.com. */
export const QUICK = { "github:writeDelayMs": 0 } as const;

/**
 * For the `before` hook of a suite with the real GitHub provider: a GitHub that checks every request and every answer
 * against GitHub's published descriptions, or a visible skip.
 */
export async function startForEngine(context: Mocha.Context): Promise<GitHubStandIn> {
  skipWithoutGitHubProvider(context);
  context.timeout(NPM_INSTALL_LIMIT);
  return startGitHub({ contract: await orSkip(context, loadContract()) });
}

const repositoryShape = z.looseObject({ secrets: z.record(z.string(), z.unknown()).default({}) });
const stackFile = z.object({
  config: z.looseObject({
    "proving-ground:governance": z.looseObject({ repositories: z.record(z.string(), repositoryShape) }),
  }),
});

type RepositoryDocument = z.output<typeof repositoryShape>;

/** The configuration of a stack file with changes to its repositories, for `EngineWorkspace.configure`. */
export function governanceOf(
  file: string,
  changes: Readonly<Record<string, (repository: RepositoryDocument) => Partial<RepositoryDocument>>>,
): Record<string, unknown> {
  const { config } = stackFile.parse(parse(readFileSync(file, "utf8")));
  const { repositories, ...governance } = config["proving-ground:governance"];
  const changed = Object.entries(repositories).map(([name, repository]) => [
    name,
    { ...repository, ...changes[name]?.(repository) },
  ]);
  const own = Object.entries(config).filter(([key]) => key.startsWith("proving-ground:"));
  return {
    ...Object.fromEntries(own),
    "proving-ground:governance": { ...governance, repositories: Object.fromEntries(changed) as unknown },
  };
}

/** All that a run told, for an assertion's message. */
export function told({ diagnostics, stdout, stderr }: EngineRun): string {
  return [...diagnostics, stdout, stderr].join("\n");
}

/** What the steps do, without components and what stays: `update ActionsRepositoryPermissions`, sorted. */
export function changesIn({ steps }: EngineRun): readonly string[] {
  return steps
    .filter(({ op, custom }) => custom && op !== "same" && op !== "refresh" && op !== "read")
    .map(({ op, type }) => `${op} ${type.split(":").at(-1) ?? type}`)
    .sort();
}

/** @throws AssertionError for undefined: what a test goes on with is not there */
export function present<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, "the suite did not start, or GitHub does not hold it");
  return value;
}
