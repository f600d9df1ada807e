import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ledgerItem, ledgerOf } from "../../runtime/guard/aws/items.ts";
import { recordOf, type Ledger } from "../../runtime/guard/ledger.ts";
import { meter } from "../../runtime/guard/meter.ts";
import type { Observations, ObservedInstance, StateChange } from "../../runtime/guard/observations.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, HOME, host, I4I_2XLARGE, MIDNIGHT, prices, seeing } from "./support.ts";

/** DynamoDB's limit of an item, bytes. */
const MOST_BYTES = 400 * 1024;

const WAVES = 50;
const IN_A_WAVE = 500;
const ON_DEMAND = prices();

/** Ids that a compressor finds as little in as in real ones. */
function idOf(wave: number, index: number): string {
  return `i-${createHash("sha256")
    .update(`${String(wave)} ${String(index)}`)
    .digest("hex")
    .slice(0, 17)}`;
}

/** Each wave is up from one look to the next but one: five minutes of every instance. */
function waveAt(wave: number, state: ObservedInstance["state"] = "running"): readonly ObservedInstance[] {
  const launchedAt = MIDNIGHT + wave * 5 * MINUTE;
  return Array.from({ length: IN_A_WAVE }, (_, index) =>
    host(idOf(wave, index), "storage-1", {
      state,
      launchedAt,
      ...(state === "terminated" ? { endedAt: launchedAt + 5 * MINUTE } : {}),
    }),
  );
}

function looked(before: Ledger | undefined, observations: Observations): Ledger {
  const { ledger } = meter(before, observations, CONFIG, ON_DEMAND);
  // By way of the table, as from one run of the guard to the next.
  return ledgerOf(ledgerItem(ledger, "run"));
}

function sizeOf(ledger: Ledger): number {
  const { state } = ledgerItem(ledger, "run");
  return state instanceof Uint8Array ? state.byteLength : assert.fail("no state");
}

const spent = (ledger: Ledger) => recordOf(ledger, "2027-06-14").compute;

describe("a ledger of 25,000 instances that came and went in a day", function () {
  this.timeout(30_000);
  let ledger: Ledger;
  let now = MIDNIGHT;
  let biggest = 0;

  before(() => {
    ledger = looked(undefined, seeing(MIDNIGHT));
    for (let wave = 0; wave <= WAVES; wave += 1) {
      now = MIDNIGHT + (wave + 1) * 5 * MINUTE;
      // What has ended is described for about an hour.
      const ended = Array.from({ length: 12 }, (_, ago) => wave - 1 - ago).filter((one) => one >= 0);
      const running = wave < WAVES ? waveAt(wave) : [];
      ledger = looked(
        ledger,
        seeing(now, [...running, ...ended.flatMap((one) => waveAt(one, "terminated"))]),
      );
      biggest = Math.max(biggest, sizeOf(ledger));
    }
  });

  it("costs the day what they cost, each second once (FM-01)", () => {
    const each = Math.ceil((I4I_2XLARGE * 5) / 60);
    assert.equal(spent(ledger), WAVES * IN_A_WAVE * each);
  });

  it("stays far below what an item of DynamoDB holds, and keeps the newest", () => {
    console.log(`      ${(biggest / 1024).toFixed(0)} KB of ${String(MOST_BYTES / 1024)} KB`);
    assert.ok(biggest < MOST_BYTES / 2, String(biggest));
    assert.equal(ledger.meters.size, 10_000);
    assert.ok(ledger.meters.has(idOf(WAVES - 1, 0)));
    assert.ok(!ledger.meters.has(idOf(0, 0)));
  });

  it("counts what it kept nothing again, and what it forgot never less, when events come twice (FM-01)", () => {
    const events = (wave: number): readonly StateChange[] =>
      (["running", "terminated"] as const).map((state, index) => ({
        instanceId: idOf(wave, 0),
        region: HOME,
        state,
        at: MIDNIGHT + (wave + index) * 5 * MINUTE,
      }));
    const after = (wave: number) => spent(looked(ledger, seeing(now, [], { events: events(wave) })));
    assert.equal(after(WAVES - 1), spent(ledger));
    assert.ok(after(0) > spent(ledger));
  });

  it("forgets none that is still described, or whose region cannot be read: it would count anew at every look", () => {
    const old = [...Array.from({ length: 30 }, (_, ago) => WAVES - 1 - ago)];
    const all = old.flatMap((wave) => waveAt(wave, "terminated"));
    const crowd = looked(looked(undefined, seeing(MIDNIGHT)), seeing(now, all));
    assert.equal(crowd.meters.size, 15_000);
    const again = looked(crowd, seeing(now + MINUTE, all));
    assert.deepEqual([again.meters.size, spent(again)], [15_000, spent(crowd)]);
    const regions = [{ region: HOME, unreadable: "RequestLimitExceeded" }];
    const blind = looked(again, { ...seeing(now + 2 * MINUTE), regions });
    assert.equal(blind.meters.size, 15_000);
    const gone = looked(blind, seeing(now + 3 * MINUTE));
    assert.deepEqual([gone.meters.size, spent(gone)], [10_000, spent(crowd)]);
  });
});
