import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONFIG_FILE, parseHostConfig, type HostConfig } from "./config.ts";
import { deadManCalls } from "./dead-man-calls.ts";
import { look } from "./dead-man-look.ts";
import { BOOT_REPORTED_EXIT } from "./exit.ts";
import type { Host } from "./host.ts";
import { boot } from "./sequence.ts";
import { METADATA_URL } from "./steps/metadata.ts";
import { createSystem } from "./system.ts";

/**
 * Entry of the host programs, one bundle: `boot`, the first that a cluster host runs, and `dead-man`, one look of its
 * switch. `boot` exits with 0 when the host is ready, with `BOOT_REPORTED_EXIT` when its failure stands in the status
 * parameter, and with 1 when the caller has to make it known. `dead-man` exits with 0 when it could look, whatever it
 * saw, and with 1 when it could not.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: "string", default: CONFIG_FILE },
    root: { type: "string", default: "/" },
    metadata: { type: "string", default: METADATA_URL },
  },
});

const PROGRAMS: ReadonlyMap<string, (host: Host, config: HostConfig) => Promise<number>> = new Map([
  ["boot", runBoot],
  ["dead-man", runDeadMan],
]);

async function runBoot(host: Host, config: HostConfig): Promise<number> {
  const outcome = await boot(host, config, values.metadata, {
    node: process.execPath,
    bundle: fileURLToPath(import.meta.url),
    config: values.config,
  });
  if (outcome.state === "ready") return 0;
  return outcome.reported ? BOOT_REPORTED_EXIT : 1;
}

async function runDeadMan(host: Host, { deadMan, ...config }: HostConfig): Promise<number> {
  if (deadMan === undefined) throw new Error("no guard watches this slot: its configuration has no deadMan");
  const guarded = { ...config, deadMan };
  await look(host, deadManCalls(guarded), guarded);
  return 0;
}

async function main(): Promise<number> {
  const [name = "boot"] = positionals;
  const program = PROGRAMS.get(name);
  if (program === undefined)
    throw new Error(`there is no program ${name}; there are ${[...PROGRAMS.keys()].join(", ")}`);
  const config = parseHostConfig(values.config, await readFile(values.config, "utf8"));
  return program(createSystem({ region: config.region, root: values.root }), config);
}

async function exitCode(): Promise<number> {
  try {
    return await main();
  } catch (error) {
    process.stderr.write(`proving-ground: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

// At once: a call that was given up may still hold a connection open.
process.exit(await exitCode());
