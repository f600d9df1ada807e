import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Secrets } from "../../infra/components/secrets.ts";
import { recordComponent, SCOPE, settings } from "../support/components.ts";

const SECRET = "aws:secretsmanager/secret:Secret";
const NAMES = ["cfs/github-token", "cfs/fireworks-api-key"];

async function secrets(create: boolean, protect = false) {
  const arns: string[] = [];
  const recorded = await recordComponent((opts) => {
    const component = new Secrets(
      "secrets",
      { scope: SCOPE, settings: settings({ secrets: { names: NAMES, create } }).secrets, protect },
      opts,
    );
    for (const arn of component.arns) collect(arn, arns);
    return component;
  });
  return { recorded, arns };
}

function collect(arn: pulumi.Output<string>, into: string[]): void {
  arn.apply((known) => into.push(known));
}

describe("secrets", () => {
  it("are found by name where they exist already, and nothing is made", async () => {
    const { recorded, arns } = await secrets(false);
    assert.deepEqual(recorded.lines, ["proving-ground:infra:Secrets secrets"]);
    assert.deepEqual(arns, [
      "arn:aws:secretsmanager:us-west-2:123456789012:secret:cfs/github-token-??????",
      "arn:aws:secretsmanager:us-west-2:123456789012:secret:cfs/fireworks-api-key-??????",
    ]);
  });

  it("are made by name where the stack owns them, protected, and kept a month after deletion", async () => {
    const { recorded, arns } = await secrets(true, true);
    assert.deepEqual(recorded.lines, [
      `${SECRET} secrets-cfs-fireworks-api-key`,
      `${SECRET} secrets-cfs-github-token`,
      "proving-ground:infra:Secrets secrets",
    ]);
    assert.deepEqual(arns, ["[secrets-cfs-github-token.arn]", "[secrets-cfs-fireworks-api-key.arn]"]);
    for (const { inputs, protect } of recorded.ofType(SECRET)) {
      assert.equal(inputs["recoveryWindowInDays"], 30);
      assert.equal(protect, true);
    }
    assert.deepEqual(
      recorded
        .ofType(SECRET)
        .map(({ inputs }) => inputs["name"])
        .sort(),
      [...NAMES].sort(),
    );
  });

  it("never get a value from the program, which no input could then show (FM-65)", async () => {
    const { recorded } = await secrets(true);
    const fields = new Set(recorded.records.flatMap(({ inputs }) => Object.keys(inputs)));
    assert.deepEqual([...fields].sort(), ["description", "name", "recoveryWindowInDays", "tags"]);
    assert.ok(!recorded.records.some(({ type }) => type.includes("secretVersion")));
  });
});
