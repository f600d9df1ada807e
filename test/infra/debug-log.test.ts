import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram } from "../../cli/plan/recorder.ts";
import bootstrap from "../../infra/bootstrap/index.ts";
import program from "../../infra/index.ts";
import { endDebugLog } from "../../infra/lib/debug-log.ts";

const CANARY = "canary-4c1d";

describe("debug log of the SDK (FM-65)", () => {
  const { debug } = pulumi.log;
  let told: string[];

  beforeEach(() => {
    told = [];
    Object.assign(pulumi.log, {
      debug: (message: string) => {
        told.push(message);
        return Promise.resolve();
      },
    });
  });

  after(() => {
    Object.assign(pulumi.log, { debug });
  });

  /** A resource whose answer from the engine holds the canary, after what the program begins with. */
  async function run(begin: () => void): Promise<string> {
    await recordProgram({
      project: "proving-ground",
      stack: "dev",
      config: {},
      secretKeys: [],
      program: () => {
        begin();
        new aws.sqs.Queue("queue", { name: pulumi.secret(CANARY) });
        return {};
      },
    });
    return told.join("\n");
  }

  it("would hold secrets in clear: the SDK still tells them, through the object that is replaced", async () => {
    assert.match(await run(() => undefined), new RegExp(`RegisterResource RPC finished.*${CANARY}`, "s"));
  });

  it("ends where a program ends it", async () => {
    assert.ok(!(await run(endDebugLog)).includes(CANARY));
  });

  for (const [name, start] of [
    ["the main program", () => program(null)],
    ["the bootstrap program", bootstrap],
  ] as const)
    it(`is ended by ${name} before its first step`, async () => {
      const begin = () => {
        // Its settings are missing: it gets no further.
        assert.throws(start);
      };
      assert.ok(!(await run(begin)).includes(CANARY));
    });
});
