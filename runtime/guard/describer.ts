import type { Claim, Classifier } from "./classify.ts";
import { slotsByGroup, type GuardConfig } from "./config.ts";
import type { OpenMeter } from "./ledger.ts";
import type { NanoUsd } from "./money.ts";
import type { ScalingActivity } from "./observations.ts";
import type { OnDemandPrices, Priced, SpotPrices } from "./prices.ts";
import { isOnlyEnd, type Subject } from "./subject.ts";

export type Described = Omit<OpenMeter, "id" | "region" | "chargedUntil" | "open">;

/** Says whose an instance is and what it costs: as described, else as known before, else by its group, else as unknown. */
export function describer(
  classify: Classifier,
  config: GuardConfig,
  onDemand: OnDemandPrices,
  spot: SpotPrices,
  activities: readonly ScalingActivity[],
  notes: Set<string>,
): (subject: Subject, region: string) => Described {
  const groups = new Map(activities.map(({ instanceId, group }) => [instanceId, group]));
  const slots = slotsByGroup(config);

  const plannedOf = (claim: Claim): NanoUsd | undefined =>
    config.persistent.findLast(({ role }) => role === claim.role)?.perHour;

  const rated = (what: Priced, claim: Claim): Described => {
    const { zone, type, market } = what;
    const rate = spot.rateOf(what);
    if (rate.note !== undefined) notes.add(rate.note);
    if (claim.kind === "persistent") {
      const perHour = Math.max(rate.perHour, plannedOf(claim) ?? 0);
      return { zone, type, market, claim, perHour, ceilingPerHour: perHour };
    }
    const perHour = rate.perHour + config.extrasPerHour;
    const most = onDemand.of(what.region, type).perHour + config.extrasPerHour;
    return { zone, type, market, claim, perHour, ceilingPerHour: Math.max(perHour, most) };
  };

  return (subject, region) => {
    const { id, before, seen } = subject;
    if (seen !== undefined) return rated(seen, classify(seen));
    // One that nobody has described yet keeps the rate it was given: without a type it would count as the dearest of all.
    if (before?.open === true) return before.type === "" ? before : rated(before, before.claim);
    const nature = before?.nature;
    if (nature !== undefined) {
      const { zone, type, market, claim } = nature;
      return rated({ region, zone, type, market }, claim);
    }
    const group = groups.get(id);
    const claim = classify({ id, tags: {}, ...(group === undefined ? {} : { group }) });
    const where = { region, zone: "unknown", type: "", market: "on-demand" } as const;
    const at = (perHour: NanoUsd): Described => {
      const { zone, type, market } = where;
      return { zone, type, market, claim, perHour, ceilingPerHour: perHour };
    };
    const planned = claim.kind === "persistent" ? plannedOf(claim) : undefined;
    if (planned !== undefined) return at(planned);
    const slot = group === undefined ? undefined : slots.get(group);
    if (slot !== undefined) {
      notes.add(`${id} of ${slot.group} was never described: counted as the dearest type of its slot.`);
      return at(slot.ceilingPerHour);
    }
    // Of an end alone all that could be missing is an interval: a price that stops everything for it helps nobody.
    if (isOnlyEnd(subject) && config.slots.length > 0)
      return at(Math.max(...config.slots.map(({ ceilingPerHour }) => ceilingPerHour)));
    return rated(where, claim);
  };
}
