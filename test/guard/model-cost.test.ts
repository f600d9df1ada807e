import assert from "node:assert/strict";
import { newDay, recordOf, type Ledger } from "../../runtime/guard/ledger.ts";
import { meter } from "../../runtime/guard/meter.ts";
import { blindModels } from "../../runtime/guard/model-cost.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Observations } from "../../runtime/guard/observations.ts";
import { HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { CONFIG, HOME, ledgerAt, NOON, prices, seeing } from "./support.ts";

const DAY_1 = "2027-06-14";

function metered(before: Ledger | undefined, observations: Observations, config = CONFIG) {
  return meter(before, observations, config, prices());
}

const empty = (): Ledger => metered(undefined, seeing(NOON)).ledger;

describe("cost of models", () => {
  it("adds model tokens by their price; a total told twice adds nothing, a lower one takes nothing back", () => {
    const usage = (outputTokens: number) => [{ day: DAY_1, model: "m", inputTokens: 0, outputTokens }];
    const first = metered(
      empty(),
      seeing(NOON + HOUR, [], { usage: [{ region: HOME, usage: usage(1_000_000) }] }),
    ).ledger;
    assert.equal(recordOf(first, DAY_1).model, nanoUsd(15));
    for (const tokens of [1_000_000, 10]) {
      const { ledger } = metered(
        first,
        seeing(NOON + HOUR + MINUTE, [], { usage: [{ region: HOME, usage: usage(tokens) }] }),
      );
      assert.equal(recordOf(ledger, DAY_1).model, nanoUsd(15));
    }
  });

  it("counts tokens of prompt caches: reads as input, writes at twice of it, where no price says otherwise", () => {
    const usage = [
      { day: DAY_1, model: "m", inputTokens: 1, outputTokens: 0, cacheReadTokens: 10, cacheWriteTokens: 100 },
    ];
    const cost = (price: object) => {
      const config = {
        ...CONFIG,
        modelPrices: [{ model: "m", perInputToken: 1000, perOutputToken: 0, ...price }],
      };
      return recordOf(
        metered(empty(), seeing(NOON + HOUR, [], { usage: [{ region: HOME, usage }] }), config).ledger,
        DAY_1,
      ).model;
    };
    assert.equal(cost({}), 1000 + 10_000 + 200_000);
    assert.equal(cost({ perCacheReadToken: 100, perCacheWriteToken: 1250 }), 1000 + 1000 + 125_000);
  });

  it("goes on at the models' last burn where tokens cannot be read, or make no sense", () => {
    const usage = [{ day: DAY_1, model: "m", inputTokens: 0, outputTokens: 100_000 }];
    const before = metered(empty(), seeing(NOON + HOUR, [], { usage: [{ region: HOME, usage }] })).ledger;
    const nonsense = [{ day: DAY_1, model: "m", inputTokens: 0, outputTokens: Number.NaN }];
    for (const broken of [{ unreadable: "Throttling" }, { usage: nonsense }]) {
      const look = seeing(NOON + 2 * HOUR, [], { usage: [{ region: HOME, ...broken }] });
      const { ledger, notes } = metered(before, look);
      assert.equal(recordOf(ledger, DAY_1).model, 2 * nanoUsd("1.5"));
      assert.match(notes.join(), /Model tokens of us-west-2 could not be read/);
    }
  });

  /** Tokens of that many dollars so far today; whole tokens where 0.3 divides it. */
  const counted = (region: string, usd: number) => ({
    region,
    usage: [{ day: DAY_1, model: "m", inputTokens: 0, outputTokens: (usd * 1e9) / 15_000 }],
  });
  const denied = (region: string) => ({ region, unreadable: "explicit deny" });

  it("counts models where one region is denied: its tokens at their last burn, the others' as read (FM-12)", () => {
    const both = { usage: [counted(HOME, 3), counted("us-east-1", 6)] };
    const first = metered(empty(), seeing(NOON + HOUR, [], both)).ledger;
    assert.deepEqual([recordOf(first, DAY_1).model, first.modelPerHour], [nanoUsd(9), nanoUsd(9)]);
    const half = { usage: [counted(HOME, 9), denied("us-east-1")] };
    const second = metered(first, seeing(NOON + 2 * HOUR, [], half)).ledger;
    assert.equal(recordOf(second, DAY_1).model, nanoUsd(9 + 6 + 6));
    assert.equal(second.modelPerHour, nanoUsd(6 + 6));
    const good = { usage: [counted(HOME, 9), counted("us-east-1", 18)] };
    const third = metered(second, seeing(NOON + 3 * HOUR, [], good)).ledger;
    assert.equal(recordOf(third, DAY_1).model, nanoUsd(9 + 18), "made good by what is read again");
    assert.equal(third.modelPerHour, nanoUsd(3), "over the whole time that was not read");
  });

  it("takes nothing back for a region whose total is told lower, whatever the others add", () => {
    const first = metered(
      empty(),
      seeing(NOON + HOUR, [], { usage: [counted(HOME, 9), counted("us-east-1", 3)] }),
    ).ledger;
    const lower = { usage: [counted(HOME, 0.3), counted("us-east-1", 9)] };
    const second = metered(first, seeing(NOON + 2 * HOUR, [], lower)).ledger;
    assert.equal(recordOf(second, DAY_1).model, nanoUsd(9 + 9));
  });

  it("gives a ledger written before regions were told apart to its regions, without inventing a burn", () => {
    const old = ledgerAt(NOON, 0, {
      days: [{ ...newDay(DAY_1), model: nanoUsd(9) }],
      modelPerHour: nanoUsd(1),
    });
    const both = { usage: [counted(HOME, 3), counted("us-east-1", 6)] };
    const read = metered(old, seeing(NOON + HOUR, [], both)).ledger;
    assert.deepEqual([recordOf(read, DAY_1).model, read.modelPerHour], [nanoUsd(9), nanoUsd(0)]);
    const half = { usage: [counted(HOME, 3), denied("us-east-1")] };
    const blind = metered(old, seeing(NOON + HOUR, [], half)).ledger;
    assert.deepEqual([recordOf(blind, DAY_1).model, blind.modelPerHour], [nanoUsd(10), nanoUsd(1)]);
  });

  it("makes no burn of the figures of a few seconds, nor of none (FM-02)", () => {
    const first = metered(empty(), seeing(NOON + HOUR, [], { usage: [counted(HOME, 6)] })).ledger;
    for (const usd of [6, 6.3]) {
      const look = seeing(NOON + HOUR + 3 * SECOND, [], { usage: [counted(HOME, usd)] });
      assert.equal(metered(first, look).ledger.modelPerHour, nanoUsd(6));
    }
  });

  it("asks a person where tokens have not been read for some ticks (FM-12)", () => {
    let ledger = metered(empty(), seeing(NOON + MINUTE, [], { usage: [counted(HOME, 0)] })).ledger;
    const asked: boolean[] = [];
    for (let at = NOON + 6 * MINUTE; at <= NOON + 21 * MINUTE; at += 5 * MINUTE) {
      ledger = metered(ledger, seeing(at, [], { usage: [counted(HOME, 0), denied("us-east-1")] })).ledger;
      const questions = blindModels(ledger, CONFIG, at);
      asked.push(questions.length > 0);
      assert.ok(questions.every((question) => question.includes("Model tokens of us-east-1 cannot be read")));
    }
    assert.deepEqual(asked, [false, false, false, true]);
  });
});
