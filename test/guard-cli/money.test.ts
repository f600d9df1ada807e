import fc from "fast-check";
import assert from "node:assert/strict";
import { moneyOf, untilStop } from "../../cli/guard/money.ts";
import { renderGuardStatus } from "../../cli/guard/render.ts";
import { describeGuard, guardStatusJson } from "../../cli/guard/status.ts";
import { costJson, costOf } from "../../cli/cost/cost.ts";
import { renderCost } from "../../cli/cost/render.ts";
import { decide } from "../../runtime/guard/decide.ts";
import type { Ledger } from "../../runtime/guard/ledger.ts";
import { meter } from "../../runtime/guard/meter.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, dayOf, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, host, ledgerAt, NOON, openGroups, orchestrator, prices, seeing } from "../guard/support.ts";
import { facts, metered } from "./facts.ts";

describe("time left until the line", () => {
  it("is what is left, over what can be stopped; nothing runs or comes to pass today: none", () => {
    assert.equal(untilStop({ left: nanoUsd(4) }, nanoUsd(2), NOON), 2 * HOUR);
    assert.equal(untilStop({ left: nanoUsd(-1) }, nanoUsd(2), NOON), 0);
    assert.equal(untilStop({ left: nanoUsd(4) }, 0, NOON), null);
    assert.equal(untilStop({ left: nanoUsd(24) }, nanoUsd(2), NOON), null);
  });

  it("is when the guard itself decides to stop, by its own code", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 12_000 }), (count, milli) => {
        const slots = ["storage-1", "storage-2"].slice(0, count);
        const groups = openGroups().map((group, index) => ({ ...group, desired: index < count ? 1 : 0 }));
        const hosts = [...slots.map((slot) => host(`i-${slot}`, slot)), orchestrator()];
        const before = ledgerAt(NOON - 5 * MINUTE, (nanoUsd(5) / 1_000) * milli);
        const { ledger } = meter(before, seeing(NOON, hosts), CONFIG, prices());
        const until = moneyOf(ledger, groups, CONFIG, NOON).untilStop;
        const verdictAt = (at: number): string => {
          const later = meter(ledger, seeing(at, hosts), CONFIG, prices());
          const none = { scheduled: [], requests: { leases: [] } };
          return decide({ ...later, ...none, groups, config: CONFIG, now: at }).verdict;
        };
        if (until === null) return;
        if (until > 2 * MINUTE) assert.notEqual(verdictAt(NOON + until - 2 * MINUTE), "stop");
        // Near midnight the guard looks less far ahead, and may wait longer.
        if (NOON + until < NOON + 11 * HOUR) assert.equal(verdictAt(NOON + until + 2 * MINUTE), "stop");
      }),
    );
  });

  it("counts from AWS's figure where that is higher; the guard stops no earlier than it says (FM-10)", () => {
    const hosts = [host("i-1", "storage-1"), orchestrator()];
    const groups = openGroups().map((group, index) => ({ ...group, desired: index < 1 ? 1 : 0 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 4_000 }), (milli, more) => {
        const before = ledgerAt(NOON - 5 * MINUTE, (nanoUsd(1) / 1_000) * milli, {
          billed: { day: dayOf(NOON), amount: (nanoUsd(1) / 1_000) * (milli + more), at: NOON - HOUR },
        });
        const { ledger } = meter(before, seeing(NOON, hosts), CONFIG, prices());
        const {
          spent,
          metered,
          billed,
          left,
          stoppablePerHour,
          untilStop: until,
        } = moneyOf(ledger, groups, CONFIG, NOON);
        assert.equal(spent, Math.max(metered, billed?.amount ?? 0));
        assert.equal(until, untilStop({ left }, stoppablePerHour, NOON));
        if (until === null || until <= 2 * MINUTE) return;
        const at = NOON + until - 2 * MINUTE;
        const later = meter(ledger, seeing(at, hosts), CONFIG, prices());
        const none = { scheduled: [], requests: { leases: [] } };
        assert.notEqual(decide({ ...later, ...none, groups, config: CONFIG, now: at }).verdict, "stop");
      }),
    );
  });

  it("is of the day it is asked on: a ledger of yesterday has nothing spent today (FM-14)", () => {
    const money = moneyOf(ledgerAt(NOON - DAY, nanoUsd(19)), openGroups(), CONFIG, NOON);
    assert.deepEqual([money.spent, money.at], [0, NOON]);
  });
});

describe("today's sum that decides", () => {
  const said = (usd: number, day = dayOf(NOON)) => ({
    billed: { day, amount: nanoUsd(usd), at: NOON - HOUR },
  });
  const shown = (change: Partial<Ledger>) => {
    const ledger = ledgerAt(NOON, nanoUsd(5), change);
    const status = describeGuard(facts({ ledger }));
    const cost = costOf({ ...COST, ledger });
    const moneyIn = (json: unknown) =>
      (json as { money: { spentUsd: number; meteredUsd: number; billed: unknown } }).money;
    return {
      texts: [renderGuardStatus(status), renderCost(cost)],
      money: [moneyIn(guardStatusJson(status)), moneyIn(costJson(cost))],
    };
  };
  const COST = { config: CONFIG, groups: openGroups(), archived: undefined, bill: null, now: NOON };

  it("is AWS's where that is higher, with the meter's beside it, in both commands (FM-10)", () => {
    const { texts, money } = shown(said(7));
    for (const text of texts) {
      assert.match(text, /^today +\$7\.00 of \$20\.00 spent, /m);
      assert.match(
        text,
        /^ +by AWS Budgets at 2027-06-14 11:00 UTC; the meter, at 2027-06-14 12:00 UTC, .* ago, has \$5\.00, and the higher counts$/m,
      );
    }
    for (const { spentUsd, meteredUsd, billed } of money)
      assert.deepEqual([spentUsd, meteredUsd, billed], [7, 5, { usd: 7, at: "2027-06-14T11:00:00.000Z" }]);
  });

  it("is the meter's where that is higher, with AWS's beside it", () => {
    const { texts, money } = shown(said(3));
    for (const text of texts) {
      assert.match(text, /^today +\$5\.00 of \$20\.00 spent, /m);
      assert.match(
        text,
        /as metered at .* ago; AWS Budgets at 2027-06-14 11:00 UTC said \$3\.00, and the higher counts$/m,
      );
    }
    for (const { spentUsd, meteredUsd } of money) assert.deepEqual([spentUsd, meteredUsd], [5, 5]);
  });

  it("names one figure alone where there is one, or they are the same; another day's says nothing", () => {
    for (const change of [{}, said(5), said(9, dayOf(NOON - DAY))]) {
      const { texts, money } = shown(change);
      for (const text of texts) assert.doesNotMatch(text, /AWS Budgets/);
      for (const { spentUsd } of money) assert.equal(spentUsd, 5);
    }
    assert.deepEqual(
      shown(said(9, dayOf(NOON - DAY))).money.map(({ billed }) => billed),
      [null, null],
    );
  });

  it("says that the time until the line is the least where AWS's figure counts", () => {
    const ledger = { ...metered("i-1"), ...said(14) };
    const text = renderGuardStatus(describeGuard(facts({ ledger })));
    assert.match(text, /the guard stops everything in .* UTC at the earliest$/m);
    const alone = { ...metered("i-1"), ...said(3) };
    assert.doesNotMatch(renderGuardStatus(describeGuard(facts({ ledger: alone }))), /at the earliest/);
  });
});
