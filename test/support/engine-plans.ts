import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Plan } from "../../model/plan.ts";

/** Folder of the project under test. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The plan without an engine. The command also builds the policy pack and the host programs where they are old.
 *
 * @param which words that choose the stack, for example `--stack dev`
 */
export async function offlinePlan(...which: readonly string[]): Promise<Plan> {
  return JSON.parse(await ground("plan", ...which, "--json")) as Plan;
}

/** What a `ground` command prints. */
export async function ground(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, "cli/ground.mjs"), ...words], {
    cwd: ROOT,
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

interface Named {
  readonly type: string;
  readonly name: string;
}

/** Type and name of each, sorted, without the engine's own resources (stack and providers). */
export function typesAndNames(resources: readonly Named[]): string[] {
  return resources
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

/** Verdicts in an order of their own, without their texts: the engine adds a description to them. */
export function withoutTexts(
  verdicts: readonly { readonly name: string; readonly level: string; readonly urn: string }[],
): string[] {
  return verdicts.map(({ name, level, urn }) => `${level} ${name} ${urn}`).sort();
}
