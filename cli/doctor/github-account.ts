import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { GitHub } from "../github-client.ts";
import { Blocked, NoCredentials, statusOf } from "./check.ts";

export type Repository = RestEndpointMethodTypes["repos"]["get"]["response"]["data"];

/** What a token is, as its first answer tells. */
export interface Token {
  /** Scopes of a classic token, from the header `X-OAuth-Scopes`; undefined for fine-grained and App tokens, which have none. */
  readonly scopes: readonly string[] | undefined;
  /** Undefined for the token of an App's installation or of a workflow, which is nobody's. */
  readonly login: string | undefined;
  /** Name of the user's own plan, where the token may see it. */
  readonly plan: string | undefined;
}

/** GitHub behind the token, each thing asked for once however many checks build on it. */
export class GitHubAccount {
  readonly client: GitHub | undefined;
  #token: Promise<Token> | undefined;
  readonly #repositories = new Map<string, Promise<Repository | undefined>>();

  /** @param client undefined where no token is set */
  constructor(client: GitHub | undefined) {
    this.client = client;
  }

  /** @throws NoCredentials where there is no token, or GitHub does not know it. */
  token(): Promise<Token> {
    this.#token ??= this.#ask();
    return this.#token;
  }

  /** @throws Blocked where there is no usable token. */
  async ready(): Promise<GitHub> {
    try {
      await this.token();
    } catch (error) {
      if (!(error instanceof NoCredentials)) throw error;
      throw new Blocked("needs a GitHub token, see above", { cause: "credentials" });
    }
    return this.#connected();
  }

  /** Undefined where there is none, or the token may not see it: GitHub does not tell these apart. */
  repository(owner: string, repo: string): Promise<Repository | undefined> {
    const key = `${owner}/${repo}`;
    const known = this.#repositories.get(key) ?? this.#find(owner, repo);
    this.#repositories.set(key, known);
    return known;
  }

  /** @throws Blocked where the repository is not there: its own line says so. */
  async existing(owner: string, repo: string): Promise<Repository> {
    await this.ready();
    const found = await this.repository(owner, repo);
    if (found === undefined) throw new Blocked("the repository is not there, see above");
    return found;
  }

  async #ask(): Promise<Token> {
    const client = this.#connected();
    try {
      const { data, headers } = await client.users.getAuthenticated();
      return { scopes: scopesOf(headers["x-oauth-scopes"]), login: data.login, plan: data.plan?.name };
    } catch (error) {
      // The token of an installation is good and has no user.
      if (statusOf(error) === 403) return { scopes: undefined, login: undefined, plan: undefined };
      if (statusOf(error) !== 401) throw error;
      throw new NoCredentials(
        "GitHub does not know the token (401): it is wrong, expired or revoked",
        'Set another one, for example GITHUB_TOKEN="$(gh auth token)".',
      );
    }
  }

  async #find(owner: string, repo: string): Promise<Repository | undefined> {
    try {
      return (await this.#connected().repos.get({ owner, repo })).data;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  #connected(): GitHub {
    if (this.client !== undefined) return this.client;
    throw new NoCredentials(
      "no token: neither GITHUB_TOKEN nor GH_TOKEN is set",
      'Set GITHUB_TOKEN, for example GITHUB_TOKEN="$(gh auth token)".',
    );
  }
}

function scopesOf(header: unknown): readonly string[] | undefined {
  if (typeof header !== "string") return undefined;
  return header
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}
