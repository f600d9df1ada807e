import type { CatalogueData } from "./catalogue-data.ts";

/**
 * The catalogue as text: one entry a line, everything sorted, so that a refresh shows as a diff of the
 * prices that changed and nothing else.
 */
export function renderCatalogue(data: CatalogueData): string {
  const sections = [
    object("sources", table(data.sources, 4)),
    ...(["onDemand", "spot", "spotRanges", "services"] as const).map((section) =>
      object(
        section,
        sorted<Readonly<Record<string, unknown>>>(data[section]).map(
          ([region, entries]) => `    ${JSON.stringify(region)}: {\n${table(entries, 6).join(",\n")}\n    }`,
        ),
      ),
    ),
  ];
  return `{\n${sections.join(",\n")}\n}\n`;
}

function object(name: string, lines: readonly string[]): string {
  return `  ${JSON.stringify(name)}: {\n${lines.join(",\n")}\n  }`;
}

function table(entries: Readonly<Record<string, unknown>>, indent: number): string[] {
  return sorted(entries).map(
    ([key, value]) => `${" ".repeat(indent)}${JSON.stringify(key)}: ${JSON.stringify(ordered(value))}`,
  );
}

function sorted<Value>(entries: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(entries).sort(([first], [second]) => (first < second ? -1 : first > second ? 1 : 0));
}

function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(sorted(value as Record<string, unknown>));
}
