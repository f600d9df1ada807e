import { randomUUID } from "node:crypto";
import { usdOf } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import type { OnDemandPrices } from "../../runtime/guard/prices.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { askAdmission, refuseUnlessAdmitted, withAdmissionLock } from "./admit.ts";
import { shownDuration } from "./duration.ts";
import type { ClusterStack } from "./environment.ts";
import { chosenLease, LONGEST_LEASE_MS } from "./leases.ts";
import { quotesOf } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";
import { daysJson } from "./start.ts";
import { ClusterPrices, type LaunchPrice } from "./price.ts";

export interface ExtendRequest {
  readonly byMs: number;
  readonly leaseId?: string;
  readonly owner: string;
  readonly dryRun: boolean;
}

export interface Extension {
  readonly lease: Lease;
  readonly until: number;
  /** Of the time that is added. */
  readonly price: LaunchPrice;
  readonly admission: Admission;
  readonly changed: boolean;
}

/**
 * Moves the end of a lease, priced and admitted as a start is. It works as long as the guard has not begun to end the
 * lease, even past its end (FM-34); the write holds only if the lease still is what was read.
 *
 * @throws GroundError: 2 for a lease that is not there or a length that cannot be, 4 where the guard was faster, 5 where it refuses.
 */
export async function extend(
  ports: ClusterPorts,
  stack: ClusterStack,
  { byMs, leaseId, owner, dryRun }: ExtendRequest,
  onDemandPrices: OnDemandPrices,
): Promise<Extension> {
  return withAdmissionLock(ports, `${owner} ${randomUUID()}`, async (locked) => {
    const lease = chosenLease((await ports.table.requests()).leases, leaseId, owner);
    const now = ports.clock.now();
    const until = Math.max(lease.expiresAt, now) + byMs;
    if (until - now > LONGEST_LEASE_MS)
      throw new GroundError(
        `The lease would run until ${clockTime(until)}: a lease may run ${shownDuration(LONGEST_LEASE_MS)} at most from now.`,
        EXIT.badConfiguration,
      );
    // Slots that a smaller stack file no longer has cost nothing; their groups go with the next `pulumi up`.
    const slots = stack.slots.filter(({ name }) => lease.slots.includes(name));
    const { admission, ledger } = await askAdmission(
      ports,
      stack,
      slots.map(({ name }) => name),
      until,
    );
    const alreadyMs = Math.max(lease.expiresAt - now, 0);
    refuseUnlessAdmitted(admission, ledger, stack, now, { command: "extend", alreadyMs });
    const quotes = await quotesOf(
      ports,
      stack,
      slots.flatMap(({ instanceTypes }) => instanceTypes),
    );
    const price = new ClusterPrices(stack.config, quotes, onDemandPrices, now).ofLaunch(slots, "spot", byMs);
    if (lease.state === "ending") throw tooLate(lease);
    if (dryRun) return { lease, until, price, admission, changed: false };
    if (!(await locked.extend(lease.id, lease.expiresAt, until))) throw tooLate(lease);
    return { lease, until, price, admission, changed: true };
  });
}

function tooLate({ id, expiresAt }: Lease): GroundError {
  return new GroundError(
    `Lease ${id} (end: ${clockTime(expiresAt)}) cannot be extended: its end has begun, or somebody moved it at the same moment. Look with \`ground cluster status\`; \`ground cluster start\` makes a new one.`,
    EXIT.resourceFailed,
  );
}

export function extensionJson({ lease, until, price, admission, changed }: Extension) {
  return {
    lease: lease.id,
    until: new Date(until).toISOString(),
    changed,
    addedUsd: usdOf(price.total).toNumber(),
    addedAtMostUsd: usdOf(price.ceilingTotal).toNumber(),
    days: daysJson(admission),
  };
}
