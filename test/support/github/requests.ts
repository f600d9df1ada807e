/** One request as it came, and what it got. */
export interface LoggedRequest {
  readonly method: string;
  /** Without `/api/v3`, with the query. */
  readonly path: string;
  /** Method and path as GitHub's OpenAPI description writes them; undefined where nothing answers. */
  readonly route: string | undefined;
  readonly body: string;
  readonly status: number;
  /** Names of the mutations of a GraphQL request. */
  readonly mutations: readonly string[];
  /** GitHub said no: by its status, or by errors beside the data of GraphQL. */
  readonly refused: boolean;
}

/** Whether a request could have changed something: what must be empty where nothing was to be touched. */
export function isWrite({ method, route, mutations }: LoggedRequest): boolean {
  if (route === "POST /graphql") return mutations.length > 0;
  return method !== "GET" && method !== "HEAD";
}

export interface PlantedAnswer {
  readonly status: number;
  /** Default: the text of the status. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often; default: until taken back. */
  readonly times?: number;
}

/** What a spent rate limit looks like. Source: "Rate limits for the REST API", exceeding the limit. */
export function rateLimited(resetAt: Date, options: { times?: number } = {}): PlantedAnswer {
  return {
    status: 403,
    message: "API rate limit exceeded for user ID 1001.",
    headers: {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.ceil(resetAt.getTime() / 1000)),
    },
    ...options,
  };
}
