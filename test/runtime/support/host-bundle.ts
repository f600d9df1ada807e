import { build } from "esbuild";
import { join } from "node:path";
import { ROOT } from "../../support/plans.ts";

/** Builds the host programs as the project does, into a folder of the test's own. */
export async function buildHostBundle(folder: string): Promise<string> {
  const outfile = join(folder, "boot.mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["runtime/host/boot.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "silent",
    // Modules written for `require` find it in an ES module only when it is put there.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return outfile;
}
