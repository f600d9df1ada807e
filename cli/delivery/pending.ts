import { z } from "zod";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { parseUrn } from "./urn.ts";

const exportSchema = z.object({
  deployment: z.object({
    pending_operations: z
      .array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) }))
      .nullish(),
  }),
});

/** An operation that an engine began and never ended: what it was to make may exist without standing in the state. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting`, `reading`, `importing`. */
  readonly operation: string;
  readonly urn: string;
}

/**
 * Pending operations of a state.
 *
 * @param state what `pulumi stack export` printed
 * @throws GroundError (exit code 2) where it is no such document.
 */
export function pendingOperations(state: unknown): PendingOperation[] {
  const parsed = exportSchema.safeParse(state);
  if (!parsed.success)
    throw new GroundError(
      "Not a state: write one with `pulumi stack export --stack NAME --file state.json`.",
      EXIT.badConfiguration,
    );
  return (parsed.data.deployment.pending_operations ?? []).map(({ type, resource }) => ({
    operation: type,
    urn: resource.urn,
  }));
}

/** What a person does about them; "" where there are none. */
export function describePending(pending: readonly PendingOperation[], stack: string): string {
  if (pending.length === 0) return "";
  const lines = pending.map(({ operation, urn }) => {
    const { type, name } = parseUrn(urn);
    return `  ${operation.padEnd(9)} ${type} ${name}`;
  });
  const creating = pending.some(({ operation }) => operation === "creating" || operation === "importing");
  const ways = creating
    ? [
        "Look each one up in the account by its name and tags. What does not exist:",
        `  pulumi refresh --stack ${stack} --clear-pending-creates`,
        "What does exist: delete it there first, or take it over with `pulumi import` and then do the same.",
      ]
    : ["Nothing was being created. Bring the state up to date:", `  pulumi refresh --stack ${stack}`];
  return [
    `The last deployment of ${stack} was cut off; nothing has been changed now. It had begun and not ended:`,
    ...lines,
    ...ways,
    `Where the stack is still locked and nobody is deploying it: pulumi cancel --stack ${stack}`,
    "Then start this deployment again.",
  ].join("\n");
}
