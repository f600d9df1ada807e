import { messageOf } from "./observe.ts";

/** Ids of one call. EC2 takes 1,000, and advises batches. */
const BATCH = 100;

/** Collects what goes wrong instead of ending at the first; each problem once, however often it is met. */
export class Attempts {
  readonly failures: string[] = [];
  readonly isLate: () => boolean;

  /** @param isLate whether the time for more attempts is over */
  constructor(isLate: () => boolean = () => false) {
    this.isLate = isLate;
  }

  async run<Result>(what: string, step: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await step();
    } catch (error) {
      this.fail(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  }

  fail(problem: string): void {
    if (!this.failures.includes(problem)) this.failures.push(problem);
  }
}

/**
 * In batches; a batch that is refused goes id by id, since one bad id fails them all (FM-04). The first is tried
 * however late it is.
 *
 * @returns the ids that were accepted
 */
export async function inBatches(
  ids: readonly string[],
  what: string,
  attempt: Attempts,
  call: (ids: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const done: string[] = [];
  for (let start = 0; start < ids.length && (start === 0 || !attempt.isLate()); start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    try {
      await call(batch);
      done.push(...batch);
    } catch {
      for (const id of batch) {
        if (attempt.isLate()) {
          attempt.fail(`${what} ${id}: no time was left`);
          break;
        }
        const ok = await attempt.run(`${what} ${id}`, async () => {
          await call([id]);
          return true;
        });
        if (ok === true) done.push(id);
      }
    }
  }
  return done;
}
