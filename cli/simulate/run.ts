import type { Catalogue } from "../../pricing/catalogue.ts";
import { dollars } from "../../runtime/guard/money.ts";
import { OnDemandPrices } from "../../runtime/guard/prices.ts";
import type { Sums } from "../../runtime/guard/sums.ts";
import { tick } from "../../runtime/guard/tick.ts";
import { readTrigger, type Trigger } from "../../runtime/guard/trigger.ts";
import { billed, type Account } from "./bill.ts";
import { watchHeartbeat } from "./dead-man.ts";
import { Died, Faults } from "./faults.ts";
import { putHappenings } from "./happen.ts";
import { Backend } from "./backend.ts";
import { SimPorts } from "./ports.ts";
import type { Scenario } from "./scenario.ts";
import { ACCOUNT, BUDGET, configOf, TOPIC } from "./setting.ts";
import { World } from "./world.ts";

/** One run of the guard, as the simulator saw it. */
export interface TickRecord {
  readonly from: number;
  readonly to: number;
  /** True where it saw everything and left nothing to be done. */
  readonly ok: boolean;
  /** Time that calls without an answer used up. */
  readonly hungMs: number;
  /** What it decided to stop by; undefined where it did not. */
  readonly stop: Sums | undefined;
}

export interface Run {
  readonly world: World;
  readonly backend: Backend;
  readonly account: Account;
  readonly ticks: readonly TickRecord[];
  readonly asked: { readonly admitted: number; readonly refused: number };
  readonly deadManFired: number;
  /** Notices that were believed although they were forged. */
  readonly fooled: number;
}

/** Ticks after the last midnight, in which the last day is settled. */
const CLOSING_TICKS = 3;

/** Runs a scenario with the guard's own code, in virtual time. The same scenario gives the same run. */
export async function simulate(scenario: Scenario, catalogue: Catalogue): Promise<Run> {
  const config = configOf(scenario, catalogue);
  const world = new World(scenario, config, catalogue);
  const faults = new Faults();
  const backend = new Backend(world.start);
  const onDemand = new OnDemandPrices(catalogue);
  const account: Account = { world, catalogue, tokenRates: backend.tokenRates };
  const asked = { admitted: 0, refused: 0 };
  const deadMan = watchHeartbeat(world, backend);
  const ticks: TickRecord[] = [];
  const notices: boolean[] = [];
  let fooled = 0;
  let holder = 0;
  putHappenings({
    world,
    backend,
    faults,
    asked,
    guarded: true,
    notice: (forged) => notices.push(forged),
  });

  const runOnce = async (ports: SimPorts, trigger: Trigger, from: number): Promise<void> => {
    holder += 1;
    try {
      const result = await tick(ports, { config, onDemand, trigger, holder: String(holder) });
      if (result.outcome !== "done") ports.calls.did(`leaves it to another run: ${result.outcome}`);
      if (result.outcome === "busy") return;
      const { decision } = result;
      const sighted = faults.blind.size === 0 && !ports.calls.hungBlind;
      const ok = result.outcome === "done" && result.settled === true && sighted;
      const stop = decision?.verdict === "stop" ? decision.sums : undefined;
      ticks.push({ from, to: world.now, ok, hungMs: ports.calls.hungMs, stop });
    } catch (error) {
      if (!(error instanceof Died) && !isRefusal(error)) throw error;
      ports.calls.did(`ends in the midst of a run: ${error.message}`);
      ticks.push({ from, to: world.now, ok: false, hungMs: ports.calls.hungMs, stop: undefined });
    }
  };

  const guard = async (trigger: Trigger): Promise<void> => {
    const { die, double } = faults;
    faults.die = undefined;
    faults.double = undefined;
    const second = (): Promise<void> =>
      runOnce(
        new SimPorts(world, backend, faults, { unlocked: double?.unlocked === true }),
        { kind: "schedule" },
        world.now,
      );
    const ports = new SimPorts(world, backend, faults, {
      ...(die === undefined ? {} : { die }),
      ...(double === undefined ? {} : { double: { call: double.call, run: second } }),
    });
    await runOnce(ports, trigger, world.now);
  };

  const last = world.end + CLOSING_TICKS * config.intervalMs;
  for (let due = world.start + 7_000; due < last; due += config.intervalMs) {
    world.advanceTo(due);
    for (const forged of notices.splice(0)) {
      const trigger = readTrigger(noticeOf(forged, account), config, world.now);
      if (trigger.kind === "refused") continue;
      if (forged) fooled += 1;
      await guard(trigger);
    }
    // Faults end with the last day, so that its record can be closed and judged.
    if (world.now < world.end && world.now < faults.outageUntil) continue;
    if (world.now < world.end && faults.lostTicks > 0) {
      faults.lostTicks -= 1;
      continue;
    }
    if (world.now >= world.end) calm(faults);
    await guard({ kind: "schedule" });
  }
  return { world, backend, account, ticks, asked, deadManFired: deadMan.fired(), fooled };
}

function calm(faults: Faults): void {
  faults.refusals.clear();
  faults.blind.clear();
  faults.hanging.clear();
  faults.stubborn = false;
  faults.skewMs = 0;
  faults.die = undefined;
  faults.double = undefined;
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /Throttling|RequestLimitExceeded|ServiceUnavailable|TimeoutError/.test(error.message)
  );
}

/** A notice about the bill as it stands, or one from another account's budget that claims a great amount. */
function noticeOf(forged: boolean, account: Account): unknown {
  const { world } = account;
  const midnight = Math.floor(world.now / 86_400_000) * 86_400_000;
  const amount = forged ? 1_000_000_000_000_000 : Math.floor(billed(account, midnight, world.now) * 1e9);
  const message = [
    "AWS Budget Notification",
    `AWS Account ${forged ? "210987654321" : ACCOUNT}`,
    "",
    `Budget Name: ${BUDGET}`,
    "Alert Type: ACTUAL",
    `ACTUAL Amount: ${dollars(amount)}`,
    "",
  ].join("\n");
  const notice = { TopicArn: TOPIC, Timestamp: new Date(world.now).toISOString(), Message: message };
  return { Records: [{ EventSource: "aws:sns", Sns: notice }] };
}
