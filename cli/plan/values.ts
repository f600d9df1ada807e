import { SECRET, UNKNOWN } from "../../model/resource.ts";

/** Wire signatures of the Pulumi protocol (sdk: runtime/rpc.ts). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SIGNATURES = {
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
} as const;
/** What stands for an unknown value on the wire. */
export const UNKNOWN_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * A wire value as plain data: secrets and unknowns as their markers, files by their path, archives by what is in them.
 *
 * @param markerOf the marker of a number that stands for a name
 */
export function plainValue(
  value: unknown,
  markerOf: (number: number) => string | undefined = () => undefined,
): unknown {
  if (value === UNKNOWN_SENTINEL) return UNKNOWN;
  if (typeof value === "number") return markerOf(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, markerOf));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  switch (fields[SIGNATURE]) {
    case SIGNATURES.secret:
      return SECRET;
    case SIGNATURES.archive:
      return "assets" in fields ? { archive: archived(fields["assets"]) } : asset(fields);
    case SIGNATURES.asset:
      return asset(fields);
    case SIGNATURES.resource:
      return fields["urn"];
    default:
      return Object.fromEntries(
        Object.keys(fields)
          .sort()
          .map((key) => [key, plainValue(fields[key], markerOf)]),
      );
  }
}

function asset(fields: Readonly<Record<string, unknown>>): { readonly asset: unknown } {
  return { asset: fields["path"] ?? fields["uri"] ?? "inline" };
}

/** Files of an archive by their name; what the program wrote itself as its text, since that is its own work. */
function archived(assets: unknown): Record<string, unknown> {
  if (typeof assets !== "object" || assets === null) return {};
  return Object.fromEntries(
    Object.entries(assets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, file]: [string, unknown]) => {
        const text = typeof file === "object" && file !== null && "text" in file ? file.text : "";
        return [name, typeof text === "string" && text !== "" ? { text } : plainValue(file)];
      }),
  );
}
