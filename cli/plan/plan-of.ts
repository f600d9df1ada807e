import type { Plan } from "../../model/plan.ts";
import { pulumiConfig } from "../stack-file.ts";
import type { Stack } from "../stack-options.ts";

/**
 * The offline plan of a stack that was read. What makes it is loaded now: Pulumi's SDKs take the better part of a
 * second, and no other command, no `--help` and no wrong argument should wait for them.
 *
 * @throws what `makePlan` throws.
 */
export async function planOf({ file, stack }: Pick<Stack, "file" | "stack">): Promise<Plan> {
  const { makePlan } = await import("./make-plan.ts");
  const { project, source } = file;
  return makePlan({ project, stack, source, ...pulumiConfig(file) });
}
