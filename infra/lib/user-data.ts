import { stringify } from "yaml";
import { BOOT_UNIT, renderBootScript } from "./boot-script.ts";

/** Everything a cluster host must know before it can ask anyone. Nothing here is secret: user data is readable by every process of the host. */
export interface UserDataArgs {
  readonly environment: string;
  /** Name of the slot for life, for example `storage-1`. */
  readonly slot: string;
  readonly role: string;
  readonly region: string;
  /** Bucket and key of the host bundle, and the SHA-256 of its bytes in hexadecimal. */
  readonly bucket: string;
  readonly bundleKey: string;
  readonly bundleSha256: string;
  /** Private hosted zone that holds the slot's record. */
  readonly zoneId: string;
  /** For example `dev.internal`. */
  readonly domain: string;
  /** SSM parameter of the slot's status, for example `/proving-ground/dev/slots/storage-1/status`. */
  readonly statusParameter: string;
  /** What the slot's dead man's switch watches and ends; absent where no guard watches the slot. */
  readonly deadMan?: DeadManArgs;
}

export interface DeadManArgs {
  /** The guard's table, which holds its heartbeat. */
  readonly table: string;
  /** The slot's own Auto Scaling group. */
  readonly group: string;
  /** Seconds of silence after which the host ends its slot. */
  readonly limitSeconds: number;
}

/** Where things lie on a host. Tests render the same text for a directory of their own. */
export interface HostPaths {
  readonly config: string;
  readonly script: string;
  readonly unit: string;
  readonly bundle: string;
  /** Notes of the present boot; empty again after a restart. */
  readonly run: string;
  readonly node: string;
  readonly console: string;
  /** Written by cloud-init before user data is read. */
  readonly instanceId: string;
}

export const HOST_PATHS: HostPaths = {
  config: "/etc/proving-ground/host.json",
  script: "/usr/local/sbin/proving-ground-boot",
  unit: `/etc/systemd/system/${BOOT_UNIT}`,
  bundle: "/usr/local/lib/proving-ground/boot.mjs",
  run: "/run/proving-ground",
  // The namespaced name: `/usr/bin/node` may come to point at another version (AL2023 user guide, "Node.js in AL2023").
  node: "/usr/bin/node-22",
  console: "/dev/console",
  instanceId: "/var/lib/cloud/data/instance-id",
};

/**
 * Limit of EC2, bytes. EC2 counts user data before base64; this module counts it after, so that the
 * limit holds whichever way a caller or provider counts.
 */
export const MAX_USER_DATA_BYTES = 16_384;

type TextField = Exclude<keyof UserDataArgs, "deadMan">;

const NAME = {
  pattern: /^[a-z][a-z0-9-]{0,62}$/,
  allowed: "1 to 63 lower-case letters, digits or dashes, starting with a letter",
};
// Values that only AWS knows stand as markers in an offline plan: anything printable passes and is quoted.
const TEXT = { pattern: /^[\x20-\x7e]{1,1024}$/, allowed: "1 to 1024 printable ASCII characters" };

const RULES: Readonly<Record<TextField, { readonly pattern: RegExp; readonly allowed: string }>> = {
  environment: NAME,
  slot: NAME,
  role: NAME,
  region: NAME,
  bucket: TEXT,
  bundleKey: TEXT,
  bundleSha256: { pattern: /^[0-9a-f]{64}$/, allowed: "64 lower-case hexadecimal digits" },
  zoneId: TEXT,
  domain: { pattern: /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/, allowed: "a domain such as dev.internal" },
  // At most 1011 characters: AWS Systems Manager API reference, PutParameter, Name.
  statusParameter: {
    pattern: /^\/[\x20-\x7e]{1,1010}$/,
    allowed: "a path starting with / of at most 1011 printable ASCII characters",
  },
};

/**
 * User data of one cluster host as a `#cloud-config` document: its configuration, the script that
 * brings it to the boot program, and the systemd unit that runs this script at every boot.
 * The same arguments give the same text.
 *
 * @throws RangeError naming every value that is not allowed, or a document above {@link MAX_USER_DATA_BYTES}.
 */
export function renderUserData(args: UserDataArgs, paths: HostPaths = HOST_PATHS): string {
  check(args);
  const document = {
    write_files: [
      { path: paths.config, permissions: "0644", content: `${JSON.stringify(hostConfig(args), null, 1)}\n` },
      { path: paths.script, permissions: "0755", content: renderBootScript(args, paths) },
      { path: paths.unit, permissions: "0644", content: unit(paths) },
    ],
    runcmd: [[paths.script, "install"]],
  };
  // cloud-init reads YAML 1.1: as 1.2, "0644" would lose its quotes and become a number.
  const text = `#cloud-config\n${stringify(document, { version: "1.1", lineWidth: 0 })}`;
  const bytes = Math.ceil(Buffer.byteLength(text) / 3) * 4;
  if (bytes > MAX_USER_DATA_BYTES) {
    throw new RangeError(
      `user data of ${args.slot} has ${String(bytes)} bytes as base64, and EC2 allows ${String(MAX_USER_DATA_BYTES)}: move text into the host bundle`,
    );
  }
  return text;
}

function check(args: UserDataArgs): void {
  const problems = Object.entries(RULES).flatMap(([field, { pattern, allowed }]) => {
    const value = args[field as TextField];
    return pattern.test(value) ? [] : [`${field} is ${JSON.stringify(value)}, and must be ${allowed}`];
  });
  if (args.deadMan !== undefined) problems.push(...deadManProblems(args.deadMan));
  if (problems.length > 0) throw new RangeError(`user data cannot be written: ${problems.join("; ")}`);
}

function deadManProblems({ table, group, limitSeconds }: DeadManArgs): string[] {
  const texts = Object.entries({ table, group }).flatMap(([field, value]) =>
    TEXT.pattern.test(value)
      ? []
      : [`deadMan.${field} is ${JSON.stringify(value)}, and must be ${TEXT.allowed}`],
  );
  return Number.isInteger(limitSeconds) && limitSeconds > 0
    ? texts
    : [...texts, `deadMan.limitSeconds is ${String(limitSeconds)}, and must be a whole number above 0`];
}

/** Field by field, so that an argument added later does not reach the host unnoticed. */
function hostConfig(args: UserDataArgs): UserDataArgs {
  const {
    environment,
    slot,
    role,
    region,
    bucket,
    bundleKey,
    bundleSha256,
    zoneId,
    domain,
    statusParameter,
    deadMan,
  } = args;
  return {
    environment,
    slot,
    role,
    region,
    bucket,
    bundleKey,
    bundleSha256,
    zoneId,
    domain,
    statusParameter,
    ...(deadMan === undefined
      ? {}
      : { deadMan: { table: deadMan.table, group: deadMan.group, limitSeconds: deadMan.limitSeconds } }),
  };
}

/** Without `Restart=`: the steps try again by themselves, and a status that changes back from `failed` would mislead whoever waits. */
function unit({ script }: HostPaths): string {
  return `[Unit]
Description=proving-ground host boot
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${script} run
TimeoutStartSec=900
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
`;
}
