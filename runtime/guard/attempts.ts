import { messageOf } from "./observe.ts";

/** Ids of one call. EC2 takes 1,000, and advises batches. */
const BATCH = 100;

/** Characters of one problem: as many as there are hosts go into one message. */
const LONGEST_PROBLEM = 300;

/** What IAM adds to a refusal: a kilobyte that differs at each call, and is read only with a right of its own. */
const ENCODED = /\s*Encoded authorization failure message: \S+/g;

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
    const short = shortened(problem);
    if (!this.failures.includes(short)) this.failures.push(short);
  }
}

function shortened(problem: string): string {
  const plain = problem.replaceAll(ENCODED, "");
  return plain.length > LONGEST_PROBLEM ? `${plain.slice(0, LONGEST_PROBLEM - 1)}…` : plain;
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
