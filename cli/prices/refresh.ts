import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import {
  checkCatalogue,
  ZONE_ID,
  type CatalogueData,
  type Figure,
  type SourceData,
} from "../../pricing/catalogue-data.ts";
import { renderCatalogue } from "../../pricing/catalogue-render.ts";
import { catalogueSchema } from "../../pricing/catalogue-schema.ts";
import { readPriceList, readSpotPrice, type Reading, type SpotEntry } from "./answers.ts";

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly nextToken: string | undefined;
}

/** The calls a refresh makes; `aws.ts` makes them through the AWS SDK. */
export interface PriceCalls {
  /** `GetProducts` of the Price List, one page of JSON texts. */
  priceList(
    query: { readonly region: string; readonly type: string },
    nextToken: string | undefined,
  ): Promise<Page<string>>;
  /** `DescribeSpotPriceHistory` for Linux from `since` on, one page. */
  spotHistory(
    query: { readonly region: string; readonly types: readonly string[]; readonly since: Date },
    nextToken: string | undefined,
  ): Promise<Page<SpotEntry>>;
  /** `DescribeAvailabilityZones`: zone ids by zone name, which differ between accounts. */
  zoneIds(region: string): Promise<ReadonlyMap<string, string>>;
}

export interface RefreshOptions extends PriceCalls {
  readonly regions: readonly string[];
  readonly types: readonly string[];
  /** The moment of the refresh: its day becomes the date of every new figure. */
  readonly now: Date;
}

export interface Refreshed {
  readonly catalogue: CatalogueData;
  /** Figures read, whether or not they differ from the old ones. */
  readonly updated: number;
  /** What was refused or could not be read; the old figure stays in each case. */
  readonly problems: readonly string[];
}

/**
 * Reads on-demand and spot prices of the types in the regions and merges them into the old catalogue. An answer
 * that is no price (zero, not a number, no term, another product) never replaces a figure.
 *
 * @throws what the SDK throws where there are no usable credentials: then no call can succeed.
 */
export async function refreshCatalogue(old: CatalogueData, options: RefreshOptions): Promise<Refreshed> {
  const draft = new Draft(old, options.now);
  for (const region of options.regions) {
    for (const type of options.types) await refreshOnDemand(region, type, options, draft);
    await refreshSpot(region, options, draft);
  }
  return draft.finish();
}

/**
 * Refreshes a catalogue file in place. It is replaced in one step, and only where something sound was read.
 *
 * @throws CatalogueError where the file is unsound as it is, and what `refreshCatalogue` throws.
 */
export async function refreshFile(file: string, options: RefreshOptions): Promise<Refreshed> {
  const old = checkCatalogue(JSON.parse(await readFile(file, "utf8")));
  const refreshed = await refreshCatalogue(old, options);
  if (refreshed.updated === 0) return refreshed;
  catalogueSchema.parse(refreshed.catalogue);
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(partial, renderCatalogue(refreshed.catalogue), { flag: "wx" });
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
  return refreshed;
}

async function refreshOnDemand(region: string, type: string, calls: PriceCalls, draft: Draft): Promise<void> {
  await attempt(`${region} ${type} on demand`, draft, async () => {
    const entries = await allPages((token) => calls.priceList({ region, type }, token));
    draft.onDemand(region, type, readPriceList(entries, region, type));
  });
}

async function refreshSpot(region: string, options: RefreshOptions, draft: Draft): Promise<void> {
  await attempt(`${region} on spot`, draft, async () => {
    const query = { region, types: options.types, since: options.now };
    const entries = await allPages((token) => options.spotHistory(query, token));
    const named = entries.some(({ zoneId }) => zoneId === undefined);
    const zoneIds = named ? await options.zoneIds(region) : new Map<string, string>();
    const byPlace = new Map<string, SpotEntry[]>();
    for (const entry of entries) {
      const zone = entry.zoneId ?? zoneIds.get(entry.zoneName ?? "");
      // Local zones and types nobody asked for have no place in the catalogue.
      if (zone === undefined || !ZONE_ID.test(zone)) continue;
      if (entry.type === undefined || !options.types.includes(entry.type)) continue;
      const place = `${entry.type} ${zone}`;
      byPlace.set(place, [...(byPlace.get(place) ?? []), entry]);
    }
    for (const [place, found] of byPlace) {
      const [type = "", zone = ""] = place.split(" ");
      draft.spot(region, type, zone, readSpotPrice(found, draft.usdOnDemand(region, type)));
    }
    for (const type of options.types) {
      if (![...byPlace.keys()].some((place) => place.startsWith(`${type} `))) {
        draft.problem(`${region} ${type} on spot: there is no spot price.`);
      }
    }
  });
}

/** The new catalogue while it is put together; the old one is never changed. */
class Draft {
  readonly #old: CatalogueData;
  readonly #day: string;
  readonly #sources: Record<string, SourceData>;
  readonly #onDemand: Record<string, Record<string, Figure>>;
  readonly #spot: Record<string, Record<string, Record<string, Figure>>>;
  readonly #refreshedSpot = new Set<string>();
  readonly #problems: string[] = [];
  #updated = 0;

  constructor(old: CatalogueData, now: Date) {
    this.#old = old;
    this.#day = now.toISOString().slice(0, 10);
    this.#sources = { ...old.sources };
    this.#onDemand = structuredClone(old.onDemand);
    this.#spot = structuredClone(old.spot);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  usdOnDemand(region: string, type: string): number | undefined {
    return this.#onDemand[region]?.[type]?.[0];
  }

  onDemand(region: string, type: string, reading: Reading): void {
    const figure = this.#accept(`${region} ${type} on demand`, reading, region, "price-list");
    if (figure !== undefined) (this.#onDemand[region] ??= {})[type] = figure;
  }

  spot(region: string, type: string, zone: string, reading: Reading): void {
    const figure = this.#accept(`${region} ${type} on spot in ${zone}`, reading, region, "spot-history");
    if (figure === undefined) return;
    ((this.#spot[region] ??= {})[type] ??= {})[zone] = figure;
    this.#refreshedSpot.add(`${region} ${type}`);
  }

  finish(): Refreshed {
    const spotRanges = mapEntries(this.#old.spotRanges, (region, ranges) =>
      // Prices of single zones take the place of the range.
      Object.fromEntries(
        Object.entries(ranges).filter(([type]) => !this.#refreshedSpot.has(`${region} ${type}`)),
      ),
    );
    const catalogue = {
      onDemand: this.#onDemand,
      spot: this.#spot,
      spotRanges,
      services: this.#old.services,
    };
    const used = JSON.stringify(catalogue);
    const sources = Object.fromEntries(
      Object.entries(this.#sources).filter(([id]) => used.includes(`"${id}"`)),
    );
    return { catalogue: { sources, ...catalogue }, updated: this.#updated, problems: this.#problems };
  }

  #accept(
    what: string,
    reading: Reading,
    region: string,
    kind: "price-list" | "spot-history",
  ): Figure | undefined {
    if ("refused" in reading) {
      this.problem(`${what}: refused, ${reading.refused}; the old price stays.`);
      return undefined;
    }
    const id = `${kind}-${region}-${this.#day}`;
    this.#sources[id] =
      kind === "price-list"
        ? {
            title: "AWS Price List",
            description: "GetProducts: Linux, shared tenancy, on demand",
            read: this.#day,
            region,
          }
        : {
            title: "EC2 spot price history",
            description: "DescribeSpotPriceHistory: Linux, by zone",
            read: this.#day,
            region,
          };
    this.#updated += 1;
    return [reading.usdPerHour, id];
  }
}

function mapEntries<Value>(
  table: Readonly<Record<string, Value>>,
  change: (key: string, value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(key, value)]));
}

/** Every page of a paged call. A token that comes back a second time would never end. */
async function allPages<Entry>(
  call: (nextToken: string | undefined) => Promise<Page<Entry>>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    const page = await call(token);
    entries.push(...page.entries);
    // EC2 ends its last page with an empty token.
    if (page.nextToken === undefined || page.nextToken === "") return entries;
    if (seen.has(page.nextToken)) throw new Error("AWS answered with the same page token twice");
    seen.add(page.nextToken);
    token = page.nextToken;
  }
}

/** Names of errors after which no call can succeed. */
const NO_CREDENTIALS = new Set([
  "CredentialsProviderError",
  "AuthFailure",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

async function attempt(what: string, draft: Draft, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error) || NO_CREDENTIALS.has(error.name)) throw error;
    draft.problem(`${what}: AWS did not answer (${error.name}: ${error.message}); the old price stays.`);
  }
}
