import { parse } from "yaml";
import type { UserDataArgs } from "../../../infra/lib/user-data.ts";

export const USER_DATA_ARGS: UserDataArgs = {
  environment: "dev",
  slot: "storage-1",
  role: "storage",
  region: "us-west-2",
  bucket: "proving-ground-dev-artifacts-0a1b2c3d",
  bundleKey: `hosts/boot-${"ab".repeat(32)}.mjs`,
  bundleSha256: "ab".repeat(32),
  zoneId: "Z0123456789ABCDEFGHIJ",
  domain: "dev.internal",
  statusParameter: "/proving-ground/dev/slots/storage-1/status",
};

/** The same slot where a guard watches it. */
export const GUARDED_ARGS: UserDataArgs = {
  ...USER_DATA_ARGS,
  deadMan: { table: "proving-ground-dev-guard", group: "proving-ground-dev-storage-1", limitSeconds: 1800 },
};

export interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

export interface CloudConfig {
  readonly write_files: readonly WrittenFile[];
  readonly runcmd: readonly (readonly string[])[];
}

/** The document as cloud-init reads it, by YAML 1.1. */
export function parseCloudConfig(text: string): CloudConfig {
  return parse(text, { version: "1.1" }) as CloudConfig;
}

/** Configuration, script and unit of a document, in its order. */
export function filesOf(text: string): { config: WrittenFile; script: WrittenFile; unit: WrittenFile } {
  const [config, script, unit] = parseCloudConfig(text).write_files;
  if (config === undefined || script === undefined || unit === undefined)
    throw new Error("user data writes fewer than three files");
  return { config, script, unit };
}
