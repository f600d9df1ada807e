import assert from "node:assert/strict";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { modelUsage } from "../../runtime/guard/aws/model-usage.ts";

const DAY = "2027-06-14";
const ANSWERS: Readonly<Record<string, object>> = {
  ListMetricsCommand: {
    Metrics: [{ MetricName: "OutputTokenCount", Dimensions: [{ Name: "ModelId", Value: "m" }] }],
  },
  GetMetricDataCommand: {
    MetricDataResults: [{ Id: "m0", Timestamps: [new Date(`${DAY}T12:00:00Z`)], Values: [4_000_000] }],
  },
};

/** CloudWatch of a region: four million tokens today, or a policy that denies it. */
function cloudWatch(region: string): CloudWatchClient {
  const client = new CloudWatchClient({
    region,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  client.middlewareStack.add(
    (_next, { commandName = "" }) =>
      () => {
        if (region === "sa-east-1") return Promise.reject(new Error("explicit deny"));
        return Promise.resolve({ response: {}, output: { $metadata: {}, ...ANSWERS[commandName] } });
      },
    { step: "initialize" },
  );
  return client;
}

describe("token counts of several regions", () => {
  it("are read where they can be, although one region is denied (FM-12)", async () => {
    const [home, denied] = await modelUsage(cloudWatch, ["us-west-2", "sa-east-1"], [DAY]);
    assert.ok(home !== undefined && "usage" in home);
    assert.deepEqual(
      home.usage.map(({ day, model, outputTokens }) => [day, model, outputTokens]),
      [[DAY, "m", 4_000_000]],
    );
    assert.deepEqual(denied, { region: "sa-east-1", unreadable: "explicit deny" });
  });
});
