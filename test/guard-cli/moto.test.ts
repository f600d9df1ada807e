import assert from "node:assert/strict";
import { PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { billOf } from "../../cli/cost/bill.ts";
import { readCost } from "../../cli/cost/run.ts";
import { peoplePorts } from "../../cli/guard/aws.ts";
import { guardHistory } from "../../cli/guard/history.ts";
import type { PeoplePorts } from "../../cli/guard/ports.ts";
import { rearm } from "../../cli/guard/rearm.ts";
import { guardExitCode, guardStatus } from "../../cli/guard/status.ts";
import { GroundError } from "../../cli/errors.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, dayOf, MINUTE } from "../../runtime/guard/time.ts";
import { startGround } from "../deploy/support.ts";
import { startAccount, type Account } from "../guard-aws/account.ts";
import { CONFIG, NOON, TIGHT } from "../guard-aws/setting.ts";
import { environmentOf } from "../support/moto.ts";
import { stackWith } from "./stack.ts";

const YES = () => Promise.resolve(true);

describe("ground guard and ground cost on moto", function () {
  this.timeout(60_000);
  let account: Account;
  let ports: PeoplePorts;

  before(async function () {
    account = await startAccount(this);
  });
  after(() => (account as Account | undefined)?.stop());
  beforeEach(async () => {
    await account.make();
    ports = peoplePorts(stack, account.clock);
  });

  const stack = stackWith(CONFIG);
  const tight = { ...CONFIG, linePerDay: TIGHT, rearm: "manual" } as const;
  const tightStack = stackWith(tight);

  async function alarm(AlarmName: string, StateValue: "OK" | "ALARM"): Promise<void> {
    await account.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: "proving-ground/guard",
        MetricName: "Heartbeat",
        Statistic: "SampleCount",
        Period: 300,
        EvaluationPeriods: 2,
        Threshold: 1,
        ComparisonOperator: "LessThanThreshold",
      }),
    );
    await account.cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "test" }));
  }

  async function alarms(StateValue: "OK" | "ALARM" = "OK"): Promise<void> {
    await Promise.all([...stack.alarms.values()].map((name) => alarm(name, StateValue)));
  }

  it("status follows a guard from before its first run to a latch (FM-15, FM-16)", async () => {
    let status = await guardStatus(ports, stack);
    assert.deepEqual(
      [status.state, status.money, status.alarms.map(({ state }) => state)],
      ["never ran", null, ["missing", "missing", "missing", "missing"]],
    );

    await alarms();
    await account.orchestrator();
    await account.start("storage-1");
    await account.tick(tight);
    status = await guardStatus(ports, tightStack);
    assert.deepEqual(
      [status.state, guardExitCode(status), status.heartbeat],
      ["latched", 5, account.clock.now()],
    );
    assert.equal(status.latch?.phase, "stopped");

    account.clock.pass(13 * MINUTE);
    status = await guardStatus(ports, tightStack);
    assert.deepEqual([status.state, guardExitCode(status)], ["silent", 4]);
  });

  it("status shows an alarm that stands, with its exit code (FM-03)", async () => {
    await alarms();
    await account.tick();
    assert.equal(guardExitCode(await guardStatus(ports, stack)), 0);
    await alarm(stack.alarms.get("failures") ?? "", "ALARM");
    const status = await guardStatus(ports, stack);
    assert.equal(status.alarms.find(({ alarm: name }) => name === "failures")?.state, "ALARM");
    assert.equal(guardExitCode(status), 4);
  });

  it("status gives the sums of the last look, with what runs", async () => {
    await account.orchestrator();
    await account.start("storage-1");
    await account.tick();
    const { money } = await guardStatus(ports, stack);
    assert.equal(money?.at, account.clock.now());
    assert.equal(money.line, CONFIG.linePerDay);
    assert.equal(money.burnPerHour, nanoUsd("0.75"), "one slot at its ceiling");
    assert.ok(money.stoppablePerHour > 0 && money.perHour > money.stoppablePerHour);
  });

  it("rearm leaves who asked, and the guard opens the latch at its next look (FM-16)", async () => {
    await account.start("storage-1");
    await account.tick(tight);
    // Room again: the line was raised and deployed.
    const raised = { ...tight, linePerDay: nanoUsd("50") };
    const raisedStack = stackWith(raised);
    const situations: string[] = [];
    const declined = await rearm(ports, raisedStack, "alex", (situation) => {
      situations.push(situation);
      return Promise.resolve(false);
    });
    assert.equal(declined.outcome, "declined");
    assert.equal((await account.table.requests()).rearm, undefined, "a no writes nothing");
    assert.match(situations.join("\n"), /LATCHED since .*Left today once it is open: \$\d+\.\d\d/s);

    assert.equal((await rearm(ports, raisedStack, "alex", YES)).outcome, "requested");
    assert.equal((await account.table.requests()).rearm?.by, "alex");
    assert.equal((await rearm(ports, raisedStack, "sam", YES)).outcome, "asked before");
    account.clock.pass(5 * MINUTE);
    assert.equal((await account.tick(raised)).verdict, "rearm");
    assert.equal((await rearm(ports, raisedStack, "sam", YES)).outcome, "not latched");
  });

  it("rearm refuses where the line would be crossed at once, and asks nobody (FM-16)", async () => {
    await account.start("storage-1");
    await account.tick(tight);
    await assert.rejects(
      rearm(ports, stackWith({ ...tight, linePerDay: nanoUsd("1") }), "alex", () => {
        throw new Error("nobody is to be asked");
      }),
      (error) =>
        error instanceof GroundError && error.exitCode === 5 && error.message.includes("stays latched"),
    );
    assert.equal((await account.table.requests()).rearm, undefined);
  });

  it("history keeps a latch with its cause, what it stopped and its end, after its day is archived", async () => {
    const id = await account.start("storage-1");
    await account.tick(tight);
    const since = NOON;
    assert.deepEqual(
      (await guardHistory(ports, 30)).map(({ since: at, isOpen }) => [at, isOpen]),
      [[since, false]],
    );
    account.clock.pass(DAY);
    await account.table.requestRearm("alex", account.clock.now());
    const roomy = { ...tight, linePerDay: nanoUsd("50") };
    assert.equal((await account.tick(roomy)).verdict, "rearm");
    const rearmedAt = account.clock.now();
    for (let day = 0; day < 4; day += 1) {
      account.clock.pass(DAY);
      await account.tick(roomy);
    }
    assert.equal((await account.table.archived(dayOf(NOON), dayOf(NOON))).length, 1);
    const [entry, ...others] = await guardHistory(ports, 30);
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.since, entry?.isOpen, entry?.rearmedAt], [since, true, rearmedAt]);
    assert.deepEqual([entry?.stopped, entry?.slots], [[id], { [id]: "storage-1" }]);
    assert.match(entry?.reason ?? "", /the line would be crossed/);
    assert.deepEqual(await guardHistory(ports, 2), [], "older than what was asked for");
  });

  describe("cost", () => {
    /** Cost Explorer's answer, and what it was asked. */
    function bill(asked: unknown[]): void {
      account.proxy.rule(({ headers, body }) => {
        if (!String(headers["x-amz-target"] ?? "").endsWith("GetCostAndUsage")) return undefined;
        const question = JSON.parse(body.toString()) as { NextPageToken?: string };
        asked.push(question);
        const group = (value: string, Amount: string) => ({
          Keys: [`proving-ground:environment$${value}`],
          Metrics: { UnblendedCost: { Amount, Unit: "USD" } },
        });
        const first = question.NextPageToken === undefined;
        return {
          status: 200,
          headers: { "content-type": "application/x-amz-json-1.1" },
          body: JSON.stringify({
            ResultsByTime: [
              {
                Estimated: true,
                Groups: first ? [group("dev", "7.5"), group("", "1.25")] : [group("prod", "3")],
              },
            ],
            ...(first ? { NextPageToken: "2" } : {}),
          }),
        };
      });
    }

    it("sets yesterday's meter beside the bill, all pages of it, without credits (FM-10, FM-17)", async () => {
      const asked: unknown[] = [];
      bill(asked);
      await account.orchestrator();
      await account.tick();
      account.clock.pass(DAY);
      await account.tick();
      const cost = await readCost(ports, stack, (at) => billOf("dev", at));
      assert.equal(cost.yesterday.day, "2026-11-21");
      assert.ok((cost.yesterday.meter?.compute ?? 0) > 0);
      assert.deepEqual(cost.yesterday.bill, {
        environment: nanoUsd("7.5"),
        untagged: nanoUsd("1.25"),
        account: nanoUsd("11.75"),
        isEstimated: true,
      });
      const [question] = asked as { TimePeriod: unknown; Filter: unknown }[];
      assert.deepEqual(question?.TimePeriod, { Start: "2026-11-21", End: "2026-11-22" });
      assert.match(JSON.stringify(question.Filter), /"Not".*"RECORD_TYPE".*"Credit","Refund"/);
      assert.equal(asked.length, 2);
    });

    it("shows the meter's half where the bill cannot be read, or nobody wants it", async () => {
      await account.tick();
      const failing = await readCost(ports, stack, () => Promise.reject(new Error("no access")));
      assert.deepEqual(failing.yesterday.bill, { unreadable: "Error: no access" });
      assert.equal((await readCost(ports, stack, undefined)).yesterday.bill, null);
    });

    it("says so before the guard's first look; exit code 4", async () => {
      await assert.rejects(
        readCost(ports, stack, undefined),
        (error) =>
          error instanceof GroundError && error.exitCode === 4 && error.message.includes("not metered yet"),
      );
    });
  });

  describe("as a command", () => {
    async function run(...args: readonly string[]) {
      return startGround([...args, "--stack", "dev"], environmentOf(account.proxy.url)).finished;
    }

    it("speaks of a guard that never ran, as text and as JSON; exit code 4", async () => {
      const [text, json, cost] = await Promise.all([
        run("guard", "status"),
        run("guard", "status", "--json"),
        run("cost", "--no-bill"),
      ]);
      assert.deepEqual([text.exitCode, json.exitCode, cost.exitCode], [4, 4, 4], text.stderr + cost.stderr);
      assert.match(text.stdout, /The guard has never run\./);
      assert.equal((JSON.parse(json.stdout) as { state: string }).state, "never ran");
      assert.match(cost.stderr, /The guard has not metered yet\./);
    });

    it("re-arms by a person's yes alone: nobody there is exit code 2, --yes is 0 and leaves who it was", async () => {
      await account.start("storage-1");
      await account.tick({ ...CONFIG, linePerDay: TIGHT });
      const nobody = await run("guard", "rearm");
      assert.equal(nobody.exitCode, 2, nobody.stdout);
      assert.match(nobody.stderr, /LATCHED since[^]*Nobody is here to confirm/);
      assert.equal((await account.table.requests()).rearm, undefined);

      const yes = await run("guard", "rearm", "--yes");
      assert.equal(yes.exitCode, 0, yes.stderr);
      assert.match(yes.stdout, /^dev: re-arming is asked for by /);
      const { rearm: request } = await account.table.requests();
      assert.ok(request !== undefined && request.by !== "");
    });

    it("refuses bad options and an unknown stack with their codes", async () => {
      const [days, json, unknown] = await Promise.all([
        run("guard", "history", "--days", "0"),
        run("guard", "rearm", "--json"),
        startGround(["guard", "status", "--stack", "nope"], environmentOf(account.proxy.url)).finished,
      ]);
      assert.deepEqual([days.exitCode, json.exitCode, unknown.exitCode], [2, 2, 6]);
      assert.match(days.stderr, /whole number of days/);
    });
  });
});
