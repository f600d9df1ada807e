import { z } from "zod";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";

/** What `pulumi stack history --json` prints, the newest first. Source: pulumi/pulumi, `stack_history.go`, 3.260. */
const historySchema = z.array(
  z.object({ kind: z.string(), environment: z.record(z.string(), z.string()).nullish() }),
);

/**
 * The commit that a stack was last deployed from, whether or not it went well: it says what was meant. Refreshes and
 * imports mean nothing new. Undefined where there was no deployment, or none from a checkout.
 *
 * @throws GroundError (exit code 2) where it is no history.
 */
export function deployedCommit(history: unknown): string | undefined {
  const parsed = historySchema.safeParse(history);
  if (!parsed.success)
    throw new GroundError(
      "Not a history: write one with `pulumi stack history --json --stack NAME`.",
      EXIT.badConfiguration,
    );
  const commit = parsed.data.find(({ kind }) => kind === "update")?.environment?.["git.head"];
  // It becomes a workflow's input: nothing but a commit may pass.
  return commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
}
