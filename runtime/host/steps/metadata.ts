import { isIPv4 } from "node:net";
import { z } from "zod";
import type { Host, HttpRequest, HttpResponse } from "../host.ts";

/** Link-local address of the instance metadata service. */
export const METADATA_URL = "http://169.254.169.254";

/** What this host is to EC2. */
export interface Identity {
  readonly instanceId: string;
  /** When EC2 launched it (`pendingTime`), ISO 8601, UTC. */
  readonly launchedAt: string;
  readonly privateIp: string;
}

const TOKEN_TTL_SECONDS = 300;
const TIMEOUT_MS = 2_000;
/** Waits between tries: 31 s in all. The service may be slow in the first seconds of a boot. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

const documentSchema = z.object({
  instanceId: z.string().regex(/^i-[0-9a-f]{8,17}$/, "must be an instance id"),
  pendingTime: z.iso.datetime("must be a UTC time"),
  privateIp: z.string().refine(isIPv4, "must be an IPv4 address"),
});

/**
 * Reads the instance identity document over IMDSv2. It never asks without a token: where tokens are
 * refused it fails, since falling back to IMDSv1 would undo what the launch template requires.
 *
 * @throws Error saying what the service answered last.
 */
export async function readIdentity(host: Host, baseUrl: string = METADATA_URL): Promise<Identity> {
  const text = await retrying(host, async () => {
    const token = await exchange(host, {
      method: "PUT",
      url: `${baseUrl}/latest/api/token`,
      headers: { "X-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_TTL_SECONDS) },
      timeoutMs: TIMEOUT_MS,
    });
    return exchange(host, {
      method: "GET",
      url: `${baseUrl}/latest/dynamic/instance-identity/document`,
      headers: { "X-aws-ec2-metadata-token": token },
      timeoutMs: TIMEOUT_MS,
    });
  });
  const { instanceId, pendingTime, privateIp } = parse(text);
  return { instanceId, launchedAt: new Date(pendingTime).toISOString(), privateIp };
}

/** An answer that will be the same next time. */
class Refusal extends Error {}

/** Both requests are made again: a token may have run out between them, and then only a new one helps. */
async function retrying(host: Host, attempt: () => Promise<string>): Promise<string> {
  for (const wait of WAITS_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refusal) throw error;
      host.log(`${String(error)}; next try in ${String(wait / 1000)} s`);
      await host.sleep(wait);
    }
  }
  return attempt();
}

async function exchange(host: Host, request: HttpRequest): Promise<string> {
  const where = `instance metadata: ${request.method} ${request.url}`;
  let response: HttpResponse;
  try {
    response = await host.request(request);
  } catch (error) {
    throw new Error(`${where} has no answer: ${String(error)}`, { cause: error });
  }
  const { status, body } = response;
  if (status === 200 && body !== "") return body;
  const message = `${where} answered ${String(status)}${body === "" ? " with nothing" : ""}`;
  // 401 is a token that ran out; any other refusal is lasting (EC2 user guide, "Use the Instance Metadata Service").
  if (status >= 400 && status < 500 && status !== 401 && status !== 429) throw new Refusal(message);
  throw new Error(message);
}

function parse(text: string): z.output<typeof documentSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error("instance metadata: the identity document is not JSON", { cause: error });
  }
  const result = documentSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`instance metadata: the identity document is not usable: ${problems.join("; ")}`);
}
