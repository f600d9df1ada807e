import fc from "fast-check";
import assert from "node:assert/strict";
import { lossWithoutGuard, overshootWhenHealthy } from "../../runtime/guard/bound.ts";
import { newDay } from "../../runtime/guard/ledger.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { billedToday, readTrigger } from "../../runtime/guard/trigger.ts";
import { BUDGET, CONFIG, ledgerAt, MIDNIGHT, TOPIC } from "./support.ts";

const LINES = {
  account: "AWS Account 123456789012",
  budget: `Budget Name: ${BUDGET}`,
  type: "Alert Type: ACTUAL",
  amount: "ACTUAL Amount: $1,234.56",
};

function notice(change: Partial<typeof LINES> = {}, topic: unknown = TOPIC, source: unknown = "aws:sns") {
  const message = ["AWS Budget Notification June 14, 2027", ...Object.values({ ...LINES, ...change }), ""];
  return { Records: [{ EventSource: source, Sns: { TopicArn: topic, Message: message.join("\n") } }] };
}

describe("what triggers the guard", () => {
  it("reads the amount of a notice of AWS Budgets", () => {
    assert.deepEqual(readTrigger(notice(), CONFIG), {
      kind: "budget",
      budget: BUDGET,
      billed: nanoUsd("1234.56"),
    });
  });

  it("takes an event without records for its schedule", () => {
    for (const event of [{}, undefined, null, "scheduled", { source: "aws.scheduler" }])
      assert.deepEqual(readTrigger(event, CONFIG), { kind: "schedule" });
  });

  const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
    ["another topic", notice({}, `${TOPIC}-forged`), /topic .*-forged/],
    ["no topic", notice({}, null), /topic null/],
    ["another account", notice({ account: "AWS Account 210987654321" }), /account 210987654321/],
    ["no account", notice({ account: "" }), /account not named/],
    ["another budget", notice({ budget: `Budget Name: ${BUDGET}-2` }), /budget .*-2/],
    ["a forecast", notice({ type: "Alert Type: FORECASTED" }), /alert type FORECASTED/],
    ["no amount", notice({ amount: "" }), /no amount/],
    ["a negative amount", notice({ amount: "ACTUAL Amount: $-5.00" }), /no amount/],
    ["an amount that is not one", notice({ amount: "ACTUAL Amount: $NaN" }), /no amount/],
    ["another service", notice({}, TOPIC, "aws:sqs"), /not from Amazon SNS/],
    ["two records", { Records: [...notice().Records, ...notice().Records] }, /not exactly one record/],
    ["no records", { Records: [] }, /not exactly one record/],
    ["records that are none", { Records: "x" }, /not exactly one record/],
    ["a record that is none", { Records: [null] }, /not from Amazon SNS/],
    ["no message", { Records: [{ EventSource: "aws:sns", Sns: { TopicArn: TOPIC } }] }, /no message/],
  ];
  for (const [what, event, why] of REFUSED)
    it(`refuses a notice with ${what} (FM-02)`, () => {
      const trigger = readTrigger(event, CONFIG);
      assert.ok(trigger.kind === "refused");
      assert.match(trigger.why, why);
    });

  it("never throws, whatever comes (FM-02)", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (event, records) => {
        assert.ok(["schedule", "refused"].includes(readTrigger(event, CONFIG).kind));
        assert.ok(["schedule", "refused"].includes(readTrigger({ Records: records }, CONFIG).kind));
      }),
    );
  });

  it("does not count yesterday's late notice as today's spending", () => {
    const days = [{ ...newDay("2027-06-13"), compute: nanoUsd(30) }];
    const at = (now: number, billed: number) =>
      billedToday({ kind: "budget", budget: BUDGET, billed }, ledgerAt(now, 0, { days }), now);
    assert.equal(at(MIDNIGHT + 3 * HOUR, nanoUsd(25)), undefined, "yesterday explains it");
    assert.equal(at(MIDNIGHT + 3 * HOUR, nanoUsd(31)), nanoUsd(31), "yesterday does not");
    assert.equal(at(MIDNIGHT + 13 * HOUR, nanoUsd(25)), nanoUsd(25), "too late to be yesterday's");
  });
});

describe("the guard's bound", () => {
  it("is burn × (interval + time to act) while it is healthy, burn × dead-man time without it (FM-15)", () => {
    const burn = nanoUsd("13.72");
    assert.equal(overshootWhenHealthy(burn, CONFIG), Math.ceil((burn * 7) / 60));
    assert.equal(lossWithoutGuard(burn, CONFIG), Math.ceil((burn * (30 + 2) * MINUTE) / HOUR));
  });
});
