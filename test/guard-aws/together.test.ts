import assert from "node:assert/strict";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Lease } from "../../runtime/guard/observations.ts";
import { ADMISSION_LOCK_KEY } from "../../runtime/guard/aws/items.ts";
import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import { TableLock } from "../../runtime/guard/aws/lock.ts";
import { awsNotifier } from "../../runtime/guard/aws/notifier.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { operationOf } from "../support/aws-query.ts";
import { startAccount, type Account } from "./account.ts";
import { CONFIG, NOON, REGION, TABLE, TIGHT } from "./setting.ts";

describe("guard on moto: two at once, and who may call it", function () {
  this.timeout(60_000);
  let account: Account;

  before(async function () {
    account = await startAccount(this);
  });
  after(() => (account as Account | undefined)?.stop());
  beforeEach(() => account.make());

  const tight = { ...CONFIG, linePerDay: TIGHT };

  it("two runs at once have one effect, also where Lambda delivers one event twice (FM-01)", async () => {
    await account.start("storage-1");
    const outcomes = await Promise.all([account.tick(tight), account.tick(tight)]);
    assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ["busy", "done"]);
    assert.equal((await account.told()).length, 1);
    assert.equal(
      (await account.table.read())?.version,
      3,
      "written when latched, when stopped and when people were told",
    );
  });

  it("where the lock was lost, the ledger lets one run act (FM-01)", async () => {
    await account.start("storage-1");
    await account.tick();
    let other: Promise<boolean> | undefined;
    // Between this run's look and its write, another one writes.
    account.proxy.rule((request) => {
      if (operationOf(request) === "DescribeInstances") other ??= overtake();
      return undefined;
    });
    const overtake = async (): Promise<boolean> => {
      const ledger = (await account.table.read()) ?? assert.fail("no ledger");
      return account.table.write({ ...ledger, version: ledger.version + 1 }, ledger.version);
    };
    assert.equal((await account.tick(tight)).outcome, "superseded");
    assert.equal(await other, true);
    assert.equal((await account.runningIds()).length, 1);
    assert.equal((await account.table.read())?.latch, null);
  });

  it("a ledger's write whose answer was lost counts as written", async () => {
    let lost = 0;
    account.proxy.rule((request) => {
      const isLedger = operationOf(request) === "PutItem" && request.body.includes('"writer"');
      if (!isLedger || lost > 0) return undefined;
      lost += 1;
      return "lose";
    });
    assert.equal((await account.tick()).outcome, "done");
    assert.equal(lost, 1);
    assert.equal((await account.table.read())?.version, 1);
  });

  it("of many at once, one gets the lock; it is given up, taken over when it expires, and not released by others", async () => {
    const lock = new TableLock(account.dynamodb, TABLE, account.clock);
    const names = Array.from({ length: 8 }, (_, index) => `run-${String(index)}`);
    const got = await Promise.all(names.map((name) => lock.acquire(name, MINUTE)));
    assert.equal(got.filter(Boolean).length, 1);
    const holder = names[got.indexOf(true)] ?? assert.fail("nobody holds it");
    await lock.release("somebody else");
    assert.equal(await lock.acquire("next", MINUTE), false);
    assert.equal(await lock.acquire(holder, MINUTE), true, "a repeated write is the holder's own");
    account.clock.pass(MINUTE);
    assert.equal(await lock.acquire("next", MINUTE), true);
    await lock.release(holder);
    assert.equal(await lock.acquire("third", MINUTE), false);
    await lock.release("next");
    assert.equal(await lock.acquire("third", MINUTE), true);
    const admission = new TableLock(account.dynamodb, TABLE, account.clock, ADMISSION_LOCK_KEY);
    assert.equal(await admission.acquire("alex", MINUTE), true, "the locks of people and guard are two");
  });

  it("a lease is added once, extended while it lasts, and ended only as it was read (FM-34)", async () => {
    const { table } = account;
    const locked = await account.locked();
    const lease: Lease = { id: "one", owner: "alex", slots: ["storage-1"], expiresAt: NOON, state: "active" };
    assert.equal(await locked.add(lease), true);
    assert.equal(await locked.add(lease), true, "a repeated write is the same");
    assert.equal(await locked.add({ ...lease, owner: "sam" }), false);
    assert.equal(await locked.extend("one", NOON, NOON + HOUR), true);
    assert.equal(await locked.extend("one", NOON, NOON + 2 * HOUR), false, "another was first");
    assert.equal(await table.endLease("one", NOON), false);
    assert.equal(await locked.end("one", NOON), false);
    assert.equal(await table.endLease("one", NOON + HOUR), true);
    assert.equal(await locked.end("one", NOON + HOUR), true, "a repeated end is the same");
    assert.equal(await locked.extend("one", NOON + HOUR, NOON + 2 * HOUR), false, "it is ending");
    assert.equal(await locked.extend("none", NOON, NOON), false);
    assert.deepEqual((await table.requests()).leases, [
      { ...lease, expiresAt: NOON + HOUR, state: "ending" },
    ]);
    await table.removeLease("one");
    await table.removeLease("one");
    assert.deepEqual(await table.requests(), { leases: [] });
  });

  it("no lease is written by whom the lock does not name, however its clock goes (FM-01)", async () => {
    const { table, clock, dynamodb } = account;
    const ahead = { now: () => clock.now() + MINUTE + SECOND };
    const lock = new TableLock(dynamodb, TABLE, clock, ADMISSION_LOCK_KEY);
    const hasty = new TableLock(dynamodb, TABLE, ahead, ADMISSION_LOCK_KEY);
    const lease: Lease = { id: "one", owner: "alex", slots: ["storage-1"], expiresAt: NOON, state: "active" };
    const [alex, kim] = [table.lockedBy("alex"), table.lockedBy("kim")];
    await assert.rejects(alex.add(lease), LockLostError, "nobody holds it");
    assert.equal(await lock.acquire("alex", MINUTE), true);
    assert.equal(await alex.add(lease), true);
    assert.equal(await hasty.acquire("kim", MINUTE), true, "a clock that is a minute ahead takes it over");
    for (const write of [
      () => alex.add({ ...lease, id: "two" }),
      () => alex.extend("one", NOON, NOON + HOUR),
      () => alex.end("one", NOON),
      () => alex.requireLock(),
    ])
      await assert.rejects(write, LockLostError);
    await lock.release("alex");
    await kim.requireLock();
    assert.deepEqual((await table.requests()).leases, [lease]);
    assert.equal(await kim.extend("one", NOON, NOON + HOUR), true);
    await hasty.release("kim");
    await assert.rejects(kim.end("one", NOON + HOUR), LockLostError, "it was given back");
  });

  it("a lock by a clock that is days ahead keeps nobody out, one by a few minutes does till it ends (FM-14)", async () => {
    const { clock, dynamodb } = account;
    const byClock = (aheadMs: number) =>
      new TableLock(dynamodb, TABLE, { now: () => clock.now() + aheadMs }, ADMISSION_LOCK_KEY);
    assert.equal(await byClock(10 * DAY).acquire("crashed", MINUTE), true);
    assert.equal(await byClock(0).acquire("alex", MINUTE), true);
    assert.equal(await byClock(0).acquire("kim", MINUTE), false, "it is held now");
    await byClock(0).release("alex");
    assert.equal(await byClock(5 * MINUTE).acquire("crashed", MINUTE), true);
    assert.equal(await byClock(0).acquire("alex", MINUTE), false, "clocks may be that far apart");
    clock.pass(6 * MINUTE);
    assert.equal(await byClock(0).acquire("alex", MINUTE), true);
  });

  it("a lease is written although another's try for the lock is under way", async () => {
    let conflicts = 0;
    account.proxy.rule((request) => {
      if (operationOf(request) !== "TransactWriteItems" || conflicts === 2) return undefined;
      conflicts += 1;
      return {
        status: 400,
        body: JSON.stringify({
          __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
          Message: "Transaction cancelled, please refer cancellation reasons for specific reasons",
          CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
        }),
      };
    });
    const locked = await account.locked();
    const lease: Lease = { id: "one", owner: "alex", slots: [], expiresAt: NOON, state: "active" };
    assert.equal(await locked.add(lease), true);
    assert.equal(conflicts, 2);
  });

  it("a write that meets another's transaction is as one that came too late, and is tried later", async () => {
    const lease: Lease = { id: "one", owner: "alex", slots: [], expiresAt: NOON, state: "active" };
    await (await account.locked()).add(lease);
    account.proxy.rule((request) =>
      ["UpdateItem", "DeleteItem", "PutItem"].includes(operationOf(request))
        ? {
            status: 400,
            body: JSON.stringify({
              __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
              message: "Transaction is ongoing for the item",
            }),
          }
        : undefined,
    );
    assert.equal(await account.table.endLease("one", NOON), false);
    await account.table.removeLease("one");
    const lock = new TableLock(account.dynamodb, TABLE, account.clock, ADMISSION_LOCK_KEY);
    assert.equal(await lock.acquire("kim", MINUTE), false);
    account.proxy.clear();
    assert.deepEqual((await account.table.requests()).leases, [lease]);
  });

  it("reads requests that take many pages", async () => {
    const slots = Array.from({ length: 300 }, (_, index) => `${String(index)}-${"x".repeat(1_000)}`);
    const leases = Array.from({ length: 6 }, (_, index): Lease => {
      return { id: `lease-${String(index)}`, owner: "alex", slots, expiresAt: NOON, state: "active" };
    });
    const locked = await account.locked();
    await Promise.all(leases.map((lease) => locked.add(lease)));
    account.proxy.clear();
    assert.equal((await account.table.requests()).leases.length, 6);
    assert.ok((account.calls()["Query"] ?? 0) > 1);
  });

  const notice = (change: Partial<Record<"account" | "budget" | "topic" | "amount", string>> = {}) => ({
    Records: [
      {
        EventSource: "aws:sns",
        Sns: {
          TopicArn: change.topic ?? CONFIG.budgetTopicArn,
          Timestamp: new Date(account.clock.now()).toISOString(),
          Subject: "AWS Budgets: proving-ground-dev has exceeded your alert threshold",
          Message: [
            "AWS Budget Notification November 21, 2026",
            `AWS Account ${change.account ?? CONFIG.account}`,
            "",
            `Budget Name: ${change.budget ?? "proving-ground-dev"}`,
            "Budget Type: Cost",
            "Budgeted Amount: $100.00",
            "Alert Type: ACTUAL",
            "Alert Threshold: > $100.00",
            `ACTUAL Amount: ${change.amount ?? "$101.20"}`,
          ].join("\n"),
        },
      },
    ],
  });

  it("a notice of AWS Budgets stops what the meter alone would leave running", async () => {
    await account.start("storage-1");
    assert.equal((await account.tick(CONFIG)).verdict, "ok");
    assert.equal((await account.tick(CONFIG, notice())).verdict, "stop");
    assert.deepEqual(await account.runningIds(), []);
  });

  it("a notice that comes while another run is under way is tried again, a schedule is not (FM-02)", async () => {
    const lock = new TableLock(account.dynamodb, TABLE, account.clock);
    assert.ok(await lock.acquire("another", MINUTE));
    await assert.rejects(account.tick(CONFIG, notice()), /Another run .* is tried again/);
    assert.deepEqual(await account.tick(CONFIG), { outcome: "busy" });
    await lock.release("another");
  });

  it("a notice of another budget, account or topic, or a malformed one, does nothing at all (FM-02)", async () => {
    await account.start("storage-1");
    account.proxy.clear();
    const events = [
      notice({ topic: `arn:aws:sns:${REGION}:123456789012:other` }),
      notice({ account: "210987654321" }),
      notice({ budget: "other" }),
      notice({ amount: "lots" }),
      { Records: [] },
      { Records: "everything" },
      { Records: [{ EventSource: "aws:s3" }] },
    ];
    for (const event of events) assert.deepEqual(await account.tick(CONFIG, event), { outcome: "refused" });
    assert.deepEqual(account.calls(), {});
    assert.equal(account.log.filter((entry) => "refused" in entry).length, events.length);
  });

  it("subjects fit into SNS, whatever they say", async () => {
    const sns = new SNSClient({});
    const notifier = awsNotifier({
      sns,
      cloudWatch: account.cloudWatch,
      dynamodb: account.dynamodb,
      topicArn: `arn:aws:sns:${REGION}:123456789012:guard`,
      table: TABLE,
      environment: "dev",
      print: () => undefined,
    });
    await notifier.notify(`dev: Übermut\nund mehr ${"x".repeat(200)}`, "text");
    sns.destroy();
    const [message = ""] = await account.told();
    assert.match(message, /^dev: {2}bermut und mehr x{75,}\ntext$/);
    assert.equal(message.split("\n")[0]?.length, 100);
  });
});
