import type { Reported, ReportedCheck } from "./reported.ts";

/**
 * What lets a required check pass although a job before it failed: a job without `always()` is skipped then, and a
 * skipped job counts as passed. It matters where the job before it is not required itself.
 *
 * @param checks those of one required name
 * @param required every name that the branch requires
 */
export function gateWarnings(
  checks: readonly ReportedCheck[],
  { checks: all }: Pick<Reported, "checks">,
  required: readonly string[],
): string[] {
  const texts = checks.flatMap((check) =>
    check.skippedWith.flatMap((need) => {
      const own = checksOf(need, check, all);
      const missing = [...new Set(own.map(({ name }) => name))].filter((name) => !required.includes(name));
      // A job of which no check is known has names that only a run knows.
      if (own.length > 0 && missing.length === 0) return [];
      const others =
        missing.length > 0 && missing.length <= MOST_NAMED
          ? `, or require ${missing.join(" and ")} as well`
          : "";
      return [
        `${check.job} in ${check.workflow} is skipped where ${need} fails, which counts as passed: give it \`if: always()\` and a step that fails on the result of ${need}${others}`,
      ];
    }),
  );
  return [...new Set(texts)];
}

/** A longer list is no advice. */
const MOST_NAMED = 3;

/** Checks of a job, or of all jobs of the workflow that it calls, in the same run. */
function checksOf(
  job: string,
  { workflow, trigger }: ReportedCheck,
  all: readonly ReportedCheck[],
): ReportedCheck[] {
  return all.filter(
    (other) =>
      other.workflow === workflow &&
      other.trigger === trigger &&
      (other.job === job || other.job.startsWith(`${job}/`)),
  );
}
