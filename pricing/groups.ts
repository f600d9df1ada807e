import { Decimal } from "decimal.js";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import { TAGS } from "../model/tags.ts";
import { HOURS_PER_DAY } from "./assumptions.ts";
import { hostItems } from "./hosts.ts";
import { listOf, numberOf, textOf, valueAt } from "../model/inputs.ts";
import { asksForSpot, hasPublicAddress, knownTypes, placementOf, templateAddress } from "./launch.ts";
import { ALWAYS, type PricedItem, type RunningHours } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import { LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, tagOf, type ResourceIndex } from "./resource-index.ts";
import { runningHours, type ScheduledAction } from "./schedule.ts";
import { instanceVolumes } from "./instances.ts";
import { mappedVolumes, type Volume } from "./volumes.ts";

/** Lines of an Auto Scaling group with all its instances up: `maxSize` of the dearest type in the dearest zone. */
export function groupItems(
  group: ResourceRecord,
  index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const { urn, name, inputs } = group;
  const count = numberOf(inputs["maxSize"]);
  if (count === undefined) {
    book.problem(
      `The maxSize of group ${name} is not a number known before AWS is asked, so it has no price: state it as a number.`,
    );
    return [];
  }
  if (count === 0) return [];
  const region = book.regionOf(group);
  const policy = inputs["mixedInstancesPolicy"];
  const template =
    index.behind(group, "mixedInstancesPolicy", LAUNCH_TEMPLATE)[0] ??
    index.behind(group, "launchTemplate", LAUNCH_TEMPLATE)[0];
  const configuration = index.behind(group, "launchConfiguration", LAUNCH_CONFIGURATION)[0];
  const launch = (template ?? configuration)?.inputs ?? {};
  const types = knownTypes(statedTypes(policy, launch["instanceType"]), `group ${name}`, region, book);
  if (types.length === 0) return [];
  const placement = placementOf(group, "vpcZoneIdentifiers", index);
  const mixed = policy !== undefined && policy !== null;
  const distribution = valueAt(policy, "instancesDistribution");
  const spot = mixed
    ? numberOf(valueAt(distribution, "onDemandPercentageAboveBaseCapacity")) === 0
    : asksForSpot(launch["instanceMarketOptions"]) || launch["spotPrice"] !== undefined;
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
      volumes: groupVolumes(template, configuration, name, book),
      publicAddress: hasPublicAddress(
        template === undefined ? launch["associatePublicIpAddress"] : templateAddress(template),
        placement,
        `group ${name}`,
        book,
      ),
      hours: hoursOf(group, index, book),
      inCluster: true,
    },
    book,
  );
}

/** Instance types of a policy's overrides; without any, that of the launch template. An override without a type stays undefined. */
function statedTypes(policy: unknown, launchType: unknown): readonly unknown[] {
  const overrides = valueAt(policy, "launchTemplate", "overrides");
  if (isUnknown(overrides)) return [overrides];
  const list = listOf(overrides);
  return list.length === 0
    ? [launchType]
    : list.map((override) => valueAt(override, "instanceType") ?? launchType);
}

function groupVolumes(
  template: ResourceRecord | undefined,
  configuration: ResourceRecord | undefined,
  name: string,
  book: PriceBook,
): readonly Volume[] {
  const owner = `group ${name}`;
  if (configuration !== undefined && template === undefined)
    return instanceVolumes(configuration.inputs, owner, book);
  const mappings = template?.inputs["blockDeviceMappings"];
  if (isUnknown(mappings)) {
    book.problem(
      `The volumes of ${owner} are not known before AWS is asked, so they have no price: state them in its launch template.`,
    );
    return [];
  }
  return mappedVolumes(listOf(mappings), owner, book);
}

/** Hours a day of a group: from its schedule, else from its tag, else the whole day. */
function hoursOf(group: ResourceRecord, index: ResourceIndex, book: PriceBook): RunningHours {
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
