import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { PROJECT, pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import type { Plan } from "../../model/plan.ts";
import { planOf, ROOT, STACKS } from "../support/plans.ts";

/**
 * The plan of every stack of this project and of every example that makes something on AWS, by the stack's or
 * the file's name. What a plan has on GitHub is judged by rules of this project's own.
 */
export async function auditedPlans(): Promise<ReadonlyMap<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const stack of STACKS) plans.set(stack, await planOf(stack));
  const folder = join(ROOT, "examples");
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".yaml")) continue;
    const stack = basename(name, ".yaml");
    const file = readStackFile(join(folder, name));
    if (!settingsOf(file, { stack }).hosts) continue;
    plans.set(stack, await makePlan({ project: PROJECT, stack, ...pulumiConfig(file) }));
  }
  return plans;
}
