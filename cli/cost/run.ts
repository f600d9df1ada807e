import { all } from "../../runtime/guard/observe.ts";
import { DAY, dayOf } from "../../runtime/guard/time.ts";
import { GroundError, type ExitCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { print } from "../guard/print.ts";
import type { PeoplePorts } from "../guard/ports.ts";
import { inGuardSession } from "../guard/session.ts";
import type { GuardedStack } from "../guard/stack.ts";
import { billOf, type Bill } from "./bill.ts";
import type { CostOptions } from "./command.ts";
import { costJson, costOf, type Cost, type MeteredDay } from "./cost.ts";
import { renderCost } from "./render.ts";

const RIGHTS =
  "dynamodb:GetItem and Query on the guard's table, autoscaling:DescribeAutoScalingGroups and ce:GetCostAndUsage";

export function runCost(options: CostOptions): Promise<ExitCode> {
  return inGuardSession(options, RIGHTS, async ({ stack, ports }) => {
    const { environment } = stack.config;
    const ask = options.bill ? (at: number) => billOf(environment, at) : undefined;
    const cost = await readCost(ports, stack, ask);
    print(options, costJson(cost), () => renderCost(cost));
    const { bill } = cost.yesterday;
    return bill !== null && "unreadable" in bill ? EXIT.resourceFailed : EXIT.ok;
  });
}

/**
 * @param ask AWS's bill of the day of an instant; undefined: it is not asked
 * @throws GroundError (exit code 4) where the guard has not metered yet.
 */
export async function readCost(
  { table, cloud, clock }: Pick<PeoplePorts, "table" | "cloud" | "clock">,
  { config }: GuardedStack,
  ask: ((at: number) => Promise<Bill>) | undefined,
): Promise<Cost> {
  const now = clock.now();
  const yesterday = now - DAY;
  const names = config.slots.map(({ group }) => group);
  const [ledger, [archived], groups, bill] = await Promise.all([
    table.read(),
    table.archived(dayOf(yesterday), dayOf(yesterday)),
    all((next) => cloud.groups(names, next)),
    ask === undefined ? null : readBill(() => ask(yesterday)),
  ]);
  if (ledger === undefined)
    throw new GroundError(
      "The guard has not metered yet. It does so within minutes of pulumi up; if not, see `ground guard status`.",
      EXIT.resourceFailed,
    );
  return costOf({ config, ledger, groups, archived, bill, now });
}

/** The bill is the smaller half: where it cannot be read, the meter's half is shown all the same. */
async function readBill(ask: () => Promise<Bill>): Promise<MeteredDay["bill"]> {
  try {
    return await ask();
  } catch (error) {
    return { unreadable: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
