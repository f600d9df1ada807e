import assert from "node:assert/strict";
import { Budget } from "../../infra/components/budget.ts";
import type { BudgetSettings, ModelApiSettings } from "../../infra/settings/schema.ts";
import { KEY_ARN, recordComponent, remembered, SCOPE, statementsOf } from "../support/components.ts";

const BUDGET = "aws:budgets/budget:Budget";
const TOPIC = "aws:sns/topic:Topic";
const MAIL = "aws:sns/topicSubscription:TopicSubscription";
const COMPONENT = "proving-ground:infra:Budget";

const EMAILS = ["oncall@example.com", "owner@example.com"];
const MONEY: BudgetSettings = {
  usdPerDay: 15,
  worstCaseUsdPerDay: 25,
  alarmsAtPercent: [80, 100],
  emails: EMAILS,
};
const MODEL_API: ModelApiSettings = { usdPerDay: 8.5, alarmsAtPercent: [50, 100] };

const budget = remembered((settings: BudgetSettings, modelApi?: ModelApiSettings) =>
  recordComponent(
    (opts) => new Budget("budget", { scope: SCOPE, keyArn: KEY_ARN, modelApi, ...settings }, opts),
  ),
);

describe("budget", () => {
  it("is a topic, a mail subscription each, and a daily budget; with a model API one budget more", async () => {
    const alone = [
      `${BUDGET} budget-day`,
      `${TOPIC} budget-topic`,
      "aws:sns/topicPolicy:TopicPolicy budget-topic-policy",
      `${MAIL} budget-mail-1`,
      `${MAIL} budget-mail-2`,
      `${COMPONENT} budget`,
    ];
    assert.deepEqual((await budget(MONEY)).lines, alone);
    assert.deepEqual((await budget(MONEY, MODEL_API)).lines, [...alone, `${BUDGET} budget-model-api`].sort());
  });

  it("raises an alarm at each threshold of actual cost, to the topic and straight to every mail address", async () => {
    const { name, budgetType, timeUnit, limitAmount, limitUnit, notifications } = (
      await budget(MONEY)
    ).inputs(BUDGET, "budget-day");
    assert.deepEqual(
      { name, budgetType, timeUnit, limitAmount, limitUnit },
      {
        name: "proving-ground-dev-day",
        budgetType: "COST",
        timeUnit: "DAILY",
        limitAmount: "15.00",
        limitUnit: "USD",
      },
    );
    assert.deepEqual(
      notifications,
      [80, 100].map((threshold) => ({
        comparisonOperator: "GREATER_THAN",
        notificationType: "ACTUAL",
        subscriberEmailAddresses: EMAILS,
        subscriberSnsTopicArns: ["[budget-topic.arn]"],
        threshold,
        thresholdType: "PERCENTAGE",
      })),
    );
    const mail = (await budget(MONEY)).inputs(MAIL, "budget-mail-2");
    assert.deepEqual(mail, { endpoint: EMAILS[1], protocol: "email", topic: "[budget-topic.arn]" });
  });

  it("counts spending before credits and refunds (FM-17)", async () => {
    const { costTypes, filterExpression, metrics } = (await budget(MONEY)).inputs(BUDGET, "budget-day");
    assert.deepEqual(costTypes, { includeCredit: false, includeRefund: false });
    // AWS refuses a budget that has both ways of choosing costs.
    assert.deepEqual([filterExpression, metrics], [undefined, undefined]);
  });

  it("of the model API counts Bedrock and every Marketplace Bedrock Edition, without credits (FM-17)", async () => {
    const inputs = (await budget(MONEY, MODEL_API)).inputs(BUDGET, "budget-model-api");
    assert.equal(inputs["limitAmount"], "8.50");
    assert.equal(inputs["name"], "proving-ground-dev-model-api");
    assert.deepEqual(
      (inputs["notifications"] as { threshold: number }[]).map(({ threshold }) => threshold),
      [50, 100],
    );
    assert.equal(inputs["metrics"], "UnblendedCost");
    assert.equal(inputs["costTypes"], undefined);
    assert.deepEqual(inputs["filterExpression"], {
      ands: [
        {
          ors: [
            { dimensions: { key: "SERVICE", matchOptions: ["EQUALS"], values: ["Amazon Bedrock"] } },
            {
              dimensions: {
                key: "SERVICE",
                matchOptions: ["CONTAINS"],
                values: ["(Amazon Bedrock Edition)"],
              },
            },
          ],
        },
        {
          not: {
            dimensions: { key: "RECORD_TYPE", matchOptions: ["EQUALS"], values: ["Credit", "Refund"] },
          },
        },
      ],
    });
  });

  it("done without makes the alarm topic, no budget, and says why", async () => {
    const recorded = await budget({ unbudgeted: true, reason: "a benchmark of one hour" }, MODEL_API);
    assert.deepEqual(recorded.lines, [
      `${TOPIC} budget-topic`,
      "aws:sns/topicPolicy:TopicPolicy budget-topic-policy",
      `${COMPONENT} budget`,
    ]);
    assert.equal(recorded.inputs(COMPONENT, "budget")["unbudgeted"], "a benchmark of one hour");
  });

  it("encrypts the topic with the environment's key, since Amazon's own drops alarms", async () => {
    assert.equal((await budget(MONEY)).inputs(TOPIC, "budget-topic")["kmsMasterKeyId"], KEY_ARN);
  });

  it("lets budgets and alarms of this account and environment publish, and nobody else", async () => {
    const { policy } = (await budget(MONEY)).inputs("aws:sns/topicPolicy:TopicPolicy", "budget-topic-policy");
    const publisher = (Sid: string, service: string, source: string) => ({
      Sid,
      Effect: "Allow",
      Principal: { Service: service },
      Action: ["SNS:Publish"],
      Resource: ["[budget-topic.arn]"],
      Condition: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": source },
      },
    });
    assert.deepEqual(statementsOf(policy), [
      publisher(
        "Budgets",
        "budgets.amazonaws.com",
        "arn:aws:budgets::123456789012:budget/proving-ground-dev-*",
      ),
      publisher(
        "Alarms",
        "cloudwatch.amazonaws.com",
        "arn:aws:cloudwatch:us-west-2:123456789012:alarm:proving-ground-dev-*",
      ),
    ]);
  });

  it("comes after the topic's policy, or its first alarm would be dropped", async () => {
    const recorded = await budget(MONEY);
    const policy = recorded.find("aws:sns/topicPolicy:TopicPolicy", "budget-topic-policy");
    assert.ok(recorded.find(BUDGET, "budget-day").dependencies.includes(policy.urn));
  });

  it("tells estimate and policies its figures", async () => {
    const { usdPerDay, worstCaseUsdPerDay, modelApiUsdPerDay } = (await budget(MONEY, MODEL_API)).inputs(
      COMPONENT,
      "budget",
    );
    assert.deepEqual([usdPerDay, worstCaseUsdPerDay, modelApiUsdPerDay], [15, 25, 8.5]);
  });
});
