import { InvalidArgumentError } from "commander";
import type { GitHub } from "../github-client.ts";

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** `OWNER/NAME` of a command line. */
export function repositoryName(value: string): RepositoryName {
  const [, owner, repo] = /^([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))\/([\w.-]{1,100})$/.exec(value) ?? [];
  if (owner === undefined || repo === undefined)
    throw new InvalidArgumentError("It must be OWNER/NAME, for example example-org/example.");
  return { owner, repo };
}

/** A whole number above zero: of a pull request, an issue. */
export function positiveNumber(value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError("It must be a number, 1 or more.");
  return Number(value);
}

/**
 * Login under which the token writes. The token of Actions may not ask who it is, and writes as github-actions[bot].
 */
export async function loginOf(client: GitHub, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (environment["GITHUB_ACTIONS"] === "true") return "github-actions[bot]";
  return (await client.rest.users.getAuthenticated()).data.login;
}
