import { z } from "zod";

/** Where user data leaves the configuration. */
export const CONFIG_FILE = "/etc/proving-ground/host.json";

const text = z.string().min(1, "must not be empty");

const hostConfigSchema = z.strictObject({
  environment: text,
  slot: text,
  role: text,
  region: text,
  bucket: text,
  bundleKey: text,
  bundleSha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits"),
  zoneId: text,
  domain: text,
  statusParameter: z.string().startsWith("/", "must start with /"),
  /** The dead man's switch; absent where no guard watches the slot. */
  deadMan: z
    .strictObject({
      /** The guard's table, which holds its heartbeat. */
      table: text,
      /** The slot's own Auto Scaling group. */
      group: text,
      /** Seconds of silence after which the host ends its slot. */
      limitSeconds: z.int().positive(),
    })
    .exactOptional(),
});

/** What user data told this host; see `UserDataArgs` of the program that writes it. */
export type HostConfig = Readonly<z.output<typeof hostConfigSchema>>;

/**
 * Reads the host's configuration.
 *
 * @throws Error naming the file and every field that is missing, unknown or wrong.
 * @param source Name of the file, for the message.
 */
export function parseHostConfig(source: string, json: string): HostConfig {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${source} is not JSON: ${String(error)}`, { cause: error });
  }
  const result = hostConfigSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the document"}: ${message}`,
  );
  throw new Error(`${source} is not usable: ${problems.join("; ")}`);
}
