import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

/** DynamoDB and EC2 Auto Scaling on loopback, as far as the dead man's switch calls them. */
export interface StandInGuard {
  readonly url: string;
  /** Milliseconds in the heartbeat's item; undefined: there is no item. */
  heartbeat: number | undefined;
  /** What DynamoDB does: answer, refuse, or say nothing. */
  table: "answers" | "refuses" | "hangs";
  /** Refuse to change groups, as a role without the right is refused. */
  denyGroups: boolean;
  /** Items asked for, as `table pk/sk`, with `consistent` where the read was. */
  readonly reads: string[];
  /** Changes of groups, as `group=desired`. */
  readonly changes: string[];
  /** Requests refused because their signature's time was too far off. */
  skewed: number;
  close(): Promise<void>;
}

/** AWS refuses signatures older or newer than this ("Elements of an AWS API request signature"). */
const MOST_SKEW_MS = 5 * 60_000;

export async function standInGuard(): Promise<StandInGuard> {
  const server = createServer((request, response) => {
    void serve(guard, request, response);
  });
  const guard: StandInGuard = {
    url: await listen(server),
    heartbeat: 1_000,
    table: "answers",
    denyGroups: false,
    reads: [],
    changes: [],
    skewed: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return guard;
}

async function serve(guard: StandInGuard, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const isTable = String(request.headers["x-amz-target"] ?? "").startsWith("DynamoDB_");
  if (isTable && guard.table === "hangs") return;
  const answer = isSkewed(request)
    ? refusal(isTable, isTable ? "InvalidSignatureException" : "SignatureDoesNotMatch", "Signature expired")
    : isTable
      ? itemOf(guard, body)
      : change(guard, new URLSearchParams(body));
  if (isSkewed(request)) guard.skewed += 1;
  response.writeHead(answer.status, { "content-type": answer.type }).end(answer.text);
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const JSON_TYPE = "application/x-amz-json-1.0";

function isSkewed({ headers }: IncomingMessage): boolean {
  const [, ...parts] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers["x-amz-date"] ?? "")) ?? [];
  const [year = 0, month = 1, ...rest] = parts.map(Number);
  return Math.abs(Date.UTC(year, month - 1, ...rest) - Date.now()) > MOST_SKEW_MS;
}

function itemOf(guard: StandInGuard, body: string): Answer {
  const { TableName, Key, ConsistentRead } = JSON.parse(body) as {
    TableName: string;
    Key: { pk: { S: string }; sk: { S: string } };
    ConsistentRead?: boolean;
  };
  guard.reads.push(`${TableName} ${Key.pk.S}/${Key.sk.S}${ConsistentRead === true ? " consistent" : ""}`);
  if (guard.table === "refuses") return refusal(true, "AccessDeniedException", "not authorized");
  const item = guard.heartbeat === undefined ? {} : { Item: { ...Key, at: { N: String(guard.heartbeat) } } };
  return { status: 200, type: JSON_TYPE, text: JSON.stringify(item) };
}

function change(guard: StandInGuard, form: URLSearchParams): Answer {
  if (form.get("Action") !== "SetDesiredCapacity")
    throw new Error(`unexpected call ${form.get("Action") ?? ""}`);
  if (guard.denyGroups)
    return refusal(false, "AccessDenied", "not authorized to perform: autoscaling:SetDesiredCapacity");
  guard.changes.push(`${form.get("AutoScalingGroupName") ?? ""}=${form.get("DesiredCapacity") ?? ""}`);
  const text = '<SetDesiredCapacityResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>';
  return { status: 200, type: "text/xml", text };
}

function refusal(asJson: boolean, code: string, message: string): Answer {
  return asJson
    ? { status: 400, type: JSON_TYPE, text: JSON.stringify({ __type: code, message }) }
    : {
        status: 403,
        type: "text/xml",
        text: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      };
}
