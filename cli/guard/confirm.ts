import { createInterface } from "node:readline/promises";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

export interface Console {
  readonly input: NodeJS.ReadStream | (NodeJS.ReadableStream & { readonly isTTY?: boolean });
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks a person, who must type `yes`.
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
    return (await lines.question(`${question} Only "yes" does it: `)).trim() === "yes";
  } finally {
    lines.close();
  }
}
