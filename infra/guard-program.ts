import { existsSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import type { GuardProgram } from "./components/guard.ts";

/** Where `npm run build` leaves the guard, relative to the project, which Pulumi makes the working directory. */
const GUARD_BUNDLE = "dist/guard/guard.mjs";

/**
 * The built guard.
 *
 * @throws RunError naming the command to run when it has not been built.
 */
export function readGuardProgram(): GuardProgram {
  if (!existsSync(GUARD_BUNDLE))
    throw new RunError(`${GUARD_BUNDLE} is missing: run "npm run build" in the project's folder`);
  return { path: GUARD_BUNDLE };
}
