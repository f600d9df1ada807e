import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

/** Systems Manager and Route 53 on loopback, as far as a booting host calls them. */
export interface StandInAws {
  readonly url: string;
  readonly parameters: Map<string, string>;
  /** Every value written, in order. */
  readonly written: string[];
  /** Bodies of record changes, with the zone's path. */
  readonly recordChanges: { readonly path: string; readonly body: string }[];
  /** Refuse record changes, as a role without the right to them is refused. */
  denyRecords: boolean;
  close(): Promise<void>;
}

interface Call {
  readonly target: string;
  readonly path: string;
  readonly body: string;
}

export async function standInAws(): Promise<StandInAws> {
  const server = createServer((request, response) => {
    void serve(aws, request, response);
  });
  const aws: StandInAws = {
    url: await listen(server),
    parameters: new Map(),
    written: [],
    recordChanges: [],
    denyRecords: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return aws;
}

async function serve(aws: StandInAws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const call = { target: String(request.headers["x-amz-target"] ?? ""), path: request.url ?? "", body };
  const { status, type, text } = call.target.startsWith("AmazonSSM.")
    ? systemsManager(aws, call)
    : route53(aws, call);
  response.writeHead(status, { "content-type": type }).end(text);
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function systemsManager(aws: StandInAws, { target, body }: Call): Answer {
  const input = JSON.parse(body) as { Name: string; Value?: string; Overwrite?: boolean; Type?: string };
  const type = "application/x-amz-json-1.1";
  if (target === "AmazonSSM.GetParameter") {
    const value = aws.parameters.get(input.Name);
    return value === undefined
      ? { status: 400, type, text: JSON.stringify({ __type: "ParameterNotFound", message: "" }) }
      : {
          status: 200,
          type,
          text: JSON.stringify({ Parameter: { Name: input.Name, Value: value, Type: "String" } }),
        };
  }
  if (target !== "AmazonSSM.PutParameter" || input.Value === undefined)
    throw new Error(`unexpected call ${target}`);
  if (aws.parameters.has(input.Name) && input.Overwrite !== true) {
    return { status: 400, type, text: JSON.stringify({ __type: "ParameterAlreadyExists", message: "" }) };
  }
  aws.parameters.set(input.Name, input.Value);
  aws.written.push(input.Value);
  return { status: 200, type, text: JSON.stringify({ Version: aws.written.length, Tier: "Standard" }) };
}

const XMLNS = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

function route53(aws: StandInAws, { path, body }: Call): Answer {
  const type = "text/xml";
  if (aws.denyRecords) {
    const text = `<ErrorResponse ${XMLNS}><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: route53:ChangeResourceRecordSets</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
    return { status: 403, type, text };
  }
  aws.recordChanges.push({ path, body });
  const text = `<ChangeResourceRecordSetsResponse ${XMLNS}><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status><SubmittedAt>2026-03-01T08:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`;
  return { status: 200, type, text };
}
