import { z } from "zod";
import { SERVICE_ITEMS, ZONE_ID } from "./catalogue-data.ts";

/** `catalogue.json` in full, for tests and for the refresher before it writes. Plans use the cheaper `checkCatalogue`. */

const price = z.number().positive();
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/);
const instanceType = z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/);
const zone = z.string().regex(ZONE_ID);
const figure = z.tuple([price, z.string()]);

const source = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  read: z.string().regex(/^\d{4}(-\d\d-\d\d)?$/),
  region,
  assumed: z.string().min(1).optional(),
});

export const catalogueSchema = z
  .strictObject({
    sources: z.record(z.string().regex(/^[a-z0-9-]+$/), source),
    onDemand: z.record(region, z.record(instanceType, figure)),
    spot: z.record(region, z.record(instanceType, z.record(zone, figure))),
    spotRanges: z.record(
      region,
      z.record(
        instanceType,
        z
          .tuple([price, price, z.string()])
          .refine(([low, high]) => low <= high, "low must not be above high"),
      ),
    ),
    services: z.record(region, z.partialRecord(z.enum(SERVICE_ITEMS), figure)),
  })
  .superRefine((data, context) => {
    const figures: [string, string][] = [];
    for (const section of [data.onDemand, data.services, data.spotRanges]) {
      for (const [name, entries] of Object.entries<Readonly<Record<string, readonly unknown[]>>>(section)) {
        for (const [item, entry] of Object.entries(entries))
          figures.push([`${name}.${item}`, String(entry.at(-1))]);
      }
    }
    for (const [name, types] of Object.entries(data.spot)) {
      for (const [type, zones] of Object.entries(types)) {
        for (const [zoneId, entry] of Object.entries(zones))
          figures.push([`${name}.${type}.${zoneId}`, entry[1]]);
      }
    }
    for (const [path, id] of figures) {
      if (!Object.hasOwn(data.sources, id))
        context.addIssue({ code: "custom", message: `${path}: unknown source ${id}` });
    }
  });
