import { createEnvironment, outputsOf, type Outputs } from "./environment.ts";
import { readHostProgram } from "./host-program.ts";
import { loadSettings } from "./settings/load.ts";

/** The Pulumi program: settings in, one environment out. Called by the engine, and by `ground plan` without one. */
export default function program(): Outputs {
  try {
    return outputsOf(createEnvironment(loadSettings(), readHostProgram()));
  } catch (error) {
    throw withoutSdkFrames(error);
  }
}

/**
 * The same error with the SDK's own frames left out of its stack: Node 20 needs up to 40 seconds and a
 * gigabyte to print them in colour, and they say nothing about the program.
 */
function withoutSdkFrames(error: unknown): unknown {
  if (!(error instanceof Error) || error.stack === undefined) return error;
  error.stack = error.stack
    .split("\n")
    .filter((line) => !line.includes("/node_modules/@pulumi/"))
    .join("\n");
  return error;
}
