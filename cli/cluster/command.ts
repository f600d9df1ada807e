import { InvalidArgumentError, Option, type Command } from "commander";
import { SIZE_NAMES } from "../../model/sizes.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { withStackOptions } from "../stack-options.ts";
import { LEAST_LENGTH_MS, readDuration, shownDuration } from "./duration.ts";
import { LONGEST_LEASE_MS } from "./leases.ts";
import type { ExtendOptions, SshOptions, StartOptions, StatusOptions, StopOptions } from "./options.ts";

const DEFAULT_LENGTH_MS = 8 * HOUR;
const LEASE_LENGTHS = { least: LEAST_LENGTH_MS, most: LONGEST_LEASE_MS };
const WAITS = { least: MINUTE, most: 4 * HOUR };

/** The commands; what they do is loaded when one of them runs. */
export function registerCluster(program: Command, finish: (exitCode: number) => void): void {
  const cluster = program
    .command("cluster")
    .description("start, watch, extend and stop the cluster, always on a lease and within the day's budget")
    .addHelpText("after", CLUSTER_HELP);
  const run = async <Options>(
    action: (options: Options) => Promise<number>,
    options: Options,
  ): Promise<void> => {
    finish(await action(options));
  };

  withStackOptions(
    cluster.command("start").description("start slots on a lease, priced and admitted first"),
    "start",
  )
    .addOption(new Option("--size <size>", "the slots of a smaller cluster size").choices(SIZE_NAMES))
    .addOption(
      new Option("--for <duration>", "length of the lease, such as 8h or 1d")
        .argParser(length)
        .default(DEFAULT_LENGTH_MS, shownDuration(DEFAULT_LENGTH_MS)),
    )
    .option("--wait [limit]", "wait until all slots are ready (limit: 20m)", waitLimit)
    .option("--at-least <n>", "be content with so many slots at the end of the wait", count)
    .option("--on-demand", "launch slots that get no spot capacity on demand; waits")
    .option("--dry-run", "say what it costs and whether it is admitted, and change nothing")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", START_HELP)
    .action(async (options: StartOptions) => {
      await run(async (given: StartOptions) => (await import("./commands.ts")).runStart(given), options);
    });

  withStackOptions(
    cluster.command("status").description("how each slot stands, the leases, and today's money"),
    "look at",
  )
    .option("--watch", "again every 10 seconds, until Ctrl-C")
    .option("--json", "print one JSON document and nothing else; with --watch one a line for each look")
    .addHelpText("after", STATUS_HELP)
    .action(async (options: StatusOptions) => {
      await run(async (given: StatusOptions) => (await import("./commands.ts")).runStatus(given), options);
    });

  withStackOptions(
    cluster
      .command("extend")
      .description("move the end of a lease, priced and admitted first")
      .argument("<duration>", "how much longer, such as 2h", length),
    "extend",
  )
    .option("--lease <id>", "which lease (default: your only one)")
    .option("--dry-run", "say what it costs and whether it is admitted, and change nothing")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", EXTEND_HELP)
    .action(async (byMs: number, options: ExtendOptions) => {
      await run(
        async (given: ExtendOptions) => (await import("./commands.ts")).runExtend(byMs, given),
        options,
      );
    });

  withStackOptions(
    cluster.command("stop").description("end your leases, and the slots that no other lease holds"),
    "stop",
  )
    .option("--all", "end everybody's leases")
    .option("--dry-run", "say what would stop, and change nothing")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", STOP_HELP)
    .action(async (options: StopOptions) => {
      await run(async (given: StopOptions) => (await import("./commands.ts")).runStop(given), options);
    });

  withStackOptions(
    cluster
      .command("ssh")
      .description("a shell on a slot's host, by Session Manager")
      .argument("<slot>", "for example storage-1"),
    "log in to",
  )
    .option("--print", "print the command and do not run it")
    .addHelpText("after", SSH_HELP)
    .action(async (slot: string, options: SshOptions) => {
      await run(async (given: SshOptions) => (await import("./commands.ts")).runSsh(slot, given), options);
    });
  for (const command of cluster.commands) command.exitOverride();
}

function length(text: string): number {
  return durationWithin(text, LEASE_LENGTHS);
}

function waitLimit(text: string): number {
  return durationWithin(text, WAITS);
}

function durationWithin(text: string, bounds: { readonly least: number; readonly most: number }): number {
  const duration = readDuration(text, bounds);
  if (typeof duration === "number") return duration;
  throw new InvalidArgumentError(duration.problem);
}

function count(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1)
    throw new InvalidArgumentError("It must be a whole number of slots, 1 or more.");
  return number;
}

const CLUSTER_HELP = `
docs/clusters.md explains leases, states and what each exit code means.`;

const START_HELP = `
The lease is written before anything starts; when it ends, the guard stops what no other lease holds. A start is
refused where its dearest price does not fit into what is left of today's budget, while the guard is latched, and
where the account's vCPU quotas are too small. With --wait, slots that do not come in time are given back, all of
them, unless --at-least is satisfied: then the start is degraded and says so.
Ctrl-C before all groups are raised gives everything back; while it waits it leaves the slots starting on their lease.

Exit codes: 0 requested, ready, or degraded as --at-least allows; 2 bad arguments or a stack that cannot have a cluster;
3 no credentials; 4 quota, a failed slot, a lease ended meanwhile, or interrupted; 5 refused: budget or latch; 6 unknown
stack; 9 not ready in time.`;

const STATUS_HELP = `
Exit codes: 0 every slot is at rest, on its way or ready; 2 bad configuration; 3 no credentials; 4 a wanted slot has
failed, is silent or gets no host; 6 unknown stack.`;

const EXTEND_HELP = `
Works until the guard has begun to end the lease, even at its last second.

Exit codes: 0 extended; 2 no such lease, or longer than 7 days; 3 no credentials; 4 the lease is being ended, or was
moved by somebody else; 5 refused: budget or latch; 6 unknown stack; 9 others hold the lock for too long.`;

const STOP_HELP = `
Sets the groups to 0 and waits until their hosts are gone. Slots that a lease of somebody else holds stay.

Exit codes: 0 stopped, or nothing to stop; 2 bad configuration; 3 no credentials; 4 something could not be stopped, or
interrupted; 6 unknown stack; 9 hosts were still there after 10 minutes.`;

const SSH_HELP = `
Takes the AWS CLI and its Session Manager plugin; without them it says what to install.

Exit codes: that of the session; 2 no such slot, or a program is missing; 3 no credentials; 4 the slot has no host;
6 unknown stack.`;
