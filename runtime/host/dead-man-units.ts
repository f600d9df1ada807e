import { mustRun, type Host } from "./host.ts";

/** Notes of the present boot. */
export const RUN_DIRECTORY = "/run/proving-ground";

/**
 * Units that a restart forgets: they are written anew by each boot, after the bundle's SHA-256 was checked, so that
 * the timer never starts a bundle that nobody has looked at (FM-27).
 */
export const UNIT_DIRECTORY = "/run/systemd/system";
export const DEAD_MAN_SERVICE = "proving-ground-dead-man.service";
export const DEAD_MAN_TIMER = "proving-ground-dead-man.timer";

/** Seconds between two looks. With the limits below and the shutdown it stays under `DEAD_MAN_CHECK_MS`. */
export const LOOK_SECONDS = 60;
/** Seconds after which a look that hangs is ended; the next one begins on time. */
export const LOOK_LIMIT_SECONDS = 45;

/** How to run the bundle. */
export interface Program {
  /** Path of Node. */
  readonly node: string;
  readonly bundle: string;
  /** Path of the host's configuration. */
  readonly config: string;
}

/** One run of the switch. The kernel takes it last when memory runs out: what fills memory is what must be stopped. */
export function renderService({ node, bundle, config }: Program): string {
  return `[Unit]
Description=proving-ground dead man's switch: ends this slot when the money guard is silent

[Service]
Type=oneshot
ExecStart=${[node, bundle, "dead-man", "--config", config].map(unitWord).join(" ")}
Environment=AWS_EC2_METADATA_V1_DISABLED=true
TimeoutStartSec=${String(LOOK_LIMIT_SECONDS)}
OOMScoreAdjust=-900
StandardOutput=journal+console
StandardError=journal+console
`;
}

/** Both times are of systemd's monotonic clock: setting the wall clock neither hastens nor holds a look (systemd.timer(5)). */
export function renderTimer(): string {
  return `[Unit]
Description=proving-ground dead man's switch, every ${String(LOOK_SECONDS)} seconds

[Timer]
OnActiveSec=1
OnUnitActiveSec=${String(LOOK_SECONDS)}
AccuracySec=1s
`;
}

/** Writes the units and starts the timer; a second time changes nothing. */
export async function arm(
  host: Pick<Host, "run" | "makeDirectory" | "writeText">,
  program: Program,
): Promise<void> {
  await host.makeDirectory(UNIT_DIRECTORY);
  await host.writeText(`${UNIT_DIRECTORY}/${DEAD_MAN_SERVICE}`, renderService(program));
  await host.writeText(`${UNIT_DIRECTORY}/${DEAD_MAN_TIMER}`, renderTimer());
  await mustRun(host, "systemctl", ["daemon-reload"]);
  await mustRun(host, "systemctl", ["start", DEAD_MAN_TIMER]);
}

/** @throws RangeError where systemd would take a part of the path for a quote, a variable or a specifier. */
function unitWord(word: string): string {
  if (/^[\w./+-]+$/.test(word)) return word;
  throw new RangeError(`${JSON.stringify(word)} cannot stand in a unit: only letters, digits and . / _ + -`);
}
