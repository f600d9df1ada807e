import { Attempts } from "./attempts.ts";
import type { GuardPorts } from "./ports.ts";
import type { Question } from "./report.ts";
import type { Work } from "./work.ts";

/** Groups whose scheduled start is held back once this run has done what it decided. */
export function heldAfter({ metered, decision }: Pick<Work, "metered" | "decision">): readonly string[] {
  // Also those held before: a run may have died between remembering and doing.
  const held = [...metered.ledger.heldGroups, ...decision.holdGroups];
  return held.filter((group) => !decision.releaseGroups.includes(group));
}

/**
 * Suspends scheduled starts for want of money, and gives them back; the ledger knew before which ones are held. A
 * group that refuses keeps nothing else from being done, and is tried again at the next tick. One that is gone has
 * nothing to give back (FM-45).
 *
 * @returns what did not work
 */
export async function holdSchedules(
  { cloud, notifier }: Pick<GuardPorts, "cloud" | "notifier">,
  work: Work,
): Promise<readonly Question[]> {
  const { decision, writer, seen } = work;
  const questions: Question[] = [];
  const groups = new Map(seen.groups.map((group) => [group.name, group]));
  /** @returns true where it was done */
  const attempt = async (what: string, group: string, step: () => Promise<void>): Promise<boolean> => {
    const one = new Attempts();
    await one.run(group, step);
    const [failure] = one.failures;
    if (failure === undefined) return true;
    notifier.log({ schedule: what, failures: one.failures });
    const text = `The scheduled start of a group could not be ${what}, and is tried at every tick: ${failure}.`;
    questions.push({ key: `${what} ${group}`, text });
    return false;
  };
  const held = [...heldAfter(work)];
  for (const name of held)
    if (groups.get(name)?.suspended.includes("ScheduledActions") === false)
      await attempt("held back", name, () => cloud.suspend(name, ["ScheduledActions"]));
  if (decision.releaseGroups.length === 0) return questions;
  for (const name of decision.releaseGroups) {
    const resume = () => cloud.resume(name, ["ScheduledActions"]);
    if (groups.has(name) && !(await attempt("given back", name, resume))) held.push(name);
  }
  await writer.amend({ heldGroups: held });
  return questions;
}
