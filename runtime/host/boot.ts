import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseHostConfig } from "./config.ts";
import { BOOT_REPORTED_EXIT } from "./exit.ts";
import { boot } from "./sequence.ts";
import { METADATA_URL } from "./steps/metadata.ts";
import { createSystem } from "./system.ts";

/**
 * Entry of the first program a cluster host runs. Exits with 0 when the host is ready, with
 * `BOOT_REPORTED_EXIT` when its failure stands in the status parameter, and with 1 when the caller has
 * to make it known.
 */
const { values } = parseArgs({
  options: {
    config: { type: "string", default: "/etc/proving-ground/host.json" },
    root: { type: "string", default: "/" },
    metadata: { type: "string", default: METADATA_URL },
  },
});

try {
  const config = parseHostConfig(values.config, await readFile(values.config, "utf8"));
  const outcome = await boot(
    createSystem({ region: config.region, root: values.root }),
    config,
    values.metadata,
  );
  if (outcome.state === "failed") process.exitCode = outcome.reported ? BOOT_REPORTED_EXIT : 1;
} catch (error) {
  process.stderr.write(`proving-ground: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
