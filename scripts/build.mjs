/**
 * Bundles the programs that do not run from source: the command, the policy pack and the programs for
 * hosts. Runs at `npm ci` (prepare), by `npm run build`, and by the command itself when sources changed.
 */
import { build as bundle } from "esbuild";
import { mkdirSync, rmSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Modules written for `require` find it in an ES module only when it is put there. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  logLevel: "warning",
  legalComments: "none",
};

export async function build() {
  mkdirSync(join(root, "dist"), { recursive: true });
  rmSync(join(root, "dist/cli"), { recursive: true, force: true });
  await Promise.all([
    // The SDKs stay outside: they are large, and a second copy of the SDK would not share its runtime.
    bundle({
      ...common,
      entryPoints: { main: "cli/main.ts" },
      outdir: "dist/cli",
      outExtension: { ".js": ".mjs" },
      splitting: true,
      packages: "external",
      sourcemap: "linked",
    }),
    bundle({
      ...common,
      entryPoints: ["policies/index.ts"],
      outfile: "policies/index.mjs",
      external: ["@pulumi/*"],
      banner: { js: REQUIRE },
    }),
    bundle({
      ...common,
      entryPoints: ["runtime/host/boot.ts"],
      outfile: "dist/host/boot.mjs",
      minifySyntax: true,
      minifyWhitespace: true,
      banner: { js: REQUIRE },
    }),
  ]);
  const now = new Date();
  utimesSync(join(root, "dist/cli/main.mjs"), now, now);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
