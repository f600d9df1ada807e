import { NoCredentials, statusOf } from "../doctor/check.ts";
import type { Repository } from "../doctor/github-account.ts";
import type { GitHub } from "../github-client.ts";

/** A repository as every look at it needs it. */
export interface Place {
  readonly client: GitHub;
  readonly owner: string;
  readonly repo: string;
  /** GitHub's own answer about it. */
  readonly live: Repository;
}

/** Undefined where GitHub says 404: what is not there is a difference, not a failure to look. */
export async function absentAsUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NoCredentials) && statusOf(error) === 404) return undefined;
    throw error;
  }
}
