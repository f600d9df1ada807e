import { endDebugLog } from "../lib/debug-log.ts";
import { skipPromiseStacks, withoutSdkFrames } from "../lib/sdk-stacks.ts";
import { createBootstrap, outputsOf, type Outputs } from "./bootstrap.ts";
import { loadSettings } from "./settings/load.ts";

/** The Pulumi program that an administrator runs once for an account, by hand: docs/bootstrap.md. */
export default function program(): Outputs {
  endDebugLog();
  skipPromiseStacks();
  try {
    return outputsOf(createBootstrap(loadSettings()));
  } catch (error) {
    throw withoutSdkFrames(error);
  }
}
