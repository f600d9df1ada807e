import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import { hostItems } from "./hosts.ts";
import { listOf, tableOf, textOf, valueAt, type Table } from "../model/inputs.ts";
import {
  asksForSpot,
  hasPublicAddress,
  knownTypes,
  noteMonitoring,
  placementOf,
  refuseTenancy,
  templateAddress,
} from "./launch.ts";
import { ALWAYS, type PricedItem } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import { LAUNCH_TEMPLATE, type ResourceIndex } from "./resource-index.ts";
import { assumedRoot, mappedVolumes, readVolume, type Volume } from "./volumes.ts";

/** Lines of a single EC2 instance, which runs all day: its type, volumes and address, its launch template's where it states none. */
export function instanceItems(
  instance: ResourceRecord,
  index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const { urn, name, inputs } = instance;
  const owner = `instance ${name}`;
  const region = book.regionOf(instance);
  const template = index.behind(instance, "launchTemplate", LAUNCH_TEMPLATE)[0];
  const types = knownTypes([inputs["instanceType"] ?? template?.inputs["instanceType"]], owner, region, book);
  if (types.length === 0) return [];
  const ofTemplate = template?.inputs["placement"];
  refuseTenancy(isUnknown(ofTemplate) ? ofTemplate : { ...tableOf(ofTemplate), ...inputs }, owner, book);
  noteMonitoring(inputs["monitoring"] ?? valueAt(template?.inputs["monitoring"], "enabled"), owner, book);
  const placement = placementOf(instance, "subnetId", index);
  return hostItems(
    {
      urn,
      region,
      count: 1,
      onDemandCount: 0,
      market: asksForSpot(inputs["instanceMarketOptions"] ?? template?.inputs["instanceMarketOptions"])
        ? "spot"
        : "on-demand",
      types,
      zones: placement.zones,
      volumes:
        inputs["rootBlockDevice"] === undefined && template !== undefined
          ? [
              ...mappedVolumes(listOf(template.inputs["blockDeviceMappings"]), owner, book),
              ...dataVolumes(inputs, owner, book),
            ]
          : instanceVolumes(inputs, owner, book),
      publicAddress: hasPublicAddress(
        inputs["associatePublicIpAddress"] ?? templateAddress(template),
        placement,
        owner,
        book,
      ),
      hours: ALWAYS,
      inCluster: false,
    },
    book,
  );
}

/** Root and data volumes of the inputs of an instance or of a launch configuration. */
export function instanceVolumes(inputs: Table, owner: string, book: PriceBook): readonly Volume[] {
  return [rootVolume(inputs["rootBlockDevice"], owner, book), ...dataVolumes(inputs, owner, book)].filter(
    (volume) => volume !== undefined,
  );
}

function rootVolume(stated: unknown, owner: string, book: PriceBook): Volume | undefined {
  if (isUnknown(stated)) {
    book.problem(
      `The root volume of ${owner} is not known before AWS is asked, so it has no price: state it.`,
    );
    return undefined;
  }
  if (Object.keys(tableOf(stated)).length > 0) return readVolume(tableOf(stated), "root volume", owner, book);
  return assumedRoot(owner, book);
}

function dataVolumes(inputs: Table, owner: string, book: PriceBook): readonly Volume[] {
  return listOf(inputs["ebsBlockDevices"])
    .map(tableOf)
    .map((device) => readVolume(device, `volume ${textOf(device["deviceName"]) ?? "of data"}`, owner, book))
    .filter((volume) => volume !== undefined);
}
