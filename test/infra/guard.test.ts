import assert from "node:assert/strict";
import { KEY_ARN, statementsOf } from "../support/components.ts";
import { ALARM, BUDGET_TOPIC, EMAILS, FUNCTION, QUEUE, RIGHTS, guard } from "./guard-recorded.ts";

describe("guard", () => {
  it("is a table, a function with its schedule, two queues, a topic and four alarms", async () => {
    assert.deepEqual((await guard()).lines, [
      "aws:cloudwatch/eventRule:EventRule guard-changes",
      "aws:cloudwatch/eventTarget:EventTarget guard-changes-target",
      "aws:cloudwatch/logGroup:LogGroup guard-log",
      `${ALARM} guard-errors-alarm`,
      `${ALARM} guard-failures-alarm`,
      `${ALARM} guard-silent-alarm`,
      `${ALARM} guard-throttles-alarm`,
      "aws:dynamodb/table:Table guard-table",
      "aws:iam/role:Role guard-role",
      "aws:iam/role:Role guard-schedule-role",
      `${RIGHTS} guard-rights`,
      `${RIGHTS} guard-schedule-rights`,
      `${FUNCTION} guard-function`,
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig guard-retries",
      "aws:lambda/permission:Permission guard-notices",
      "aws:scheduler/schedule:Schedule guard-schedule",
      "aws:scheduler/scheduleGroup:ScheduleGroup guard-schedules",
      "aws:sns/topic:Topic guard-topic",
      "aws:sns/topicPolicy:TopicPolicy guard-topic-policy",
      "aws:sns/topicSubscription:TopicSubscription guard-mail-1",
      "aws:sns/topicSubscription:TopicSubscription guard-mail-2",
      "aws:sns/topicSubscription:TopicSubscription guard-subscription",
      `${QUEUE} guard-events`,
      `${QUEUE} guard-failures`,
      "aws:sqs/queuePolicy:QueuePolicy guard-events-policy",
      "aws:sqs/queuePolicy:QueuePolicy guard-failures-policy",
      "proving-ground:infra:Guard guard",
    ]);
  });

  it("keeps its ledger in a table by two keys that nobody deletes by mistake, recoverable to the second", async () => {
    const table = (await guard()).inputs("aws:dynamodb/table:Table", "guard-table");
    const { name, billingMode, hashKey, rangeKey, attributes, ttl, pointInTimeRecovery } = table;
    assert.deepEqual(
      { name, billingMode, hashKey, rangeKey, attributes, ttl, pointInTimeRecovery },
      {
        name: "proving-ground-dev-guard",
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: [
          { name: "pk", type: "S" },
          { name: "sk", type: "S" },
        ],
        ttl: { attributeName: "ttl", enabled: true },
        pointInTimeRecovery: { enabled: true },
      },
    );
    assert.equal(table["deletionProtectionEnabled"], false);
    const kept = (await guard({}, undefined, true)).find("aws:dynamodb/table:Table", "guard-table");
    assert.deepEqual([kept.protect, kept.inputs["deletionProtectionEnabled"]], [true, true]);
  });

  it("is its bundle and its configuration on Node 22 for arm64, told the rest by three variables", async () => {
    const lambda = (await guard()).inputs(FUNCTION, "guard-function");
    const { name, runtime, architectures, handler, code, environment, memorySize, tags } = lambda;
    assert.deepEqual(
      { name, runtime, architectures, handler, code, environment, memorySize },
      {
        name: "proving-ground-dev-guard",
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "guard.handler",
        code: {
          archive: {
            "config.json": { text: '{"environment":"dev"}' },
            "guard.mjs": { asset: "package.json" },
          },
        },
        environment: {
          variables: {
            GUARD_TABLE: "proving-ground-dev-guard",
            GUARD_QUEUE_URL: "[guard-events.url]",
            GUARD_TOPIC_ARN: "[guard-topic.arn]",
          },
        },
        memorySize: 512,
      },
    );
    assert.equal((tags as Record<string, string>)["proving-ground:role"], "guard");
  });

  it("ends each run before the next one and before its lock falls (FM-01)", async () => {
    for (const [intervalMinutes, seconds] of [
      [2, 90],
      [5, 270],
      [60, 900],
    ] as const) {
      const recorded = await guard({ intervalMinutes, deadManMinutes: 200 });
      assert.equal(recorded.inputs(FUNCTION, "guard-function")["timeout"], seconds);
      assert.ok(
        seconds * 1_000 < intervalMinutes * 60_000 - 15_000,
        "the lock is held 15 s less than an interval",
      );
      const events = recorded.inputs(QUEUE, "guard-events");
      assert.equal(events["visibilityTimeoutSeconds"], seconds);
    }
  });

  it("reserves concurrency only where it is asked to, since new accounts refuse it", async () => {
    const reserved = async (reservedConcurrency: boolean) =>
      (await guard({ reservedConcurrency })).inputs(FUNCTION, "guard-function")[
        "reservedConcurrentExecutions"
      ];
    assert.deepEqual([await reserved(false), await reserved(true)], [-1, 1]);
  });

  it("is called by its schedule every few minutes, tried again within them, and no later (FM-03)", async () => {
    const recorded = await guard({ intervalMinutes: 10 });
    const schedule = recorded.inputs("aws:scheduler/schedule:Schedule", "guard-schedule");
    assert.equal(schedule["scheduleExpression"], "rate(10 minutes)");
    assert.deepEqual(schedule["flexibleTimeWindow"], { mode: "OFF" });
    assert.deepEqual(schedule["target"], {
      arn: "[guard-function.arn]",
      roleArn: "[guard-schedule-role.arn]",
      input: '{"trigger":"schedule"}',
      retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 600 },
      deadLetterConfig: { arn: "[guard-failures.arn]" },
    });
    assert.deepEqual(
      recorded.inputs("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "guard-retries"),
      { functionName: "proving-ground-dev-guard", maximumRetryAttempts: 2, maximumEventAgeInSeconds: 600 },
    );
    const role = recorded.inputs("aws:iam/role:Role", "guard-schedule-role");
    assert.deepEqual(statementsOf(role["assumeRolePolicy"])[0]?.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnEquals: { "aws:SourceArn": "[guard-schedules.arn]" },
    });
    assert.deepEqual(
      statementsOf(recorded.inputs(RIGHTS, "guard-schedule-rights")["policy"]).map(({ Action, Resource }) => [
        Action,
        Resource,
      ]),
      [
        [["lambda:InvokeFunction"], ["[guard-function.arn]"]],
        [["sqs:SendMessage"], ["[guard-failures.arn]"]],
      ],
    );
  });

  it("is called by AWS Budgets over the budget's topic and no other (FM-02)", async () => {
    const recorded = await guard();
    assert.deepEqual(recorded.inputs("aws:lambda/permission:Permission", "guard-notices"), {
      action: "lambda:InvokeFunction",
      function: "proving-ground-dev-guard",
      principal: "sns.amazonaws.com",
      sourceArn: BUDGET_TOPIC,
    });
    const subscription = recorded.find("aws:sns/topicSubscription:TopicSubscription", "guard-subscription");
    const { topic, protocol, endpoint } = subscription.inputs;
    assert.deepEqual([topic, protocol, endpoint], [BUDGET_TOPIC, "lambda", "[guard-function.arn]"]);
    // SNS gives a notice up where it may not call yet.
    const permission = recorded.find("aws:lambda/permission:Permission", "guard-notices");
    assert.ok(subscription.dependencies.includes(permission.urn));
  });

  it("tells people on a topic of its own: over the budget's it would call itself", async () => {
    const recorded = await guard();
    const mails = recorded
      .ofType("aws:sns/topicSubscription:TopicSubscription")
      .filter(({ inputs }) => inputs["protocol"] === "email");
    assert.deepEqual(
      mails.map(({ inputs }) => [inputs["topic"], inputs["endpoint"]]),
      EMAILS.map((email) => ["[guard-topic.arn]", email]),
    );
    const topic = recorded.inputs("aws:sns/topic:Topic", "guard-topic");
    assert.deepEqual([topic["name"], topic["kmsMasterKeyId"]], ["proving-ground-dev-guard", KEY_ARN]);
    const { policy } = recorded.inputs("aws:sns/topicPolicy:TopicPolicy", "guard-topic-policy");
    assert.deepEqual(
      statementsOf(policy).map(({ Principal, Condition }) => [Principal, Condition]),
      [
        [
          { Service: "cloudwatch.amazonaws.com" },
          {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: {
              "aws:SourceArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:proving-ground-dev-guard-*",
            },
          },
        ],
      ],
    );
  });

  it("hears of every start and end of an instance, whosever it is, and keeps it for two weeks (FM-12, FM-13)", async () => {
    const recorded = await guard();
    const rule = recorded.inputs("aws:cloudwatch/eventRule:EventRule", "guard-changes");
    assert.deepEqual(JSON.parse(String(rule["eventPattern"])), {
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification"],
    });
    const target = recorded.find("aws:cloudwatch/eventTarget:EventTarget", "guard-changes-target");
    assert.deepEqual(target.inputs["deadLetterConfig"], { arn: "[guard-failures.arn]" });
    for (const policy of ["guard-events-policy", "guard-failures-policy"]) {
      const { urn } = recorded.find("aws:sqs/queuePolicy:QueuePolicy", policy);
      assert.ok(target.dependencies.includes(urn), `${policy} must stand before the first event`);
    }
    const events = recorded.inputs(QUEUE, "guard-events");
    assert.equal(events["messageRetentionSeconds"], 14 * 24 * 3600);
    assert.deepEqual(JSON.parse(String(events["redrivePolicy"])), {
      deadLetterTargetArn: "[guard-failures.arn]",
      maxReceiveCount: 100,
    });
  });

  it("lets only its rule and the budget's topic write into its queues", async () => {
    const recorded = await guard();
    const senders = (name: string) =>
      statementsOf(recorded.inputs("aws:sqs/queuePolicy:QueuePolicy", name)["policy"]).map(
        ({ Principal, Action, Resource, Condition }) => [Principal, Action, Resource, Condition],
      );
    const sender = (service: string, queue: string, source: string) => [
      { Service: service },
      ["sqs:SendMessage"],
      [`[${queue}.arn]`],
      { ArnEquals: { "aws:SourceArn": source } },
    ];
    assert.deepEqual(senders("guard-events-policy"), [
      sender("events.amazonaws.com", "guard-events", "[guard-changes.arn]"),
    ]);
    assert.deepEqual(senders("guard-failures-policy"), [
      sender("events.amazonaws.com", "guard-failures", "[guard-changes.arn]"),
      sender("sns.amazonaws.com", "guard-failures", BUDGET_TOPIC),
    ]);
  });

  it("raises an alarm to people when it gives no sign of life, which no data is (FM-15)", async () => {
    const alarm = (await guard({ intervalMinutes: 10 })).inputs(ALARM, "guard-silent-alarm");
    const { name, namespace, metricName, dimensions, statistic, period, evaluationPeriods } = alarm;
    assert.deepEqual(
      { name, namespace, metricName, dimensions, statistic, period, evaluationPeriods },
      {
        name: "proving-ground-dev-guard-silent",
        namespace: "proving-ground/guard",
        metricName: "Heartbeat",
        dimensions: { Environment: "dev" },
        statistic: "SampleCount",
        period: 600,
        evaluationPeriods: 2,
      },
    );
    assert.deepEqual(
      [alarm["comparisonOperator"], alarm["threshold"], alarm["treatMissingData"], alarm["alarmActions"]],
      ["LessThanThreshold", 1, "breaching", ["[guard-topic.arn]"]],
    );
  });

  it("raises an alarm when it fails, is kept from running, or leaves something undone", async () => {
    const recorded = await guard();
    const watched = ["errors", "throttles", "failures"].map((name) => {
      const { namespace, metricName, dimensions, threshold, comparisonOperator, alarmActions } =
        recorded.inputs(ALARM, `guard-${name}-alarm`);
      assert.deepEqual(
        [threshold, comparisonOperator, alarmActions],
        [1, "GreaterThanOrEqualToThreshold", ["[guard-topic.arn]"]],
      );
      return [namespace, metricName, dimensions];
    });
    const lambda = { FunctionName: "proving-ground-dev-guard" };
    assert.deepEqual(watched, [
      ["AWS/Lambda", "Errors", lambda],
      ["AWS/Lambda", "Throttles", lambda],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: "proving-ground-dev-guard-failures" }],
    ]);
  });

  it("writes its log under the environment's key, for as long as the settings say", async () => {
    const log = (await guard({ logRetentionDays: 90 })).inputs(
      "aws:cloudwatch/logGroup:LogGroup",
      "guard-log",
    );
    assert.deepEqual(
      [log["name"], log["retentionInDays"], log["kmsKeyId"]],
      ["/proving-ground/dev/guard", 90, KEY_ARN],
    );
    const lambda = (await guard()).inputs(FUNCTION, "guard-function");
    assert.deepEqual(lambda["loggingConfig"], { logFormat: "JSON", logGroup: "/proving-ground/dev/guard" });
    assert.deepEqual(lambda["deadLetterConfig"], { targetArn: "[guard-failures.arn]" });
  });

  it("tells estimate and policies how long something may burn", async () => {
    const { intervalMinutes, timeToActMinutes, deadManMinutes, readsModelMetrics } = (await guard()).inputs(
      "proving-ground:infra:Guard",
      "guard",
    );
    assert.deepEqual(
      [intervalMinutes, timeToActMinutes, deadManMinutes, readsModelMetrics],
      [5, 2, 30, false],
    );
  });
});
