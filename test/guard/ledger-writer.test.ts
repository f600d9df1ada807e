import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ledgerItem, ledgerOf } from "../../runtime/guard/aws/items.ts";
import { newDay, type Latch } from "../../runtime/guard/ledger.ts";
import { LedgerWriter } from "../../runtime/guard/ledger-writer.ts";
import type { GuardPorts } from "../../runtime/guard/ports.ts";
import { FakeAws } from "./fake-aws.ts";
import { ledgerAt, NOON } from "./support.ts";
import { aws, OVER, run } from "./tick-runs.ts";

/** DynamoDB's limit of an item, bytes. */
const MOST_BYTES = 400 * 1024;

const LATCH: Latch = {
  since: NOON,
  day: "2027-06-14",
  reason: "the line",
  phase: "stopped",
  stopped: [],
  reported: true,
};

/** Text that no compressor makes smaller. */
const noise = (bytes: number): string => randomBytes(bytes).toString("base64url");

/** The table in memory, with DynamoDB's limit; through the item and back. */
function limited({ ports }: FakeAws): GuardPorts {
  const { store } = ports;
  const write: typeof store.write = (ledger, expected) => {
    const item = ledgerItem(ledger, "run");
    if (item["state"] instanceof Uint8Array && item["state"].byteLength < MOST_BYTES)
      return store.write(ledgerOf(item), expected);
    return Promise.reject(new Error("Item size has exceeded the maximum allowed size"));
  };
  return { ...ports, store: { ...store, write } };
}

describe("a ledger that is too big for its item", () => {
  const asked = Array.from({ length: 430 }, () => `2027-06-14 ${noise(1_000)}`);
  const untold = [{ subject: "dev: something", text: noise(1_000), at: NOON }];

  it("is written without what only people need, which goes to the log; the latch is whole (FM-04)", async () => {
    const fake = new FakeAws(NOON);
    const writer = new LedgerWriter(limited(fake), undefined);
    const stopped = Array.from({ length: 60 }, (_, index) => `i-${String(index)}`);
    const ledger = ledgerAt(NOON, 5, { latch: { ...LATCH, stopped }, asked, untold, heldGroups: ["held"] });
    assert.equal(await writer.write(ledger), true);
    const kept = { ...LATCH, stopped: stopped.slice(-20), stoppedBefore: 40 };
    assert.deepEqual(fake.ledger?.latch, kept);
    assert.deepEqual([fake.ledger.asked, fake.ledger.untold, writer.untold], [[], undefined, []]);
    assert.deepEqual([fake.ledger.days[0]?.compute, fake.ledger.heldGroups], [5, ["held"]]);
    assert.deepEqual(
      fake.log.map(({ forgotten }) => forgotten),
      [untold],
    );
    assert.equal(await writer.amend({ warnedDay: "2027-06-14" }), true, "it goes on from what was written");
  });

  it("keeps no stop from being carried out (FM-04)", async () => {
    const fake = aws(OVER);
    assert.ok(fake.ledger !== undefined);
    fake.ledger = { ...fake.ledger, asked, untold };
    const { decision, settled } = await run(fake, { ports: limited(fake) });
    assert.deepEqual([decision?.verdict, settled], ["stop", true]);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.equal(fake.ledger.latch?.phase, "stopped");
  });

  it("is not cut for any other refusal", async () => {
    const fake = new FakeAws(NOON);
    fake.interfere = (call) => {
      if (call === "write") throw new Error("ProvisionedThroughputExceededException");
    };
    const writer = new LedgerWriter(fake.ports, undefined);
    await assert.rejects(writer.write(ledgerAt(NOON, 0)), /ProvisionedThroughput/);
    assert.equal(fake.called("write").length, 1);
  });
});

describe("what a latch remembers of something that launches anew all the time", () => {
  it("is the newest 500 ids and how many there were before, in its day too", async () => {
    const fake = new FakeAws(NOON);
    const writer = new LedgerWriter(fake.ports, undefined);
    await writer.write(ledgerAt(NOON, 0, { latch: LATCH, days: [newDay(LATCH.day)] }));
    for (let wave = 0; wave < 8; wave += 1) {
      const latch = writer.latch ?? assert.fail("no latch");
      const ids = Array.from({ length: 100 }, (_, index) => `i-${String(wave)}-${String(index)}`);
      await writer.amend({ latch: { ...latch, stopped: [...latch.stopped, ...ids] } });
    }
    const { latch, days } = fake.ledger ?? assert.fail("no ledger");
    for (const one of [latch, days[0]?.latches?.[0]])
      assert.deepEqual(
        [one?.stopped.length, one?.stopped[0], one?.stopped.at(-1), one?.stoppedBefore],
        [500, "i-3-0", "i-7-99", 300],
      );
    await writer.open(NOON + 1);
    assert.equal(fake.ledger?.days[0]?.latches?.[0]?.stoppedBefore, 300);
  });
});
