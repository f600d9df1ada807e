import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { EC2Client } from "@aws-sdk/client-ec2";
import { clientOptions } from "../../runtime/guard/aws/clients.ts";
import { ec2Calls } from "../../runtime/guard/aws/ec2.ts";
import { CONFIG } from "./setting.ts";

/** Long enough for a connection on loopback, and far below the SDK's own four attempts of ten seconds. */
const LIMIT_MS = 100;

describe("guard's calls of EC2", () => {
  let silent: Server;
  let client: EC2Client;
  const sockets: Socket[] = [];

  before(async () => {
    silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    client = new EC2Client({
      ...clientOptions("sa-east-1"),
      endpoint: `http://127.0.0.1:${String(port)}`,
      credentials: { accessKeyId: "none", secretAccessKey: "none" },
    });
  });
  after(() => {
    client.destroy();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it("give up on a region that takes a connection and never answers, without another attempt (FM-03)", async () => {
    const calls = ec2Calls(() => client, CONFIG, { now: () => 0 }, LIMIT_MS);
    const attempts = [
      () => calls.instances("sa-east-1"),
      () => calls.spotRequests("sa-east-1"),
      () => calls.spotPrices("sa-east-1", ["c7a.large"], 0),
      () => calls.terminate("sa-east-1", ["i-1"]),
      () => calls.cancelSpotRequests("sa-east-1", ["sir-1"]),
    ];
    for (const attempt of attempts) await assert.rejects(attempt, /abort|timeout/i);
  });
});
