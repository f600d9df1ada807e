import type { Catalogue } from "../../pricing/catalogue.ts";
import { LATCHED_PROCESSES } from "../../runtime/guard/ports.ts";
import { Backend } from "./backend.ts";
import { billed, untouchable, type Account } from "./bill.ts";
import { Faults } from "./faults.ts";
import { putHappenings } from "./happen.ts";
import type { Scenario } from "./scenario.ts";
import { configOf } from "./setting.ts";
import { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who else might watch the money: somebody who looks at the bill now and then, and stops everything over the line. */
export interface Watch {
  readonly everyMs: number;
  /** How old the bill is that is looked at. */
  readonly lateMs: number;
}

/** A script that adds up what runs every quarter of an hour, without a flaw, and stops at the line. */
export const POLL: Watch = { everyMs: 15 * MINUTE, lateMs: 0 };

/**
 * AWS Budgets with an action: its data are refreshed up to three times a day and 8 to 12 hours late. Here the
 * crossing is known 12 hours later at the latest. Source: AWS Cost Management, "Managing your costs with AWS Budgets".
 */
export const BUDGETS: Watch = { everyMs: 15 * MINUTE, lateMs: 12 * HOUR - 15 * MINUTE };

/** Each alternative stops at once and all, and keeps it so until the next day: better than any can be had. */
export interface Alone {
  readonly account: Account;
  /** When it stopped everything. */
  readonly stops: readonly number[];
}

/** The same scenario without the guard: nobody watches, or a watch does. Starts are not refused. */
export function withoutGuard(scenario: Scenario, catalogue: Catalogue, watch?: Watch): Alone {
  const world = new World(scenario, configOf(scenario, catalogue), catalogue);
  const backend = new Backend(world.start);
  const account: Account = { world, catalogue, tokenRates: backend.tokenRates };
  putHappenings({
    world,
    backend,
    faults: new Faults(),
    asked: { admitted: 0, refused: 0 },
    guarded: false,
    notice: () => undefined,
  });
  const stops: number[] = [];
  if (watch === undefined) {
    world.advanceTo(world.end);
    return { account, stops };
  }
  const told = new Set<number>();
  let closedFor: number | undefined;
  for (let due = world.start + watch.everyMs; due <= world.end; due += watch.everyMs) {
    world.advanceTo(due);
    if (closedFor !== undefined && dayStart(due) > closedFor) {
      open(world, backend);
      closedFor = undefined;
    }
    const known = due - watch.lateMs;
    const day = dayStart(known);
    if (day < world.start || (watch.lateMs > 0 && told.has(day))) continue;
    if (closedFor === undefined && billed(account, day, known) < scenario.lineUsd) continue;
    if (!told.has(day)) stops.push(due);
    told.add(day);
    closedFor = dayStart(due);
    stopAll(world, backend);
  }
  return { account, stops };
}

function dayStart(instant: number): number {
  return Math.floor(instant / DAY) * DAY;
}

function stopAll(world: World, backend: Backend): void {
  for (const { slot } of world.groups.values()) {
    world.suspend(slot.group, LATCHED_PROCESSES);
    world.setDesired(slot.group, 0);
  }
  for (const instance of [...world.shown()])
    if (instance.group !== undefined || instance.origin === "tagged") world.finish(instance);
  backend.denied = true;
  backend.setTokenRate(world.now, backend.tokenUsdPerHour);
}

function open(world: World, backend: Backend): void {
  for (const { slot } of world.groups.values()) world.resume(slot.group, LATCHED_PROCESSES);
  backend.denied = false;
  backend.setTokenRate(world.now, backend.tokenUsdPerHour);
}

/** What each day of the scenario cost beyond its line, without what no watch may stop, US dollars. */
export function overshoots({ account }: Pick<Alone, "account">): readonly number[] {
  const { world } = account;
  return Array.from({ length: world.scenario.days }, (_, index) => {
    const from = world.start + index * DAY;
    return Math.max(
      0,
      billed(account, from, from + DAY) - untouchable(account, from, from + DAY) - world.scenario.lineUsd,
    );
  });
}
