import { Decimal } from "decimal.js";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import { TAGS } from "../model/tags.ts";
import { HOURS_PER_DAY } from "./assumptions.ts";
import { groupLaunch } from "./group-launch.ts";
import { hasWarmPool, mostInstances } from "./group-size.ts";
import { hostItems } from "./hosts.ts";
import { numberOf, textOf, valueAt } from "../model/inputs.ts";
import { asksForSpot, hasPublicAddress, knownTypes, placementOf } from "./launch.ts";
import { ALWAYS, type PricedItem, type RunningHours } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import { tagOf, type ResourceIndex } from "./resource-index.ts";
import { runningHours, type ScheduledAction } from "./schedule.ts";

/** Lines of an Auto Scaling group with all its instances up: as many as may exist, of the dearest type in the dearest zone. */
export function groupItems(
  group: ResourceRecord,
  index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const { urn, name, inputs } = group;
  const count = mostInstances(group, index);
  if (count === undefined) {
    book.problem(
      `The maxSize of group ${name}, or a size of its scheduled actions or warm pool, is not a number known before AWS is asked, so it has no price: state it as a number.`,
    );
    return [];
  }
  if (count === 0) return [];
  const region = book.regionOf(group);
  const policy = inputs["mixedInstancesPolicy"];
  const launch = groupLaunch(group, index, book);
  const types = knownTypes(launch.types, `group ${name}`, region, book);
  if (types.length === 0) return [];
  const placement = placementOf(group, "vpcZoneIdentifiers", index);
  const mixed = policy !== undefined && policy !== null;
  const distribution = valueAt(policy, "instancesDistribution");
  const spot = mixed
    ? numberOf(valueAt(distribution, "onDemandPercentageAboveBaseCapacity")) === 0
    : asksForSpot(launch.inputs["instanceMarketOptions"]) || launch.inputs["spotPrice"] !== undefined;
  const base = valueAt(distribution, "onDemandBaseCapacity");
  return hostItems(
    {
      urn,
      region,
      count,
      // A base that is not known may be all of them.
      onDemandCount: isUnknown(base) ? count : (numberOf(base) ?? 0),
      market: spot ? "spot" : "on-demand",
      types,
      zones: placement.zones,
      volumes: launch.volumes,
      publicAddress: hasPublicAddress(launch.publicAddress, placement, `group ${name}`, book),
      hours: hoursOf(group, index, book),
      inCluster: true,
    },
    book,
  );
}

/** Hours a day of a group: from its schedule, else from its tag, else the whole day. */
function hoursOf(group: ResourceRecord, index: ResourceIndex, book: PriceBook): RunningHours {
  if (hasWarmPool(group)) {
    book.note("Group with a warm pool, which no schedule stops, counted as running all day", group.name);
    return ALWAYS;
  }
  const schedules = index.schedulesOf(group);
  if (schedules.length > 0) {
    const scheduled = book.remember(`hours ${JSON.stringify(schedules.map(actionKey).sort())}`, () =>
      runningHours(actionsOf(schedules)),
    );
    if (scheduled !== undefined) return scheduled;
    book.note("Schedule that does not tell when the group runs", group.name);
  }
  const tag = tagOf(group.inputs, TAGS.hoursPerDay);
  const hours = isUnknown(tag) ? undefined : numberOf(tag);
  if (hours !== undefined && hours >= 0 && hours <= HOURS_PER_DAY) {
    const day = new Decimal(hours);
    return { dearestDay: day, averageDay: day };
  }
  book.note(
    tag === undefined
      ? `Group without a schedule and without the tag ${TAGS.hoursPerDay}, counted as running all day`
      : `Group whose tag ${TAGS.hoursPerDay} is not a number from 0 to 24, counted as running all day`,
    group.name,
  );
  return ALWAYS;
}

function actionKey({ inputs }: ResourceRecord): readonly unknown[] {
  return ["recurrence", "timeZone", "desiredCapacity", "minSize", "maxSize"].map(
    (field) => inputs[field] ?? null,
  );
}

/** Starts and stops among scheduled actions. An action that changes neither is passed over; −1 means "leave as it is". */
function actionsOf(schedules: readonly ResourceRecord[]): readonly ScheduledAction[] {
  return schedules.flatMap(({ inputs }) => {
    const does = effectOf(inputs["desiredCapacity"], inputs["minSize"], inputs["maxSize"]);
    if (does === undefined) return [];
    // A recurrence that is missing or unknown cannot be read, and makes the whole schedule unreadable.
    return [
      { recurrence: textOf(inputs["recurrence"]) ?? "", timeZone: textOf(inputs["timeZone"]) ?? "UTC", does },
    ];
  });
}

function effectOf(desired: unknown, minimum: unknown, maximum: unknown): "start" | "stop" | undefined {
  if (isUnknown(desired)) return "start";
  const capacity = numberOf(desired) ?? -1;
  if (capacity >= 0) return capacity > 0 ? "start" : "stop";
  if (numberOf(maximum) === 0) return "stop";
  return (numberOf(minimum) ?? -1) > 0 ? "start" : undefined;
}
