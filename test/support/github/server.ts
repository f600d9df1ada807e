import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Refusal, type Answer } from "./answers.ts";
import { Call } from "./call.ts";
import type { Contract } from "./contract.ts";
import { isWrite, type LoggedRequest, type PlantedAnswer } from "./requests.ts";
import { Router } from "./routing.ts";
import { ROUTES } from "./routes.ts";
import { acceptedScopes } from "./scopes.ts";
import { sealingReady } from "./sealing.ts";
import { GitHubState, sha1 } from "./state.ts";

export interface GitHubOptions {
  /**
   * GitHub's published descriptions of its APIs, from `loadContract()`. With it every request and every answer is
   * checked, and GraphQL is answered; without it GraphQL is refused with 501.
   */
  readonly contract?: Contract;
  /** Default: the clock of this machine. */
  readonly now?: () => Date;
}

/** Requests an hour for one user. Source: "Rate limits for the REST API". */
const HOURLY_LIMIT = 5000;

/** Starts a GitHub on loopback that holds nothing yet: `state.addOwner`, `addRepository`, `addToken`. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubStandIn> {
  await sealingReady();
  const standIn = new GitHubStandIn(options);
  await standIn.listen();
  return standIn;
}

export class GitHubStandIn {
  readonly state: GitHubState;
  /** Everything since the start, for what must never have been sent. */
  readonly allRequests: LoggedRequest[] = [];
  /** Where requests or answers differ from GitHub's published descriptions; `close` fails unless it is empty. */
  readonly problems: string[] = [];
  readonly #contract: Contract | undefined;
  readonly #now: () => Date;
  readonly #router = new Router(ROUTES);
  readonly #server: Server;
  #forgotten = 0;
  readonly #planted: { match: (route: string) => boolean; answer: PlantedAnswer; left: number }[] = [];

  constructor({ contract, now = () => new Date() }: GitHubOptions) {
    this.#now = now;
    this.state = new GitHubState(now);
    this.#contract = contract;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.problems.push(
          `the stand-in failed: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
        );
        response.writeHead(500).end();
      });
    });
  }

  /** Address of the REST API, without a slash at the end; GraphQL is below it at `/graphql`. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the GitHub stand-in is closed");
    return `http://127.0.0.1:${String(address.port)}`;
  }

  /** Since the start or `forget`. */
  get requests(): readonly LoggedRequest[] {
    return this.allRequests.slice(this.#forgotten);
  }

  /** Requests that could have changed something, refused ones among them. */
  get writes(): readonly LoggedRequest[] {
    return this.requests.filter(isWrite);
  }

  /** What was changed through the API since the start or `forget`, as `METHOD PATH` or the mutation. */
  get changes(): readonly string[] {
    return this.writes
      .filter(({ refused }) => !refused)
      .flatMap(({ method, path, mutations }) => (mutations.length > 0 ? mutations : [`${method} ${path}`]));
  }

  /** Leaves the requests so far out of `requests`, `writes` and `changes`. */
  forget(): void {
    this.#forgotten = this.allRequests.length;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
  }

  /**
   * Plants an answer for a route (`PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}`), or for every route that
   * a pattern matches.
   *
   * @returns takes it back
   */
  fail(route: string | RegExp, answer: PlantedAnswer): () => void {
    const match =
      typeof route === "string" ? (name: string) => name === route : (name: string) => route.test(name);
    const planted = { match, answer, left: answer.times ?? Infinity };
    this.#planted.push(planted);
    return () => {
      planted.left = 0;
    };
  }

  /** @throws Error that lists what differed from GitHub's published descriptions */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.problems.length > 0)
      throw new Error(
        `against GitHub's published API descriptions:\n${[...new Set(this.problems)].join("\n")}`,
      );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    // Clients that take another host than api.github.com for an Enterprise Server put /api before the path.
    const target = (request.url ?? "/")
      .replace(/^\/api\/v3(?=\/|$)/, "")
      .replace(/^\/api\/graphql/, "/graphql");
    const address = new URL(target, this.url);
    const text = await textOf(request);
    const path = this.#currentPath(address.pathname);
    const match = this.#router.match(method, path);
    const isGraphQL = method === "POST" && path === "/graphql";
    const route = isGraphQL ? "POST /graphql" : match?.route;
    const body = text === "" ? undefined : parsed(text);
    const bearer = /^(?:bearer|token)\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const token = bearer === undefined ? undefined : this.state.tokens.get(bearer);
    let mutations: readonly string[] = [];
    const planted = this.#plantedFor(route);
    let answer = planted;
    if (answer === undefined) {
      try {
        if (bearer !== undefined && token === undefined) throw new Refusal(401, "Bad credentials");
        if (isGraphQL) {
          if (this.#contract === undefined)
            throw new Refusal(501, "GraphQL needs `contract`: startGitHub({contract: await loadContract()})");
          if (token === undefined) throw new Refusal(401, "This endpoint requires you to be authenticated.");
          const result = await this.#contract.graphql.answer(this.state, token, body);
          this.problems.push(...result.problems);
          mutations = result.mutations;
          answer = { status: 200, body: result.body };
        } else {
          if (match === undefined) throw new Refusal(404, "Not Found");
          const { parameters, handler } = match;
          const accept = request.headers.accept ?? "";
          const { state, url } = this;
          answer = handler(
            new Call({ state, url, method, parameters, query: address.searchParams, body, accept, token }),
          );
        }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        answer = error.answer;
      }
    }
    const rendered = render(answer, address);
    this.allRequests.push({
      method,
      path: `${path}${address.search}`,
      route,
      body: text,
      status: rendered.status,
      mutations,
      refused: rendered.status >= 400 || (isGraphQL && hasErrors(rendered.body)),
    });
    if (this.#contract !== undefined && !isGraphQL)
      this.problems.push(
        ...this.#contract.rest.check({
          method,
          path,
          route,
          query: address.searchParams,
          parameters: match?.parameters ?? {},
          body,
          status: rendered.status,
          answer: rendered.body,
          planted: planted !== undefined,
        }),
      );
    this.#send(request, response, rendered, token?.scopes, route);
  }

  /**
   * The form by numeric id, which GitHub no longer documents and still answers, as the documented one; and the root
   * folder, whose path is empty.
   */
  #currentPath(path: string): string {
    if (/^\/repos\/[^/]+\/[^/]+\/contents$/.test(path)) return `${path}/`;
    const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const found = this.state.repositories.find((repository) => String(repository.id) === id);
    return found === undefined ? path : `/repos/${found.owner.login}/${found.name}${rest}`;
  }

  #plantedFor(route: string | undefined): Answer | undefined {
    const planted = this.#planted.find(({ match, left }) => left > 0 && route !== undefined && match(route));
    if (planted === undefined) return undefined;
    planted.left -= 1;
    const { status, message, headers } = planted.answer;
    return new Refusal(
      status,
      message ?? `planted ${String(status)}`,
      headers === undefined ? {} : { headers },
    ).answer;
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    { status, body, headers }: Rendered,
    scopes: readonly string[] | undefined,
    route: string | undefined,
  ): void {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    const etag = `W/"${sha1(text)}"`;
    const resetAt = Math.floor(this.#now().getTime() / 1000) + 3600;
    const all: Record<string, string> = {
      "content-type": "application/json; charset=utf-8",
      "x-ratelimit-limit": String(HOURLY_LIMIT),
      "x-ratelimit-remaining": String(Math.max(0, HOURLY_LIMIT - this.allRequests.length)),
      "x-ratelimit-used": String(this.allRequests.length),
      "x-ratelimit-reset": String(resetAt),
      "x-ratelimit-resource": route === "POST /graphql" ? "graphql" : "core",
      "x-github-api-version-selected": "2022-11-28",
      date: this.#now().toUTCString(),
      ...(scopes === undefined
        ? {}
        : { "x-oauth-scopes": scopes.join(", "), "x-accepted-oauth-scopes": acceptedScopes(route) }),
      ...(status === 200 && request.method === "GET" ? { etag } : {}),
      ...headers,
    };
    if (all["etag"] !== undefined && request.headers["if-none-match"] === all["etag"]) {
      response.writeHead(304, all).end();
      return;
    }
    response.writeHead(status, all).end(status === 204 || request.method === "HEAD" ? undefined : text);
  }
}

function hasErrors(body: unknown): boolean {
  return typeof body === "object" && body !== null && "errors" in body;
}

interface Rendered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Cuts a list into the page that was asked for. Source: "Using pagination in the REST API". */
function render({ status, body, headers = {}, page }: Answer, address: URL): Rendered {
  if (page === undefined) return { status, body, headers };
  const size = Math.min(100, Math.max(1, Number(address.searchParams.get("per_page") ?? 30)));
  const number = Math.max(1, Number(address.searchParams.get("page") ?? 1));
  const last = Math.max(1, Math.ceil(page.items.length / size));
  const items = page.items.slice((number - 1) * size, number * size);
  const link = (target: number, relation: string): string => {
    const to = new URL(address);
    to.searchParams.set("page", String(target));
    return `<${to.href}>; rel="${relation}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, "prev"), link(1, "first")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
  ];
  return {
    status,
    body: page.under === undefined ? items : { total_count: page.items.length, [page.under]: items },
    headers: links.length === 0 ? headers : { ...headers, link: links.join(", ") },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
