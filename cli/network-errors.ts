/**
 * What Node and its `fetch` call a server that was not reached: no such name, no way to it, no answer, no certificate
 * that can be trusted. Source: Node's "Common system errors" and "DNS error codes", undici's error classes.
 */
const CODES: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

export const NETWORK_FIX =
  "Check the network; behind a proxy set HTTPS_PROXY, and NODE_USE_ENV_PROXY=1 so that Node takes it.";

/**
 * Which server was not reached and why, on one line; undefined for any other error. GitHub's client gives such an error
 * the status 500, as if GitHub had answered, and keeps the reason as its cause.
 */
export function unreachable(error: unknown): string | undefined {
  const chain = [...causesOf(error)];
  const reason = chain.find(({ code }) => code !== undefined && CODES.has(code));
  if (reason === undefined) return undefined;
  const server = chain.map(serverOf).find((name) => name !== undefined) ?? "a server";
  const text = reason.message === "" ? reason.code : (reason.message.split("\n", 1)[0] ?? "");
  return `${server} cannot be reached (${String(text)})`;
}

interface Cause {
  readonly message: string;
  readonly code: string | undefined;
  readonly error: Error;
}

/** The error and what it came from; of several attempts at once the first. */
function* causesOf(error: unknown, depth = 0): Generator<Cause> {
  // Deeper than any client nests, and an end to errors that name themselves.
  if (!(error instanceof Error) || depth > 8) return;
  yield { message: error.message, code: textOf(error, "code"), error };
  if (error instanceof AggregateError) yield* causesOf(error.errors[0], depth + 1);
  yield* causesOf(error.cause, depth + 1);
}

function serverOf({ error }: Cause): string | undefined {
  const request: unknown = "request" in error ? error.request : undefined;
  const url = textOf(request, "url");
  if (url !== undefined && URL.canParse(url)) return new URL(url).host;
  const address = textOf(error, "hostname") ?? textOf(error, "address");
  const port: unknown = "port" in error ? error.port : undefined;
  return address === undefined || typeof port !== "number" ? address : `${address}:${String(port)}`;
}

function textOf(value: unknown, key: "address" | "code" | "hostname" | "url"): string | undefined {
  const text: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  return typeof text === "string" ? text : undefined;
}
