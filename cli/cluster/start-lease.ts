import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import { messageOf } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import { isRefusal } from "../aws-errors.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { ClusterPorts, Locked } from "./ports.ts";

/**
 * Writes a lease. AWS may have written it although every answer was lost: then it is looked for, so that no lease
 * holds money for a start that is over.
 *
 * @returns false where another lease of that id is there already
 * @throws GroundError (exit code 4) naming the lease where it may yet be written; or what AWS refuses it with.
 */
export async function addLease(
  { table }: Pick<ClusterPorts, "table">,
  locked: Locked,
  lease: Lease,
): Promise<boolean> {
  try {
    return await locked.add(lease);
  } catch (error) {
    if (error instanceof LockLostError || isRefusal(error)) throw error;
    const seen = await table.requests().catch(() => undefined);
    if (seen?.leases.some(({ id }) => id === lease.id) === true) return true;
    throw new GroundError(
      [
        `AWS did not answer whether the lease ${lease.id} was written (${messageOf(error)}), and ${seen === undefined ? "what leases there are cannot be read" : "it is not there so far"}. No slot was started.`,
        `Should it be there, it holds money until ${clockTime(lease.expiresAt)}: look with \`ground cluster status\`, end it with \`ground cluster stop\`.`,
      ].join("\n"),
      EXIT.resourceFailed,
      { cause: error },
    );
  }
}
