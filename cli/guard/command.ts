import { InvalidArgumentError, type Command } from "commander";
import { fileName, withStackOptions, type StackOptions } from "../stack-options.ts";

export interface JsonOptions extends StackOptions {
  readonly json?: true;
}

export interface RearmOptions extends JsonOptions {
  readonly yes?: true;
}

export interface HistoryOptions extends JsonOptions {
  readonly days: number;
}

export interface DrillOptions extends JsonOptions {
  /** Slot that is started and stopped. */
  readonly live?: string;
  readonly out: string;
}

const LONGEST_HISTORY = 366;

/** The commands; what they do is loaded when one of them runs. */
export function registerGuard(program: Command, finish: (exitCode: number) => void): void {
  const guard = program
    .command("guard")
    .description("ask the money guard how it stands, re-arm it, try it out, and see what it stopped")
    .addHelpText(
      "after",
      "\ndocs/guard-commands.md explains these commands, docs/guard.md when the guard stops, docs/dead-man.md what happens\nwithout it.",
    );

  withStackOptions(
    guard.command("status").description("latched or not and why, today's money, heartbeat and alarms"),
    "look at",
  )
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", STATUS_HELP)
    .action(async (options: JsonOptions) => {
      finish(await (await import("./commands.ts")).runStatus(options));
    });

  withStackOptions(guard.command("rearm").description("ask the guard to open its latch"), "re-arm")
    .option("--yes", "do it without asking")
    .option("--json", "print one JSON document and nothing else; needs --yes")
    .addHelpText("after", REARM_HELP)
    .action(async (options: RearmOptions) => {
      finish(await (await import("./commands.ts")).runRearm(options));
    });

  withStackOptions(
    guard.command("history").description("what was latched, when, why, and for how long"),
    "look at",
  )
    .option("--days <n>", "how far back, in days", days, 30)
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", HISTORY_HELP)
    .action(async (options: HistoryOptions) => {
      finish(await (await import("./commands.ts")).runHistory(options));
    });
  withStackOptions(
    guard
      .command("drill")
      .description("walk the whole way of a stop against the real stack, and change nothing"),
    "try",
  )
    .option("--live <slot>", "after that, start this slot, which must be at rest, and stop it")
    .option("--out <folder>", "where the evidence goes", fileName, "drills")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", DRILL_HELP)
    .action(async (options: DrillOptions) => {
      finish(await (await import("./drill-run.ts")).runDrill(options));
    });
  for (const command of guard.commands) command.exitOverride();
}

function days(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > LONGEST_HISTORY)
    throw new InvalidArgumentError(`It must be a whole number of days, 1 to ${String(LONGEST_HISTORY)}.`);
  return number;
}

const STATUS_HELP = `
The sums are those of the guard's last look, by its own arithmetic: spent is the higher of its meter and of what AWS
Budgets said of today.

Exit codes: 0 it watches; 2 bad configuration, or a stack without a guard; 3 no credentials; 4 it is silent, never ran,
or one of its alarms stands or is missing; 5 it is latched, and nothing may start; 6 unknown stack.`;

const REARM_HELP = `
The word and who gave it are left in the guard's table; the guard itself opens the latch at its next look, and tells
people. Groups stay at 0 until somebody, or a schedule, starts them.

Exit codes: 0 asked for, asked for before, or not latched; 1 not confirmed; 2 bad configuration, or nobody to confirm;
3 no credentials; 4 AWS failed; 5 today's money leaves no room, and the guard would not do it; 6 unknown stack.`;

const DRILL_HELP = `
The guard's own code closes the groups, sweeps, denies and re-arms, on a cloud in which every change is a question: IAM
is asked for the guard's role, EC2 makes dry runs. Looks are real. The evidence, JSON and Markdown, says what, when and
how long. A live drill costs the slot for the minutes it takes, is admitted like any start, and is on a lease.

Exit codes: 0 every step is well; 2 bad configuration, or a slot that cannot be sacrificed; 3 no credentials; 4 a step
failed; 5 a live drill is refused: budget or latch; 6 unknown stack; 9 others hold the lock for too long.`;

const HISTORY_HELP = `
Exit codes: 0; 2 bad configuration; 3 no credentials; 4 AWS failed; 6 unknown stack.`;
