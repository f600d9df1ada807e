import assert from "node:assert/strict";
import type { CostLine } from "../../model/cost.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, provider, record, urnOf } from "./records.ts";

const REGION = provider("us-west-2");

type Row = readonly [item: string, quantity: number, unit: string, usdPerDay: number];

/** Lines of one resource (the last), cut to the figures a hand calculation gives. */
function rows(...resources: readonly ResourceRecord[]): readonly Row[] {
  const last = resources.at(-1);
  return estimate([REGION, ...resources], CATALOGUE)
    .lines.filter(({ urn }) => urn === last?.urn)
    .map(({ item, quantity, unit, usdPerDay }: CostLine) => [item, quantity, unit, usdPerDay]);
}

/** US dollars a day of a monthly price, as the estimate cuts it. */
function aDayOf(usdPerMonth: number): number {
  return Number(((usdPerMonth * 24) / 730).toFixed(10));
}

describe("prices of services, by hand", () => {
  const cases: readonly (readonly [string, readonly ResourceRecord[], readonly Row[]])[] = [
    [
      "a gp3 volume with more IOPS and throughput than are included",
      [record("aws:ebs/volume:Volume", "v", { size: 100, type: "gp3", iops: 4000, throughput: 225 })],
      [
        ["volume (gp3)", 100, "GiB", aDayOf(8)],
        ["volume IOPS", 1000, "IOPS", aDayOf(5)],
        ["volume throughput", 100, "MiB/s", aDayOf(4)],
      ],
    ],
    [
      "a gp2 volume, the default type",
      [record("aws:ebs/volume:Volume", "v", { size: 100 })],
      [["volume (gp2)", 100, "GiB", aDayOf(10)]],
    ],
    [
      "an io1 volume",
      [record("aws:ebs/volume:Volume", "v", { size: 100, type: "io1", iops: 1000 })],
      [
        ["volume (io1)", 100, "GiB", aDayOf(12.5)],
        ["volume IOPS", 1000, "IOPS", aDayOf(65)],
      ],
    ],
    [
      "a volume of a type without a price, as io1",
      [record("aws:ebs/volume:Volume", "v", { size: 100, type: "io2" })],
      [["volume (io2)", 100, "GiB", aDayOf(12.5)]],
    ],
    [
      "a snapshot, at most the whole volume",
      [
        record("aws:ebs/volume:Volume", "v", { size: 100, type: "gp3" }),
        record(
          "aws:ebs/snapshot:Snapshot",
          "s",
          {},
          { dependsOn: { volumeId: [urnOf("aws:ebs/volume:Volume", "v")] } },
        ),
      ],
      [["snapshot", 100, "GiB", aDayOf(5)]],
    ],
    ["an elastic address", [record("aws:ec2/eip:Eip", "e")], [["Elastic IP address", 24, "hour", 0.12]]],
    [
      "a NAT gateway with 10 GB a day",
      [record("aws:ec2/natGateway:NatGateway", "n")],
      [
        ["NAT gateway", 24, "hour", 1.08],
        ["data through the NAT gateway", 10, "GB", 0.45],
      ],
    ],
    [
      "an interface endpoint in two subnets",
      [
        record("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
          vpcEndpointType: "Interface",
          subnetIds: ["[a.id]", "[b.id]"],
        }),
      ],
      [
        ["data through the endpoint", 1, "GB", 0.01],
        ["interface endpoint", 48, "hour", 0.48],
      ],
    ],
    [
      "an interface endpoint in subnets nobody knows, as three",
      [
        record("aws:ec2/vpcEndpoint:VpcEndpoint", "e", {
          vpcEndpointType: "Interface",
          subnetIds: "[unknown]",
        }),
      ],
      [
        ["data through the endpoint", 1, "GB", 0.01],
        ["interface endpoint", 72, "hour", 0.72],
      ],
    ],
    [
      "a gateway endpoint",
      [record("aws:ec2/vpcEndpoint:VpcEndpoint", "e", { vpcEndpointType: "Gateway" })],
      [],
    ],
    ["an endpoint of the default type", [record("aws:ec2/vpcEndpoint:VpcEndpoint", "e")], []],
    ["a hosted zone", [record("aws:route53/zone:Zone", "z")], [["hosted zone", 1, "each", aDayOf(0.5)]]],
    ["a secret", [record("aws:secretsmanager/secret:Secret", "s")], [["secret", 1, "each", aDayOf(0.4)]]],
    ["a key", [record("aws:kms/key:Key", "k")], [["KMS key", 1, "each", aDayOf(1)]]],
    [
      "an alarm",
      [record("aws:cloudwatch/metricAlarm:MetricAlarm", "a", { metricName: "m" })],
      [["alarm", 1, "metric", aDayOf(0.1)]],
    ],
    [
      "an alarm over two metrics",
      [
        record("aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
          metricQueries: [
            { id: "e", expression: "a+b" },
            { id: "a", metric: {} },
            { id: "b", metric: {} },
          ],
        }),
      ],
      [["alarm", 2, "metric", aDayOf(0.2)]],
    ],
    [
      "a dashboard",
      [record("aws:cloudwatch/dashboard:Dashboard", "d")],
      [["dashboard", 1, "each", aDayOf(3)]],
    ],
    [
      "a log group kept for 30 days",
      [record("aws:cloudwatch/logGroup:LogGroup", "l", { name: "/hosts", retentionInDays: 30 })],
      [
        ["logs kept", 3, "GB", aDayOf(0.09)],
        ["logs written", 0.1, "GB", 0.05],
      ],
    ],
    [
      "a log group without an end of retention",
      [record("aws:cloudwatch/logGroup:LogGroup", "l", { name: "/aws/lambda/guard" })],
      [
        ["logs kept", 3.65, "GB", aDayOf(0.1095)],
        ["logs written", 0.01, "GB", 0.005],
      ],
    ],
    [
      "a log group of flow logs",
      [
        record(
          "aws:ec2/flowLog:FlowLog",
          "f",
          {},
          { dependsOn: { logDestination: [urnOf("aws:cloudwatch/logGroup:LogGroup", "l")] } },
        ),
        record("aws:cloudwatch/logGroup:LogGroup", "l", { retentionInDays: 90 }),
      ],
      [
        ["logs kept", 45, "GB", aDayOf(1.35)],
        ["logs written", 0.5, "GB", 0.25],
      ],
    ],
    [
      "a bucket whose component states its volume",
      [
        record("proving-ground:infra:ArtifactStore", "store", { expectedGib: 100 }),
        record(
          "aws:s3/bucket:Bucket",
          "b",
          {},
          { parent: urnOf("proving-ground:infra:ArtifactStore", "store") },
        ),
      ],
      [
        ["objects stored", 100, "GiB", aDayOf(2.3)],
        ["reads", 10_000, "request", 0.004],
        ["writes", 1_000, "request", 0.005],
      ],
    ],
    [
      "a Lambda function on arm64",
      [record("aws:lambda/function:Function", "f", { memorySize: 256, architectures: ["arm64"] })],
      [
        ["calls", 1440, "request", 0.000288],
        ["compute", 1800, "GB-second", 0.02400012],
      ],
    ],
    [
      "a DynamoDB table on demand",
      [record("aws:dynamodb/table:Table", "t", { billingMode: "PAY_PER_REQUEST" })],
      [
        ["items stored", 1, "GiB", aDayOf(0.25)],
        ["reads", 10_000, "request", 0.0025],
        ["writes", 10_000, "request", 0.0125],
      ],
    ],
    [
      "a DynamoDB table of fixed capacity",
      [record("aws:dynamodb/table:Table", "t", { readCapacity: 10, writeCapacity: 5 })],
      [
        ["items stored", 1, "GiB", aDayOf(0.25)],
        ["read capacity", 10, "unit", 0.0312],
        ["write capacity", 5, "unit", 0.078],
      ],
    ],
    [
      "a DynamoDB table that can be recovered to any second",
      [
        record("aws:dynamodb/table:Table", "t", {
          billingMode: "PAY_PER_REQUEST",
          pointInTimeRecovery: { enabled: true },
        }),
      ],
      [
        ["items stored", 1, "GiB", aDayOf(0.25)],
        ["point-in-time recovery", 1, "GiB", aDayOf(0.2)],
        ["reads", 10_000, "request", 0.0025],
        ["writes", 10_000, "request", 0.0125],
      ],
    ],
    ["a queue", [record("aws:sqs/queue:Queue", "q")], [["requests", 5_000, "request", 0.002]]],
    [
      "a schedule every five minutes",
      [record("aws:scheduler/schedule:Schedule", "s", { scheduleExpression: "rate(5 minutes)" })],
      [["runs", 288, "run", 0.000288]],
    ],
    [
      "a schedule every second hour",
      [record("aws:scheduler/schedule:Schedule", "s", { scheduleExpression: "rate(2 hours)" })],
      [["runs", 12, "run", 0.000012]],
    ],
    [
      "a schedule whose expression is no rate, as once a minute",
      [record("aws:scheduler/schedule:Schedule", "s", { scheduleExpression: "cron(0 8 * * ? *)" })],
      [["runs", 1_440, "run", 0.00144]],
    ],
    [
      "a Lambda function as often as its schedule calls it",
      [
        record(
          "aws:scheduler/schedule:Schedule",
          "s",
          { scheduleExpression: "rate(5 minutes)" },
          { dependsOn: { target: [urnOf("aws:lambda/function:Function", "f")] } },
        ),
        record("aws:lambda/function:Function", "f", { memorySize: 512, architectures: ["arm64"] }),
      ],
      [
        ["calls", 288, "request", 0.0000576],
        ["compute", 2_160, "GB-second", 0.028800144],
      ],
    ],
    [
      "the log group that a function states as its own",
      [
        record(
          "aws:lambda/function:Function",
          "f",
          {},
          { dependsOn: { loggingConfig: [urnOf("aws:cloudwatch/logGroup:LogGroup", "l")] } },
        ),
        record("aws:cloudwatch/logGroup:LogGroup", "l", { name: "/guard", retentionInDays: 30 }),
      ],
      [
        ["logs kept", 0.3, "GB", aDayOf(0.009)],
        ["logs written", 0.01, "GB", 0.005],
      ],
    ],
    [
      "the guard's own metric, its writes, and the metrics of models it reads",
      [record("proving-ground:infra:Guard", "g", { intervalMinutes: 5, readsModelMetrics: true })],
      [
        ["custom metric", 1, "each", aDayOf(0.3)],
        ["metrics read", 6_912, "metric", 0.06912],
        ["metrics written", 288, "request", 0.00288],
      ],
    ],
    [
      "a guard that reads no model's metrics",
      [record("proving-ground:infra:Guard", "g", { intervalMinutes: 60, readsModelMetrics: false })],
      [
        ["custom metric", 1, "each", aDayOf(0.3)],
        ["metrics written", 24, "request", 0.00024],
      ],
    ],
    ["a budget", [record("aws:budgets/budget:Budget", "b")], []],
    ["a flow log", [record("aws:ec2/flowLog:FlowLog", "f")], []],
  ];
  for (const [title, resources, expected] of cases) {
    it(`prices ${title}`, () => {
      assert.deepEqual(rows(...resources), expected);
    });
  }

  it("charges budgets with actions from the third on, however many actions each has", () => {
    const action = (name: string, budgetName: string): ResourceRecord =>
      record("aws:budgets/budgetAction:BudgetAction", name, { budgetName });
    const two = [action("a", "one"), action("b", "two"), action("c", "two")];
    assert.equal(estimate([REGION, ...two], CATALOGUE).usdPerDay, 0);
    assert.equal(estimate([REGION, ...two, action("d", "three")], CATALOGUE).usdPerDay, 0.1);
  });

  it("says of us-west-2 that figures of us-east-1 count, once", () => {
    const keys = ["a", "b"].map((name) => record("aws:kms/key:Key", name));
    assert.deepEqual(estimate([REGION, ...keys], CATALOGUE).notes, [
      "Prices of services in us-west-2: the us-east-1 figures count, to be confirmed on the AWS price pages.",
    ]);
    assert.deepEqual(estimate([provider("us-east-1"), ...keys], CATALOGUE).notes, []);
  });
});

describe("the budget of a plan", () => {
  const budget = (inputs: Readonly<Record<string, unknown>>): ResourceRecord =>
    record("proving-ground:infra:Budget", "budget", inputs);

  it("gives budget, ceiling and the model API as an allowance", () => {
    const summary = estimate(
      [REGION, budget({ usdPerDay: 100, worstCaseUsdPerDay: 185, modelApiUsdPerDay: 65 })],
      CATALOGUE,
    );
    assert.equal(summary.budgetUsdPerDay, 100);
    assert.equal(summary.worstCaseCeilingUsdPerDay, 185);
    assert.deepEqual(
      summary.lines.map(({ item, basis, usdPerDay, worstCaseUsdPerDay }) => ({
        item,
        basis,
        usdPerDay,
        worstCaseUsdPerDay,
      })),
      [{ item: "model API allowance", basis: "allowance", usdPerDay: 65, worstCaseUsdPerDay: 65 }],
    );
    assert.equal(summary.usdPerMonth, Number(((65 * 730) / 24).toFixed(10)));
  });

  it("is absent where there is none", () => {
    const summary = estimate([REGION, budget({})], CATALOGUE);
    assert.equal(summary.budgetUsdPerDay, null);
    assert.equal(summary.worstCaseCeilingUsdPerDay, null);
    assert.deepEqual(summary.lines, []);
  });
});
