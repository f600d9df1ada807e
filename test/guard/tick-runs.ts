import type { GuardPorts } from "../../runtime/guard/ports.ts";
import { tick, type TickResult } from "../../runtime/guard/tick.ts";
import type { Trigger } from "../../runtime/guard/trigger.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { FakeAws } from "./fake-aws.ts";
import { CONFIG, groupOf, host, ledgerAt, NOON, openGroups, orchestrator, prices } from "./support.ts";

let holders = 0;

/** One run of the guard. */
export function run(
  fake: FakeAws,
  change: { ports?: GuardPorts; trigger?: Trigger; config?: GuardConfig } = {},
): Promise<TickResult> {
  holders += 1;
  return tick(change.ports ?? fake.ports, {
    config: change.config ?? CONFIG,
    onDemand: prices(),
    trigger: change.trigger ?? { kind: "schedule" },
    holder: String(holders),
  });
}

/** Noon, the orchestrator and one host up, that much spent already. */
export function aws(spent: number): FakeAws {
  const fake = new FakeAws(NOON);
  fake.groups = [...openGroups()];
  fake.change(groupOf("storage-1"), { desired: 1 });
  fake.instances = [orchestrator(), host("i-1", "storage-1")];
  fake.ledger = ledgerAt(NOON - 5 * MINUTE, spent);
  return fake;
}

/** The same, its host on a lease until the evening. */
export function leasedAws(spent: number): FakeAws {
  const fake = aws(spent);
  fake.leases = [
    { id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON + 8 * HOUR, state: "active" },
  ];
  return fake;
}

export const OVER = nanoUsd(19);
export const MODEST = nanoUsd(1);
