import type { Interface } from "node:readline/promises";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import {
  problemsOf,
  proposal,
  QUESTIONS,
  type AnswerKey,
  type AnswerProblem,
  type Answers,
} from "./answers.ts";

/**
 * Asks for every answer not given, each until it is sound. An empty line takes the proposal.
 *
 * @throws GroundError (exit code 2) where the input ends before the last answer.
 */
export async function ask(given: Answers, lines: Interface, say: (text: string) => void): Promise<Answers> {
  const ended = new AbortController();
  lines.once("close", () => {
    ended.abort();
  });
  let answers = given;
  for (const [index, { key, title }] of QUESTIONS.entries()) {
    if (given[key] !== undefined) continue;
    const askedBefore = QUESTIONS.slice(0, index + 1).map((question) => question.key);
    const prompt = `${title}${bracketed(proposal(key, answers))}: `;
    for (;;) {
      const text = (await answer(lines, prompt, ended.signal)).trim() || proposal(key, answers);
      const tried = text === undefined ? answers : { ...answers, [key]: text };
      const problems = problemsOf(tried).filter((problem) => concerns(problem, key, askedBefore, answers));
      if (problems.length === 0) {
        answers = tried;
        break;
      }
      for (const { message } of problems) say(`  ${message}`);
    }
  }
  return answers;
}

/** A problem of this answer, or one it makes for an answer that is already settled. */
function concerns(
  problem: AnswerProblem,
  key: AnswerKey,
  before: readonly AnswerKey[],
  answers: Answers,
): boolean {
  return problem.key === key || (before.includes(problem.key) && answers[problem.key] !== undefined);
}

function bracketed(text: string | undefined): string {
  return text === undefined ? "" : ` [${text}]`;
}

async function answer(lines: Interface, prompt: string, signal: AbortSignal): Promise<string> {
  try {
    signal.throwIfAborted();
    return await lines.question(prompt, { signal });
  } catch (error) {
    throw new GroundError(
      "ground init: the input ended before the last answer; nothing was written",
      EXIT.badConfiguration,
      {
        cause: error,
      },
    );
  }
}
