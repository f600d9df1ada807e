import assert from "node:assert/strict";
import { EncryptionKey } from "../../infra/components/encryption-key.ts";
import { recordComponent, remembered, SCOPE, statementsOf } from "../support/components.ts";

const KEY = "aws:kms/key:Key";

const record = remembered((protect?: boolean) =>
  recordComponent(
    (opts) => new EncryptionKey("encryption", { scope: SCOPE, protect: protect ?? false }, opts),
  ),
);

describe("encryption key", () => {
  it("is one key with its alias", async () => {
    assert.deepEqual((await record()).lines, [
      "aws:kms/alias:Alias encryption-alias",
      `${KEY} encryption-key`,
      "proving-ground:infra:EncryptionKey encryption",
    ]);
  });

  it("rotates, and takes a month to be deleted", async () => {
    const { enableKeyRotation, deletionWindowInDays } = (await record()).inputs(KEY, "encryption-key");
    assert.deepEqual(
      { enableKeyRotation, deletionWindowInDays },
      { enableKeyRotation: true, deletionWindowInDays: 30 },
    );
    const alias = (await record()).inputs("aws:kms/alias:Alias", "encryption-alias");
    assert.deepEqual(alias, { name: "alias/proving-ground-dev-key", targetKeyId: "[encryption-key.keyId]" });
  });

  it("is protected where its data is", async () => {
    for (const protect of [true, false]) {
      assert.equal((await record(protect)).find(KEY, "encryption-key").protect, protect);
    }
  });

  it("may be used by this account, its budgets and alarms, and its own log groups, by nobody else", async () => {
    assert.deepEqual(statementsOf((await record()).inputs(KEY, "encryption-key")["policy"]), [
      {
        Sid: "AccountDecidesByIam",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: ["kms:*"],
        Resource: ["*"],
      },
      {
        Sid: "BudgetsAndAlarmsPublish",
        Effect: "Allow",
        Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
      {
        Sid: "LogGroupsOfThisEnvironment",
        Effect: "Allow",
        Principal: { Service: "logs.us-west-2.amazonaws.com" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: ["*"],
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn":
              "arn:aws:logs:us-west-2:123456789012:log-group:/proving-ground/dev/*",
          },
        },
      },
    ]);
  });
});
