import assert from "node:assert/strict";
import fc from "fast-check";
import { policySettingsSchema, type PolicySettings, type Waiver } from "../../model/policy-settings.ts";
import { evaluate, type Evaluation } from "../../policies/evaluate.ts";
import { policySettingProblems } from "../../policies/settings-problems.ts";
import { isExpired, isWaived, names } from "../../policies/waivers.ts";
import { waiversNeeded } from "../../policies/rules/cost/waivers-needed.ts";
import { fits } from "../../policies/words.ts";
import { record } from "../pricing/records.ts";

const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const STACK = "urn:pulumi:test::proving-ground::pulumi:pulumi:Stack::proving-ground-test";
const TODAY = "2027-01-31";

function waiver(changes: Partial<Waiver> = {}): Waiver {
  const sound = {
    rule: "log-retention",
    resource: "logs",
    reason: "An auditor reads them.",
    owner: "claudefs",
    expires: TODAY,
  };
  return { ...sound, ...changes };
}

function evaluation(...waivers: readonly Waiver[]): Evaluation {
  return { stack: "dev", settings: settings({ waivers: [...waivers] }), today: TODAY };
}

function settings(given: Readonly<Record<string, unknown>>): PolicySettings {
  return policySettingsSchema.parse(given);
}

function verdicts(...waivers: readonly Waiver[]): [string, string, string][] {
  const logs = record(LOGS, "logs", {
    kmsKeyId: "key",
    tags: { "proving-ground:project": "a", "proving-ground:environment": "b", "proving-ground:owner": "c" },
  });
  return evaluate([logs], STACK, evaluation(...waivers)).map(({ name, level, message }) => [
    name,
    level,
    message.split(";")[0] ?? "",
  ]);
}

describe("waivers", () => {
  it("accept what they name until the end of their last day", () => {
    assert.deepEqual(verdicts(waiver()), []);
    assert.deepEqual(verdicts(waiver({ resource: "lo*s" })), []);
    assert.equal(isExpired(waiver({ expires: "2027-01-30" }), TODAY), true);
    assert.equal(isExpired(waiver(), TODAY), false);
  });

  it("that have ended no longer do, and are refused themselves", () => {
    assert.deepEqual(verdicts(waiver({ expires: "2027-01-30" })), [
      ["log-retention", "mandatory", "its retention is not set"],
      ["waivers-sound", "mandatory", "the waiver of log-retention for logs ended on 2027-01-30"],
    ]);
  });

  it("that cover nothing are advised against", () => {
    assert.deepEqual(verdicts(waiver(), waiver({ resource: "other" })), [
      ["waivers-needed", "advisory", "the waiver of log-retention for other covers no violation"],
    ]);
  });

  it("for a rule that does not exist are refused with the nearest name", () => {
    assert.deepEqual(verdicts(waiver(), waiver({ rule: "log-retentions" })), [
      ["waivers-sound", "mandatory", "the waiver for logs names no rule of this pack: log-retentions"],
    ]);
  });

  it("hold for at most 400 days from today, or as many as the parameter says", () => {
    const said = (expires: string, parameters = {}) =>
      evaluate([], STACK, {
        stack: "dev",
        settings: settings({ waivers: [waiver({ expires })], parameters }),
        today: TODAY,
      }).flatMap(({ name, message }) => (name === "waivers-sound" ? [message.split(";")[0]] : []));
    assert.deepEqual(said("2028-03-06"), []);
    for (const day of ["2028-03-07", "9999-12-31"])
      assert.deepEqual(said(day), [
        `the waiver of log-retention for logs holds until ${day}, at most 400 days from today are allowed`,
      ]);
    assert.deepEqual(said("2028-03-07", { "waivers-sound": { maximumDays: 401 } }), []);
  });

  it("of every resource are advised against; of a finding on the whole stack they are not", () => {
    for (const resource of ["*", "**"])
      assert.deepEqual(verdicts(waiver({ resource })), [
        [
          "waivers-needed",
          "advisory",
          `the waiver of log-retention for ${resource} covers every resource, also those to come`,
        ],
      ]);
    const wholeStack = {
      all: [waiver({ rule: "daily-cost", resource: "*" })],
      ruleNames: ["daily-cost"],
      isNeeded: ({ resource }: Waiver) => resource === "*",
    };
    const context = { parameters: {}, stack: "dev", today: TODAY, waivers: wholeStack };
    assert.deepEqual([...waiversNeeded.checkStack([], context)], []);
  });

  it("fit their stars in time that grows with the name alone", () => {
    assert.equal(names(waiver({ resource: `${"*a".repeat(8)}b` }), "a".repeat(60)), false);
    // A matcher that tries every way to place the stars needs minutes here, and meets Mocha's limit.
    const letters = fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,8}$/), (pattern, text) => {
        const expected = new RegExp(`^${pattern.join("").replaceAll("*", ".*")}$`).test(text);
        assert.equal(fits(pattern.join(""), text), expected);
      }),
    );
  });

  it("hold for no other rule and no other resource", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z.$()[\]+-]{1,20}$/),
        fc.stringMatching(/^[a-z.-]{1,20}$/),
        (resource, other) => {
          const urn = `urn:pulumi:dev::p::${LOGS}::${resource}`;
          assert.equal(names(waiver({ resource }), urn), true);
          assert.equal(names(waiver({ resource: other }), urn), other === resource);
          assert.equal(isWaived("volumes-gp3", urn, evaluation(waiver({ resource }))), false);
        },
      ),
    );
  });

  it("take a day without quotes as the engine's YAML hands it over", () => {
    for (const expires of ["2027-01-31", "2027-01-31T00:00:00Z", "2027-01-31 00:00:00 +0000 UTC"]) {
      assert.equal(settings({ waivers: [waiver({ expires })] }).waivers[0]?.expires, "2027-01-31");
    }
    assert.throws(
      () => settings({ waivers: [waiver({ expires: "2027-02-30" })] }),
      /must be a day such as 2027-01-31/,
    );
  });
});

describe("policy settings", () => {
  it("name the nearest rule and parameter, all problems at once", () => {
    const found = policySettingProblems(
      settings({
        levels: { "daily-costs": "advisory" },
        parameters: {
          "dearest-node": { usdPerHours: 3 },
          "ebs-encrypted": { gib: 1 },
          "volume-size": { gib: 0 },
        },
        waivers: [waiver({ rule: "volumes-gp" })],
      }),
    );
    assert.deepEqual(
      found.map(({ path, value, message }) => `${path} = ${value ?? ""}: ${message}`),
      [
        'policies.levels.daily-costs = "advisory": is for no rule of this pack; did you mean daily-cost? docs/policies.md lists them',
        "policies.parameters.dearest-node.usdPerHours = 3: is no parameter of dearest-node; did you mean usdPerHour? allowed here: usdPerHour",
        "policies.parameters.ebs-encrypted.gib = 1: is not allowed: ebs-encrypted takes no parameters",
        "policies.parameters.volume-size.gib = 0: Too small: expected number to be >=1",
        'policies.waivers[0].rule = "volumes-gp": is for no rule of this pack; did you mean volumes-gp3? docs/policies.md lists them',
      ],
    );
  });

  it("that are unsound make the rule deny where nobody looked before (FM-47)", () => {
    const unsound = {
      stack: "dev",
      today: TODAY,
      settings: settings({ parameters: { "log-retention": { days: "many" } } }),
    };
    const [denial] = evaluate([record(LOGS, "logs", { retentionInDays: 1 })], STACK, unsound).filter(
      ({ name }) => name === "log-retention",
    );
    assert.equal(denial?.level, "mandatory");
    assert.match(denial.message, /^the rule could not be carried out and therefore denies: /);
  });
});
