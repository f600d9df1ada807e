import type { Catalogue } from "../../pricing/catalogue.ts";
import type { GuardConfig, SlotConfig } from "../../runtime/guard/config.ts";
import type {
  Lease,
  ObservedGroup,
  ObservedInstance,
  ScalingActivity,
  ScheduledRun,
  StateChange,
} from "../../runtime/guard/observations.ts";
import { Agenda } from "./agenda.ts";
import { Market } from "./market.ts";
import { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { runsOf } from "./schedule.ts";
import { AGENTS_ROLE, HOME_REGION, STACK_VPC, stackTags, ZONES } from "./setting.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

/** How an instance came to be. What is `admitted` or `scheduled` was known to `ground`; the rest came behind its back. */
export type Origin =
  "persistent" | "admitted" | "scheduled" | "group" | "tagged" | "stray" | "unknown" | "foreign";

/** One line of the simulator's own log of launches and stops. The bill is made of these and nothing else. */
export interface SimInstance {
  readonly id: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly market: "spot" | "on-demand";
  readonly origin: Origin;
  readonly group?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly vpc: string;
  readonly launchedAt: number;
  /** Billing starts here. */
  readonly runningAt: number;
  /** Descriptions show it from here on. */
  readonly visibleAt: number;
  /** How long descriptions go on saying `running` after its end. */
  readonly staleMs: number;
  /** Whether its transition reason says when it ended. */
  readonly saysWhen: boolean;
  endedAt: number | undefined;
  /** As descriptions show it, until its state changes. */
  view: ObservedInstance | undefined;
}

export interface SimGroup {
  readonly slot: SlotConfig;
  readonly types: readonly string[];
  desired: number;
  wantedBy: Origin;
  readonly suspended: Set<string>;
  readonly alive: Set<SimInstance>;
  /** As descriptions show it, until it changes. */
  view: ObservedGroup | undefined;
}

/** EC2 shows terminated instances for about an hour. */
const SHOWN_AFTER_END_MS = HOUR;

/** The simulated account: EC2, Auto Scaling, its spot market and its clock, in virtual time. */
export class World {
  readonly scenario: Scenario;
  readonly config: GuardConfig;
  readonly random: Random;
  readonly market: Market;
  readonly start: number;
  readonly end: number;
  now: number;
  /** Every instance there ever was. */
  readonly log: SimInstance[] = [];
  readonly groups = new Map<string, SimGroup>();
  readonly activities: ScalingActivity[] = [];
  readonly messages: { readonly from: number; readonly change: StateChange; readonly receipt: string }[] = [];
  readonly leases = new Map<string, Lease>();
  readonly scheduled = new Map<string, { start: number; stop: number }>();
  /** Next runs as descriptions show them, until one has run. */
  runs: readonly ScheduledRun[] | undefined;
  /** Called at every launch, so that hosts may watch the heartbeat. */
  onLaunch: (instance: SimInstance) => void = () => undefined;
  readonly #agenda = new Agenda();
  readonly #shown = new Map<string, SimInstance>();
  #count = 0;

  constructor(scenario: Scenario, config: GuardConfig, catalogue: Catalogue) {
    this.scenario = scenario;
    this.config = config;
    this.random = new Random(scenario.seed ^ 0x5eed);
    this.start = Date.parse(`${scenario.firstDay}T00:00:00Z`);
    this.end = this.start + scenario.days * 24 * HOUR;
    this.now = this.start;
    const types = new Set(scenario.slots.flatMap((slot) => slot.types));
    for (const happening of scenario.happenings) if (happening.does === "launch") types.add(happening.type);
    this.market = new Market(catalogue, this.random, [...types], this.start);
    for (const [index, slot] of config.slots.entries())
      this.groups.set(slot.group, {
        slot,
        types: scenario.slots[index]?.types ?? [],
        desired: 0,
        wantedBy: "group",
        suspended: new Set(["AZRebalance"]),
        alive: new Set(),
        view: undefined,
      });
    this.launch({
      region: HOME_REGION,
      zone: ZONES[0],
      type: scenario.orchestrator,
      market: "on-demand",
      origin: "persistent",
      tags: stackTags("orchestrator", "persistent"),
      profile: AGENTS_ROLE,
      vpc: STACK_VPC,
    });
    this.#drift();
    this.#startSchedules();
  }

  at(when: number, run: () => void): void {
    this.#agenda.put(Math.max(when, this.now), run);
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.now + milliseconds, run);
  }

  /** Lets time pass; everything due happens on the way. */
  advanceTo(instant: number): void {
    for (let next = this.#agenda.take(instant); next !== undefined; next = this.#agenda.take(instant)) {
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = Math.max(this.now, instant);
  }

  /** Instances that descriptions may show now. */
  shown(): Iterable<SimInstance> {
    return this.#shown.values();
  }

  launch(
    what: Omit<
      SimInstance,
      "id" | "launchedAt" | "runningAt" | "visibleAt" | "staleMs" | "saysWhen" | "endedAt" | "view"
    >,
  ): SimInstance {
    const { random, now } = this;
    this.#count += 1;
    const instance: SimInstance = {
      ...what,
      id: `i-${this.#count.toString(16).padStart(8, "0")}`,
      launchedAt: now,
      runningAt: now + random.integer(3, 20) * SECOND,
      visibleAt: now + random.integer(0, 15) * SECOND,
      staleMs: random.integer(0, 5) * SECOND,
      saysWhen: random.chance(0.5),
      endedAt: undefined,
      view: undefined,
    };
    this.log.push(instance);
    this.#shown.set(instance.id, instance);
    this.#tell(instance, "pending", now);
    this.at(instance.runningAt, () => {
      if (instance.endedAt === undefined) this.#tell(instance, "running", this.now);
    });
    this.onLaunch(instance);
    return instance;
  }

  /** Ends an instance, whoever wants it; its group replaces it if it may. */
  finish(instance: SimInstance): void {
    if (instance.endedAt !== undefined) return;
    instance.endedAt = this.now;
    this.#tell(instance, "shutting-down", this.now);
    this.after(30 * SECOND, () => {
      this.#tell(instance, "terminated", this.now);
    });
    this.after(SHOWN_AFTER_END_MS, () => this.#shown.delete(instance.id));
    const group = instance.group === undefined ? undefined : this.groups.get(instance.group);
    if (group === undefined) return;
    group.alive.delete(instance);
    this.activities.push({
      group: group.slot.group,
      instanceId: instance.id,
      does: "terminate",
      at: this.now,
    });
    this.#reconcileSoon(group);
  }

  setDesired(name: string, desired: number, by?: Origin): void {
    const group = this.groups.get(name);
    if (group === undefined) throw new Error(`AutoScalingGroup name not found: ${name}`);
    group.desired = desired;
    group.view = undefined;
    if (by !== undefined) group.wantedBy = by;
    this.#reconcileSoon(group);
  }

  suspend(name: string, processes: readonly string[]): void {
    const group = this.groups.get(name);
    if (group === undefined) return;
    for (const process of processes) group.suspended.add(process);
    group.view = undefined;
  }

  resume(name: string, processes: readonly string[]): void {
    const group = this.groups.get(name);
    if (group === undefined) return;
    for (const process of processes) group.suspended.delete(process);
    group.view = undefined;
    this.#reconcileSoon(group);
  }

  #reconcileSoon(group: SimGroup): void {
    this.after(this.random.integer(2, 20) * SECOND, () => {
      this.#reconcile(group);
    });
  }

  #reconcile(group: SimGroup): void {
    const { slot, alive, desired } = group;
    if (alive.size > desired) for (const instance of [...alive].slice(desired)) this.finish(instance);
    if (alive.size >= desired || group.suspended.has("Launch")) return;
    const { type, zone } = this.#pool(group);
    const instance = this.launch({
      region: HOME_REGION,
      zone,
      type,
      market: "spot",
      origin: group.wantedBy,
      group: slot.group,
      tags: { ...stackTags(slot.role, "on-demand"), "aws:autoscaling:groupName": slot.group },
      profile: slot.profile,
      vpc: STACK_VPC,
    });
    alive.add(instance);
    this.activities.push({ group: slot.group, instanceId: instance.id, does: "launch", at: this.now });
  }

  /** Mostly the cheapest pool; capacity decides the rest. */
  #pool({ types }: SimGroup): { readonly type: string; readonly zone: string } {
    const pools = types.flatMap((type) => this.market.poolsOf(type));
    if (this.random.chance(0.3)) return this.random.pick(pools);
    const price = ({ type, zone }: { type: string; zone: string }): number =>
      this.market.priceAt(type, zone, this.now);
    return pools.reduce((best, pool) => (price(pool) < price(best) ? pool : best), this.random.pick(pools));
  }

  /** EventBridge delivers at least once, late and in any order. */
  #tell(instance: SimInstance, state: StateChange["state"], at: number): void {
    const { id: instanceId, region } = instance;
    const copies = this.random.chance(0.03) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1)
      this.messages.push({
        from: at + this.random.integer(0, copy === 0 ? 5 : 900) * SECOND,
        change: { instanceId, region, state, at },
        receipt: `${instanceId} ${state} ${String(at)} ${String(copy)}`,
      });
  }

  #drift(): void {
    this.after(this.random.integer(60, 360) * 60 * SECOND, () => {
      this.market.move(this.now);
      this.#drift();
    });
  }

  #startSchedules(): void {
    const { schedule } = this.scenario;
    if (schedule === undefined) return;
    const names = [...this.groups.keys()].slice(0, schedule.slots);
    const state = { start: Infinity, stop: Infinity };
    for (const name of names) this.scheduled.set(name, state);
    for (const kind of ["start", "stop"] as const) {
      const runs = runsOf(this.scenario, kind, this.start, this.end).values();
      const plan = (): void => {
        this.runs = undefined;
        state[kind] = runs.next().value ?? Infinity;
        if (state[kind] > this.end) return;
        this.at(state[kind], () => {
          plan();
          for (const name of names) {
            if (this.groups.get(name)?.suspended.has("ScheduledActions") === true) continue;
            this.setDesired(name, kind === "start" ? 1 : 0, "scheduled");
          }
        });
      };
      plan();
    }
  }
}
