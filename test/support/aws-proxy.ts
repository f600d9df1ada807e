import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  request as requestTo,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import pLimit from "p-limit";
import { BudgetSubscribers } from "./aws-budget-subscribers.ts";

/** A request as a client sent it. */
export interface AwsRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What happens to a request: an answer of the proxy's own, the end of the connection before or after (`lose`) AWS
 * has done what was asked, silence, or nothing special.
 */
export type Rule = (request: AwsRequest) => AwsAnswer | "cut" | "lose" | "hold" | undefined;

/**
 * AWS's behaviour where it takes more than one answer to tell: it may ask the emulator, and answer in its place.
 * Undefined where a request is none of its business.
 */
export interface Imitation {
  /** What AWS does and the emulator does not, in a sentence: a row of docs/emulators.md. */
  readonly what: string;
  /** Where AWS says so. */
  readonly source: string;
  answer(request: AwsRequest, ask: Ask): Promise<AwsAnswer | undefined> | undefined;
}

/** Asks the emulator. */
export type Ask = (request: AwsRequest) => Promise<AwsAnswer>;

export interface AwsProxy {
  readonly url: string;
  /** Requests that reached the emulator, in the order of their arrival. */
  readonly passed: readonly AwsRequest[];
  /** Forgets what has passed, and every rule of a test. */
  clear(): void;
  /** A rule of the test's own, before those of AWS; the newest is asked first. */
  rule(rule: Rule): void;
  stop(): Promise<void>;
}

/**
 * A proxy before an emulator: it supplies what AWS does and the emulator does not (AWS_RULES), counts requests, and
 * lets a test fail some of them.
 *
 * @param target the emulator's address
 * @param imitations of services that only some tests need; the first that answers is heard
 */
export async function startAwsProxy(
  target: string,
  imitations: readonly Imitation[] = [],
): Promise<AwsProxy> {
  const passed: AwsRequest[] = [];
  const rules: Rule[] = [];
  const subscribers = new BudgetSubscribers();
  const oneByOne = pLimit(1);
  const forward = async (request: AwsRequest, response: ServerResponse) => {
    passed.push(request);
    const conditional = request.headers["if-none-match"] !== undefined;
    // S3 decides conditional writes one after the other ("Conditional writes"); moto looks and writes in two steps.
    await (conditional ? oneByOne(send, target, request, response) : send(target, request, response));
  };
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    const request: AwsRequest = { method, path, headers, body: await buffer(incoming) };
    const verdict = firstVerdict([...rules, ...AWS_RULES, subscribers.rule], request);
    if (verdict === "hold") return;
    if (verdict === "lose") await ask(target, request);
    if (verdict === "cut" || verdict === "lose") incoming.socket.destroy();
    else if (verdict !== undefined) reply(response, verdict);
    else {
      const imitated = await firstAnswer(imitations, request, (asked) => ask(target, asked));
      if (imitated === undefined) return forward(request, response);
      passed.push(request);
      reply(response, imitated);
    }
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      // A client that has gone is what some tests are about.
      incoming.socket.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    passed,
    clear() {
      passed.length = 0;
      rules.length = 0;
    },
    rule(rule) {
      rules.unshift(rule);
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function firstVerdict(rules: readonly Rule[], request: AwsRequest): ReturnType<Rule> {
  for (const rule of rules) {
    const verdict = rule(request);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function reply(response: ServerResponse, { status, headers, body }: AwsAnswer): void {
  response.writeHead(status, { "content-type": "application/xml", ...headers }).end(body);
}

async function firstAnswer(
  imitations: readonly Imitation[],
  request: AwsRequest,
  ask: Ask,
): Promise<AwsAnswer | undefined> {
  for (const imitation of imitations) {
    const answer = await imitation.answer(request, ask);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** The emulator's answer as text: for protocols of XML and JSON. */
async function ask(target: string, { method, path, headers, body }: AwsRequest): Promise<AwsAnswer> {
  const outgoing = requestTo(`${target}${path}`, {
    method,
    headers: { ...headers, "content-length": String(body.length) },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const { "content-type": type = "application/xml" } = answer.headers;
  return {
    status: answer.statusCode ?? 502,
    body: (await buffer(answer)).toString("utf8"),
    headers: { "content-type": type },
  };
}

/** @throws where either side ends the connection. */
async function send(target: string, { method, path, headers, body }: AwsRequest, response: ServerResponse) {
  const outgoing = requestTo(`${target}${path}`, { method, headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const content = await buffer(answer);
  response.writeHead(answer.statusCode ?? 502, compositeChecksum(answer.headers)).end(content);
}

/**
 * "Checking object integrity in Amazon S3": the checksum of an object of several parts ends in their number. moto
 * says so for GET, but not for HEAD.
 */
function compositeChecksum(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const checksum = headers["x-amz-checksum-sha256"];
  const parts = /-(\d+)"$/.exec(headers.etag ?? "")?.[1];
  if (headers["x-amz-checksum-type"] !== "COMPOSITE" || typeof checksum !== "string") return headers;
  if (parts === undefined || checksum.includes("-")) return headers;
  return { ...headers, "x-amz-checksum-sha256": `${checksum}-${parts}` };
}

export function s3Error(status: number, code: string, message: string): AwsAnswer {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}

/** What AWS does and moto does not. Each rule names where AWS says so. */
const AWS_RULES: readonly Rule[] = [
  // "Checking object integrity for data uploads in Amazon S3": content that does not match its checksum is refused.
  ({ headers, body }) => {
    const said = headers["x-amz-checksum-sha256"];
    if (said === undefined) return undefined;
    const actual = createHash("sha256").update(body).digest("base64");
    return said === actual
      ? undefined
      : s3Error(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.");
  },
  // "Verifying bucket ownership with bucket owner condition": another owner than the expected one is refused.
  ({ headers }) => {
    const owner = headers["x-amz-expected-bucket-owner"];
    return owner === undefined || owner === "123456789012"
      ? undefined
      : s3Error(403, "AccessDenied", "Access Denied");
  },
];
