import { createEnvironment, outputsOf, type Outputs } from "./environment.ts";
import { readHostProgram } from "./host-program.ts";
import { loadSettings } from "./settings/load.ts";

/** The Pulumi program: settings in, one environment out. Called by the engine, and by `ground plan` without one. */
export default function program(): Outputs {
  return outputsOf(createEnvironment(loadSettings(), readHostProgram()));
}
