import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { PROJECT, pulumiConfig, readStackFile } from "../../cli/stack-file.ts";
import type { Plan } from "../../model/plan.ts";
import { planOf, ROOT, STACKS } from "../support/plans.ts";

/** The plan of every stack of this project and of every example, by the stack's or the file's name. */
export async function auditedPlans(): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const stack of STACKS) plans.set(stack, await planOf(stack));
  const folder = join(ROOT, "examples");
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".yaml")) continue;
    const stack = basename(file, ".yaml");
    plans.set(
      stack,
      await makePlan({ project: PROJECT, stack, ...pulumiConfig(readStackFile(join(folder, file))) }),
    );
  }
  return plans;
}
