import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

export interface Console {
  readonly input: NodeJS.ReadStream | (NodeJS.ReadableStream & { readonly isTTY?: boolean });
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks a person, who must type `yes`; Ctrl-C, Ctrl-D and the end of the input are a no.
 *
 * @throws GroundError (exit code 2) where there is nobody to ask.
 */
export async function confirmed(
  situation: string,
  question: string,
  { input, output }: Console = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true)
    throw new GroundError(
      `${situation}\n\nNobody is here to confirm: call it with --yes, or from a terminal.`,
      EXIT.badConfiguration,
    );
  output.write(`${situation}\n\n`);
  const lines = createInterface({ input, output });
  try {
    // A question whose input ends stays open for ever, and Node would end the program without a word.
    const left = once(lines, "close").then(() => "");
    const answer = lines.question(`${question} Only "yes" does it: `).catch((error: unknown) => {
      if (error instanceof Error && error.name === "AbortError") return "";
      throw error;
    });
    return (await Promise.race([answer, left])).trim() === "yes";
  } finally {
    lines.close();
  }
}
