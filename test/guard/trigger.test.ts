import fc from "fast-check";
import assert from "node:assert/strict";
import { lossWithoutGuard, overshootWhenHealthy } from "../../runtime/guard/bound.ts";
import { newDay } from "../../runtime/guard/ledger.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { billedToday, billQuestion, readTrigger } from "../../runtime/guard/trigger.ts";
import { BUDGET, CONFIG, ledgerAt, MIDNIGHT, NOON, TOPIC } from "./support.ts";

const LINES = {
  account: "AWS Account 123456789012",
  budget: `Budget Name: ${BUDGET}`,
  type: "Alert Type: ACTUAL",
  amount: "ACTUAL Amount: $1,234.56",
};

function notice(
  change: Partial<typeof LINES> = {},
  topic: unknown = TOPIC,
  source: unknown = "aws:sns",
  sentAt = NOON - MINUTE,
) {
  const message = ["AWS Budget Notification June 14, 2027", ...Object.values({ ...LINES, ...change }), ""];
  const sns = { TopicArn: topic, Timestamp: new Date(sentAt).toISOString(), Message: message.join("\n") };
  return { Records: [{ EventSource: source, Sns: sns }] };
}

function read(event: unknown) {
  return readTrigger(event, CONFIG, NOON);
}

describe("what triggers the guard", () => {
  it("reads the amount of a notice of AWS Budgets", () => {
    assert.deepEqual(read(notice()), {
      kind: "budget",
      budget: BUDGET,
      billed: nanoUsd("1234.56"),
      at: NOON - MINUTE,
    });
  });

  it("takes an event without records for its schedule", () => {
    for (const event of [{}, undefined, null, "scheduled", { source: "aws.scheduler" }])
      assert.deepEqual(read(event), { kind: "schedule" });
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
    [
      "no message",
      {
        Records: [
          { EventSource: "aws:sns", Sns: { TopicArn: TOPIC, Timestamp: new Date(NOON).toISOString() } },
        ],
      },
      /no message/,
    ],
    [
      "a time more than an hour ago",
      notice({}, TOPIC, "aws:sns", NOON - HOUR - 1),
      /sent at 2027-06-14T10:59/,
    ],
    ["no time", { Records: [{ EventSource: "aws:sns", Sns: { TopicArn: TOPIC } }] }, /sent at undefined/],
  ];
  for (const [what, event, why] of REFUSED)
    it(`refuses a notice with ${what} (FM-02)`, () => {
      const trigger = read(event);
      assert.ok(trigger.kind === "refused");
      assert.match(trigger.why, why);
    });

  it("never throws, whatever comes (FM-02)", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (event, records) => {
        assert.ok(["schedule", "refused"].includes(read(event).kind));
        assert.ok(["schedule", "refused"].includes(read({ Records: records }).kind));
      }),
    );
  });

  it("does not count yesterday's late notice as today's spending (FM-17)", () => {
    const days = [{ ...newDay("2027-06-13"), compute: nanoUsd(30) }];
    const billedAt = (now: number, billed: number, sent = now) =>
      billedToday({ kind: "budget", budget: BUDGET, billed, at: sent }, ledgerAt(now, 0, { days }), now)
        ?.amount;
    assert.equal(billedAt(MIDNIGHT + 3 * HOUR, nanoUsd(25)), undefined, "yesterday explains it");
    assert.equal(billedAt(MIDNIGHT + 3 * HOUR, nanoUsd(33)), undefined, "a bill a little above the meter");
    assert.equal(billedAt(MIDNIGHT + 3 * HOUR, nanoUsd("33.01")), nanoUsd("33.01"), "yesterday does not");
    assert.equal(billedAt(MIDNIGHT + 13 * HOUR, nanoUsd(25)), nanoUsd(25), "too late to be yesterday's");
    assert.equal(billedAt(MIDNIGHT + MINUTE, nanoUsd(99), MIDNIGHT - 1), undefined, "sent yesterday");
  });

  const DAILY =
    "You requested that we alert you when the ACTUAL Cost associated with your day budget is greater than $16.00 per day. Yesterday, the ACTUAL Cost associated with this budget is $25.00.";

  it("believes a notice that says it speaks of yesterday, at whatever hour it comes (FM-17)", () => {
    const sentence = { account: `${LINES.account}\n\nDear AWS Customer,\n\n${DAILY}\n` };
    const told = (at: number) => {
      const trigger = readTrigger(notice(sentence, TOPIC, "aws:sns", at), CONFIG, at);
      assert.ok(trigger.kind === "budget");
      return trigger;
    };
    const days = [{ ...newDay("2027-06-13"), compute: nanoUsd(30) }];
    for (const hour of [0, 9, 12, 15, 23]) {
      const now = MIDNIGHT + hour * HOUR + MINUTE;
      const trigger = { ...told(now), billed: nanoUsd(25) };
      assert.equal(trigger.day, "2027-06-13");
      const ledger = ledgerAt(now, 0, { days });
      assert.equal(billedToday(trigger, ledger, now), undefined, String(hour));
      assert.equal(billedToday({ ...trigger, billed: nanoUsd(99) }, ledger, now), undefined, String(hour));
      assert.deepEqual(billQuestion(trigger, ledger), []);
      assert.match(
        billQuestion({ ...trigger, billed: nanoUsd("33.01") }, ledger).join(),
        /^AWS Budgets says that 2027-06-13 cost \$33\.01, and the guard saw \$30\.00:/,
      );
      assert.deepEqual(billQuestion(trigger, ledgerAt(now, 0)), [], "nobody metered that day");
    }
    // Written before midnight, sent after it.
    assert.equal(told(MIDNIGHT + DAY + MINUTE).day, "2027-06-13");
    const undated = readTrigger(notice({ account: `${LINES.account}\n${DAILY}` }), CONFIG, NOON);
    assert.ok(undated.kind === "budget" && undated.day === "2027-06-13");
    assert.ok(!("day" in read(notice())), "without the word nothing is said of the day");
  });

  it("keeps the most of a day's notices, and none of another day's (FM-17)", () => {
    const known = { day: "2027-06-14", amount: nanoUsd(12), at: NOON };
    const after = (billed: number, ledger = ledgerAt(NOON, 0, { billed: known })) =>
      billedToday({ kind: "budget", budget: BUDGET, billed, at: NOON }, ledger, NOON);
    assert.deepEqual(after(nanoUsd(11)), known);
    assert.equal(after(nanoUsd(13))?.amount, nanoUsd(13));
    const ledger = ledgerAt(NOON, 0, { billed: known });
    assert.deepEqual(billedToday({ kind: "schedule" }, ledger, NOON + HOUR), known);
    assert.equal(billedToday({ kind: "schedule" }, ledger, NOON + 12 * HOUR), undefined);
  });
});

describe("the guard's bound", () => {
  it("is burn × (interval + time to act) while it is healthy, burn × dead-man time without it (FM-15)", () => {
    const burn = nanoUsd("13.72");
    assert.equal(overshootWhenHealthy(burn, CONFIG), Math.ceil((burn * 7) / 60));
    assert.equal(lossWithoutGuard(burn, CONFIG), Math.ceil((burn * (30 + 2) * MINUTE) / HOUR));
  });
});
