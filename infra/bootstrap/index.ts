import { endDebugLog } from "../lib/debug-log.ts";
import { createBootstrap, outputsOf, type Outputs } from "./bootstrap.ts";
import { loadSettings } from "./settings/load.ts";

/** The Pulumi program that an administrator runs once for an account, by hand: docs/bootstrap.md. */
export default function program(): Outputs {
  endDebugLog();
  try {
    return outputsOf(createBootstrap(loadSettings()));
  } catch (error) {
    throw withoutSdkFrames(error);
  }
}

/** As in the main program: Node 20 needs up to 40 seconds to print the SDK's own frames in colour. */
function withoutSdkFrames(error: unknown): unknown {
  if (!(error instanceof Error) || error.stack === undefined) return error;
  error.stack = error.stack
    .split("\n")
    .filter((line) => !line.includes("/node_modules/@pulumi/"))
    .join("\n");
  return error;
}
