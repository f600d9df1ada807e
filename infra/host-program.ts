import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import type { HostProgram } from "./components/host-bundle.ts";

/** Where `npm run build` leaves the host programs, relative to the project, which Pulumi makes the working directory. */
const HOST_BUNDLE = "dist/host/boot.mjs";

/**
 * The built host programs and their hash.
 *
 * @throws RunError naming the command to run when they have not been built.
 */
export function readHostProgram(): HostProgram {
  if (!existsSync(HOST_BUNDLE))
    throw new RunError(`${HOST_BUNDLE} is missing: run "npm run build" in the project's folder`);
  return { path: HOST_BUNDLE, sha256: createHash("sha256").update(readFileSync(HOST_BUNDLE)).digest("hex") };
}
