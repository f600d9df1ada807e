import type { Reported, ReportedCheck } from "./reported.ts";

/**
 * What lets a required check pass although a job before it failed: a job without `always()` is skipped then, and a
 * skipped job counts as passed; one with it runs, and passes where it does not look at the result. Either matters
 * where the job before it is not required itself.
 *
 * @param checks those of one required name
 * @param required every name that the branch requires
 */
export function gateWarnings(
  checks: readonly ReportedCheck[],
  { checks: all }: Pick<Reported, "checks">,
  required: readonly string[],
): string[] {
  const texts = checks.flatMap((check) => {
    const place = `${check.job} in ${check.workflow}`;
    const unless = (need: string, text: string): string[] => {
      const own = checksOf(need, check, all);
      const missing = [...new Set(own.map(({ name }) => name))].filter((name) => !required.includes(name));
      // A job of which no check is known has names that only a run knows.
      if (own.length > 0 && missing.length === 0) return [];
      return [`${text}${orRequire(missing)}`];
    };
    return [
      ...check.skippedWith.flatMap((need) =>
        unless(
          need,
          `${place} is skipped where ${need} fails, which counts as passed: give it \`if: always()\` and a step that fails on the result of ${need}`,
        ),
      ),
      ...check.blindTo.flatMap((need) =>
        unless(
          need,
          `${place} runs where ${need} fails and does not look at the result, so that it passes: give it a step that fails on needs.${need.split("/").at(-1) ?? need}.result`,
        ),
      ),
    ];
  });
  return [...new Set(texts)];
}

function orRequire(missing: readonly string[]): string {
  return missing.length > 0 && missing.length <= MOST_NAMED
    ? `, or require ${missing.join(" and ")} as well`
    : "";
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
