import { admit, knownRunning } from "../../runtime/guard/admission.ts";
import { LATCHED_PROCESSES } from "../../runtime/guard/ports.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import type { Faults } from "./faults.ts";
import type { Backend } from "./backend.ts";
import type { Happening } from "./scenario.ts";
import { HOME_REGION, OTHER_REGION, STACK_VPC, stackTags, ZONES } from "./setting.ts";
import { groupOf, scheduledRunsOf } from "./views.ts";
import type { SimInstance, World } from "./world.ts";

/** What people and the world do to a run; the guard sees only what its ports show. */
export interface Stage {
  readonly world: World;
  readonly backend: Backend;
  readonly faults: Faults;
  /** Counts what admission said. */
  readonly asked: { admitted: number; refused: number };
  /** False in a world without a guard: every start is granted, and its owner ends it in time. */
  readonly guarded: boolean;
  /** Runs the guard once more, for a notice of AWS Budgets. */
  readonly notice: (forged: boolean) => void;
}

/** Puts everything that happens in the scenario on the agenda. */
export function putHappenings(stage: Stage): void {
  const { world } = stage;
  for (const happening of world.scenario.happenings)
    world.at(world.start + happening.at, () => {
      happen(happening, stage);
    });
}

function happen(what: Happening, stage: Stage): void {
  const { world, backend, faults } = stage;
  const forAWhile = (forMs: number, begin: () => void, end: () => void): void => {
    begin();
    world.after(forMs, end);
  };
  switch (what.does) {
    case "start":
      start(what.slots, what.forMs, stage);
      return;
    case "extend":
      extend(what.byMs, stage);
      return;
    case "launch":
      launch(what, world);
      return;
    case "interrupt":
      interrupt(what.slot, world);
      return;
    case "spike":
      forAWhile(
        what.forMs,
        () => {
          world.market.pin(world.now, what.share);
        },
        () => {
          world.market.pin(world.now, undefined);
        },
      );
      return;
    case "feed":
      forAWhile(
        what.forMs,
        () => {
          faults.feed = what.fault;
        },
        () => {
          faults.feed = undefined;
        },
      );
      return;
    case "refuse":
      faults.refusals.set(what.call, what.times);
      return;
    case "die":
      faults.die = { call: what.call, effect: what.effect };
      return;
    case "lose-ticks":
      faults.lostTicks += what.count;
      return;
    case "double-tick":
      faults.double = { call: what.call, unlocked: what.unlocked };
      return;
    case "outage":
      faults.outageUntil = world.now + what.forMs;
      return;
    case "skew":
      forAWhile(
        what.forMs,
        () => {
          faults.skewMs = what.ms;
        },
        () => {
          faults.skewMs = 0;
        },
      );
      return;
    case "notice":
      stage.notice(what.forged);
      return;
    case "rearm":
      backend.rearm = { by: "somebody", at: world.now };
      return;
    case "tokens":
      forAWhile(
        what.forMs,
        () => {
          backend.setTokenRate(world.now, what.usdPerHour);
        },
        () => {
          backend.setTokenRate(world.now, 0);
        },
      );
      return;
    case "blind":
      forAWhile(
        what.forMs,
        () => faults.blind.add(what.region),
        () => faults.blind.delete(what.region),
      );
      return;
    case "hang":
      forAWhile(
        what.forMs,
        () => faults.hanging.add(what),
        () => faults.hanging.delete(what),
      );
      return;
    case "stubborn":
      forAWhile(
        what.forMs,
        () => {
          faults.stubborn = true;
        },
        () => {
          faults.stubborn = false;
        },
      );
  }
}

/** `ground cluster start`: asks, promises, raises the groups. */
function start(count: number, forMs: number, stage: Stage): void {
  const { world, backend } = stage;
  const slots = world.config.slots.slice(0, count);
  const until = world.now + forMs;
  if (
    !isAdmitted(
      slots.map(({ name }) => name),
      until,
      stage,
    )
  )
    return;
  const id = `lease-${String(world.now)}`;
  world.leases.set(id, {
    id,
    owner: "team",
    slots: slots.map(({ name }) => name),
    expiresAt: until,
    state: "active",
  });
  for (const { group } of slots) world.setDesired(group, 1, "admitted");
  if (!stage.guarded) {
    endInTime(id, world);
    return;
  }
  // A latch may have been closed between the question and the launch: `start` looks once more, and gives back.
  if (backend.ledger?.latch !== null) for (const { group } of slots) world.setDesired(group, 0);
}

/** What an orderly owner does without a guard. */
function endInTime(id: string, world: World): void {
  const due = world.leases.get(id)?.expiresAt;
  if (due === undefined) return;
  world.at(due, () => {
    const lease = world.leases.get(id);
    if (lease === undefined) return;
    if (lease.expiresAt > due) {
      endInTime(id, world);
      return;
    }
    world.leases.delete(id);
    for (const { name, group } of world.config.slots)
      if (lease.slots.includes(name)) world.setDesired(group, 0);
  });
}

/** `ground cluster extend`, a second before the lease ends. */
function extend(byMs: number, stage: Stage): void {
  const { world } = stage;
  const lease = [...world.leases.values()].findLast(({ state }) => state === "active");
  if (lease === undefined) return;
  world.at(lease.expiresAt - 1_000, () => {
    const current = world.leases.get(lease.id);
    if (current?.state !== "active" || current.expiresAt !== lease.expiresAt) return;
    const expiresAt = lease.expiresAt + byMs;
    if (isAdmitted(lease.slots, expiresAt, stage)) world.leases.set(lease.id, { ...current, expiresAt });
  });
}

function isAdmitted(slots: readonly string[], until: number, stage: Stage): boolean {
  const { world, backend, asked } = stage;
  if (!stage.guarded) return true;
  const { ledger } = backend;
  const { admitted, reason } = admit(
    { slots, until },
    {
      config: world.config,
      ledger,
      now: world.now,
      running: knownRunning(ledger),
      groups: [...world.groups.values()].map(groupOf),
      leases: [...world.leases.values()],
      scheduled: scheduledRunsOf(world),
      heldGroups: ledger?.heldGroups ?? [],
    },
  );
  asked[admitted ? "admitted" : "refused"] += 1;
  const does = admitted ? `lets in until ${clockTime(until)}` : `refuses: ${reason}`;
  backend.note(world.now, "ground", does, slots);
  return admitted;
}

function launch(what: Extract<Happening, { does: "launch" }>, world: World): void {
  if (what.how === "group") {
    const groups = [...world.groups.values()].filter(({ desired }) => desired === 0).slice(0, what.count);
    for (const { slot } of groups) {
      world.resume(slot.group, LATCHED_PROCESSES);
      world.setDesired(slot.group, 1, "group");
      if (what.forMs !== undefined)
        world.after(what.forMs, () => {
          world.setDesired(slot.group, 0);
        });
    }
    return;
  }
  for (let count = what.count; count > 0; count -= 1) {
    const instance = world.launch(outside(what, world));
    if (what.forMs !== undefined)
      world.after(what.forMs, () => {
        world.finish(instance);
      });
  }
}

function outside(
  { how, type, market }: Extract<Happening, { does: "launch" }>,
  world: World,
): Parameters<World["launch"]>[0] {
  const place = { region: HOME_REGION, zone: world.random.pick(ZONES), type, market };
  switch (how) {
    case "tagged":
      return { ...place, origin: "tagged", tags: stackTags("storage", "on-demand"), vpc: STACK_VPC };
    case "stray":
      return { ...place, origin: "stray", tags: {}, vpc: STACK_VPC };
    case "foreign":
      return {
        ...place,
        origin: "foreign",
        tags: { ...stackTags("storage", "on-demand"), "proving-ground:environment": "staging" },
        vpc: "vpc-other",
      };
    case "group":
    case "unknown":
      return {
        ...place,
        region: OTHER_REGION,
        zone: "use1-az1",
        market: "on-demand",
        origin: "unknown",
        tags: {},
        vpc: "vpc-other",
      };
  }
}

function interrupt(slot: number, world: World): void {
  const group = [...world.groups.values()][slot % world.groups.size];
  const instance: SimInstance | undefined = [...(group?.alive ?? [])][0];
  if (instance !== undefined) world.finish(instance);
}
