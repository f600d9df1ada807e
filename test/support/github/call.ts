import type { z } from "zod";
import { invalid, notFound, Refusal, type Answer } from "./answers.ts";
import type { GitHubState } from "./state.ts";
import type { Environment, Owner, Repository, Token } from "./state-types.ts";

export type Handler = (call: Call) => Answer;

/** Handlers by method and path as GitHub's OpenAPI description writes them: `GET /repos/{owner}/{repo}`. */
export type Routes = Readonly<Record<string, Handler>>;

export interface CallParts {
  readonly state: GitHubState;
  /** Address of the stand-in, without a slash at the end. */
  readonly url: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  /** Undefined: nobody is signed in. */
  readonly token: Token | undefined;
}

/** One request to a handler, and what handlers ask of it. */
export class Call {
  readonly state: GitHubState;
  readonly url: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly token: Token | undefined;
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
    ({ state: this.state, url: this.url, query: this.query, accept: this.accept, token: this.token } = parts);
  }

  parameter(name: string): string {
    const value = this.#parts.parameters[name];
    if (value === undefined) throw new Error(`the route has no parameter ${name}`);
    return value;
  }

  /** @throws Refusal (422) where the body is not of that shape. */
  read<Shape extends z.ZodType>(shape: Shape): z.output<Shape> {
    const result = shape.safeParse(this.#parts.body ?? {});
    if (result.success) return result.data;
    const fields = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw invalid(`Invalid request.\n\n${fields.join("\n")}`);
  }

  /** @throws Refusal (401) where nobody is signed in. */
  user(): Owner {
    if (this.token === undefined) throw new Refusal(401, "Requires authentication");
    return this.state.owner(this.token.login);
  }

  /** @throws Refusal (404) */
  owner(parameter: string, kind?: Owner["kind"]): Owner {
    const owner = this.state.owners.get(this.parameter(parameter).toLowerCase());
    if (owner === undefined || (kind !== undefined && owner.kind !== kind)) throw notFound();
    return owner;
  }

  /** True where the token has the scope; a fine-grained token has permissions instead, and passes here. */
  has(scope: string): boolean {
    if (this.token === undefined) return false;
    return this.token.scopes?.includes(scope) ?? true;
  }

  /**
   * The repository of the path, for reading, or for whatever the method does.
   *
   * @throws Refusal 404 where there is none or the token may not see it, 403 where it may only read it
   */
  repository(): Repository {
    const found = this.state.findRepository(`${this.parameter("owner")}/${this.parameter("repo")}`);
    if (found === undefined) throw notFound();
    const isPublic = found.settings.visibility === "public";
    if (!isPublic && !this.has("repo")) throw notFound();
    if (!READING.has(this.#parts.method)) {
      this.user();
      if (!this.has("repo") && !(isPublic && this.has("public_repo")))
        throw new Refusal(403, "Must have admin rights to Repository.");
      if (found.settings.archived && this.#parts.method !== "PATCH" && this.#parts.method !== "DELETE")
        throw new Refusal(403, "Repository was archived so is read-only.");
    }
    return found;
  }

  /** What only administrators may even read: settings of Actions, secrets, protection. */
  administered(): Repository {
    const repository = this.repository();
    this.user();
    if (!this.has("repo") && !this.has("public_repo"))
      throw new Refusal(403, "Must have admin rights to Repository.");
    return repository;
  }

  /** @throws Refusal (404) */
  environment(repository: Repository): Environment {
    return found(repository.environments.get(decodeURIComponent(this.parameter("environment_name"))));
  }
}

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** @throws Refusal (404) for undefined */
export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw notFound();
  return value;
}
