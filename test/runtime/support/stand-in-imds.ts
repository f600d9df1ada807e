import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

/** The instance metadata service on loopback, IMDSv2 only, as a launch template with `httpTokens: required` makes it. */
export interface StandInImds {
  readonly url: string;
  /** Requests as `METHOD path`, with `without token` where there was none. */
  readonly requests: string[];
  /** Requests that are dropped or answered with a status before the service works. */
  readonly troubles: (number | "drop")[];
  /** Tokens given so far count as expired. */
  expireTokens(): void;
  /** The next token is worthless as soon as it is given. */
  expireNextToken: boolean;
  document: string;
  close(): Promise<void>;
}

export const IDENTITY_DOCUMENT = {
  accountId: "123456789012",
  architecture: "x86_64",
  availabilityZone: "us-west-2b",
  imageId: "ami-0123456789abcdef0",
  instanceId: "i-0aaaaaaaaaaaaaaa1",
  instanceType: "i4i.2xlarge",
  pendingTime: "2026-03-01T07:59:30Z",
  privateIp: "10.20.1.17",
  region: "us-west-2",
  version: "2017-09-30",
};

export async function standInImds(): Promise<StandInImds> {
  const valid = new Set<string>();
  let given = 0;
  const answer = (response: ServerResponse, status: number, body = ""): void => {
    response.writeHead(status, { "content-type": "text/plain" }).end(body);
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const token = request.headers["x-aws-ec2-metadata-token"];
    const line = `${request.method ?? ""} ${request.url ?? ""}`;
    imds.requests.push(request.method === "GET" && token === undefined ? `${line} without token` : line);
    const trouble = imds.troubles.shift();
    if (trouble === "drop") request.socket.destroy();
    else if (trouble !== undefined) answer(response, trouble);
    else if (line === "PUT /latest/api/token") {
      const ttl = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      if (!(ttl >= 1 && ttl <= 21_600)) {
        answer(response, 400);
        return;
      }
      const fresh = `token-${String((given += 1))}`;
      if (!imds.expireNextToken) valid.add(fresh);
      imds.expireNextToken = false;
      answer(response, 200, fresh);
    } else if (typeof token !== "string" || !valid.has(token)) answer(response, 401);
    else if (line === "GET /latest/dynamic/instance-identity/document") answer(response, 200, imds.document);
    else answer(response, 404);
  };
  const server = createServer(handle);
  const imds: StandInImds = {
    url: await listen(server),
    requests: [],
    troubles: [],
    expireTokens: () => {
      valid.clear();
    },
    expireNextToken: false,
    document: JSON.stringify(IDENTITY_DOCUMENT),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return imds;
}
