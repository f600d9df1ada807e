import { dollars } from "../../runtime/guard/money.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { latchLines } from "./render.ts";
import type { PeoplePorts } from "./ports.ts";
import type { GuardedStack } from "./stack.ts";
import { guardStatus, type GuardStatus } from "./status.ts";

export interface Rearmed {
  readonly outcome: "requested" | "asked before" | "not latched" | "declined";
  readonly status: GuardStatus;
  readonly by: string;
}

/**
 * Leaves a person's word that the latch may open; the guard itself carries it out at its next look, so that nobody
 * opens what it is closing.
 *
 * @param confirm asked with the whole situation before anything is written
 * @throws GroundError (exit code 5) where re-arming would cross the line at once: the guard would not do it.
 */
export async function rearm(
  ports: PeoplePorts,
  stack: GuardedStack,
  by: string,
  confirm: (situation: string) => Promise<boolean>,
): Promise<Rearmed> {
  const status = await guardStatus(ports, stack);
  const { latch, request } = status;
  if (latch === null) return { outcome: "not latched", status, by };
  if (request !== undefined) return { outcome: "asked before", status, by };
  refuseIfOverTheLine(status);
  if (!(await confirm(situationOf(status)))) return { outcome: "declined", status, by };
  await ports.table.requestRearm(by, ports.clock.now());
  return { outcome: "requested", status, by };
}

/** As `decide` sees it: spent and reserved must leave room, or the guard holds the latch. */
function refuseIfOverTheLine({ money, environment }: GuardStatus): void {
  if (money === null || money.spent + money.reserved < money.line) return;
  const { spent, metered, reserved, line } = money;
  const by = spent > metered ? ` as AWS Budgets has it, ${dollars(metered)} by the meter,` : "";
  throw new GroundError(
    `${environment} stays latched: ${dollars(spent)} is spent${by} and ${dollars(reserved)} more cannot be stopped before 24:00 UTC, and the line is ${dollars(line)}.\nThe guard would not open the latch, or close it at once. Wait for the next UTC day, or raise budget.usdPerDay, run pulumi up, and ask again.`,
    EXIT.policyViolation,
  );
}

export function situationOf(status: GuardStatus): string {
  const { money, leases } = status;
  const left = money === null ? undefined : money.line - money.spent - money.reserved;
  return [
    ...latchLines(status),
    ...(left === undefined ? [] : [`Left today once it is open: ${dollars(left)}.`]),
    "Groups stay at 0 until somebody, or a schedule, starts them; agents may call models again.",
    ...(leases.length === 0 ? [] : [`Leases: ${leases.map(({ id }) => id).join(", ")}.`]),
  ].join("\n");
}

export function renderRearmed({ outcome, by, status }: Rearmed, intervalMs: number): string {
  const { request, environment } = status;
  switch (outcome) {
    case "requested":
      return `${environment}: re-arming is asked for by ${by}. The guard does it at its next look, within ${String(Math.ceil(intervalMs / 60_000))} minutes, and tells people.\n`;
    case "asked before":
      return `${environment}: ${request?.by ?? "somebody"} has asked already; the guard's next look does it.\n`;
    case "not latched":
      return `${environment} is not latched: there is nothing to re-arm.\n`;
    case "declined":
      return "Nothing was changed.\n";
  }
}
