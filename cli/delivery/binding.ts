import { z } from "zod";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { asJson } from "./files.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal");

/**
 * What a reviewer approved: the saved plan and everything that gives it its meaning. A plan alone does not bind the
 * policies, since a plan made with remediations applies without them when the pack is left out.
 */
const bindingSchema = z.strictObject({
  stack: z.string().min(1),
  commit: z.string().regex(/^[0-9a-f]{40}$/, "must be a commit's 40 hexadecimal digits"),
  /** Version of the Pulumi CLI; saved plans are experimental and not compatible across versions. */
  cli: z.string().min(1),
  plan: digest,
  stackFile: digest,
  policyPack: digest,
});
export type Binding = z.infer<typeof bindingSchema>;

const MEANING: Readonly<Record<keyof Binding, string>> = {
  stack: "stack",
  commit: "commit",
  cli: "version of the Pulumi CLI",
  plan: "saved plan",
  stackFile: "stack file",
  policyPack: "policy pack",
};

/** @throws GroundError (exit code 2) where the text is no binding. */
export function parseBinding(text: string): Binding {
  const result = bindingSchema.safeParse(asJson(text));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new GroundError(
    ["Not a binding; `ground delivery bind` prints one:", ...problems].join("\n"),
    EXIT.badConfiguration,
  );
}

/** What differs between what was approved and what is about to be applied, all of it; none is []. */
export function differences(approved: Binding, present: Binding): string[] {
  return bindingSchema
    .keyof()
    .options.filter((part) => approved[part] !== present[part])
    .map((part) => `${MEANING[part]}: approved ${approved[part]}, now ${present[part]}`);
}

/** @throws GroundError (exit code 7) naming every difference: nothing may be applied. */
export function requireSame(approved: Binding, present: Binding): void {
  const found = differences(approved, present);
  if (found.length === 0) return;
  throw new GroundError(
    [
      "This is not what was approved; nothing has been changed.",
      ...found.map((line) => `  ${line}`),
      "Start the deployment again, so that a new preview is made and approved.",
    ].join("\n"),
    EXIT.unexpectedChanges,
  );
}
