import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { fromCaller } from "../stack-options.ts";

/** @throws GroundError (exit code 2) where the file cannot be read. */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(fromCaller(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GroundError(`${file}: cannot be read: ${reason}`, EXIT.badConfiguration, { cause: error });
  }
}

/** @throws GroundError (exit code 2) where the file cannot be read, or is not JSON. */
export function readJson(file: string): unknown {
  const text = readInput(file).toString("utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text, which may hold what no log may show.
    throw new GroundError(`${file}: is not JSON (${String(text.length)} characters)`, EXIT.badConfiguration, {
      cause: error,
    });
  }
}

/** The document; undefined where the text is none, for a schema to refuse. */
export function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SHA-256 in hexadecimal. */
export function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
