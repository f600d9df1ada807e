/**
 * Bundles the programs that do not run from source: the command, the policy pack and the programs for
 * hosts. Runs at `npm ci` (prepare), by `npm run build`, and by the command itself when sources changed.
 */
import { build as bundle } from "esbuild";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
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

/**
 * GitHub's workflow parser imports JSON in a way that Node 20 refuses, so it is bundled where all other packages
 * stay outside. Its parts land in a file of their own, which only `ground checks` loads.
 *
 * @type {import("esbuild").Plugin}
 */
const workflowParser = {
  name: "workflow-parser",
  setup({ onResolve }) {
    onResolve({ filter: /^@actions\// }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
  },
};

/** What is bundled, from where, to where. The bundle by which the command judges its age comes last. */
const BUNDLES = [
  {
    entryPoints: ["policies/pack.ts"],
    outfile: "policies/index.mjs",
    external: ["@pulumi/*"],
    banner: { js: REQUIRE },
  },
  {
    entryPoints: ["runtime/host/boot.ts"],
    outfile: "dist/host/boot.mjs",
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: REQUIRE },
  },
  // With the AWS clients: the version of the SDK that Lambda brings along changes without notice. The clients as
  // ES modules, or nothing of theirs could be left out; identifiers stay whole, or a stack trace would say nothing.
  {
    entryPoints: ["runtime/guard/handler.ts"],
    outfile: "dist/guard/guard.mjs",
    target: "node22",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: REQUIRE },
  },
  // The SDKs stay outside: they are large, and a second copy of the SDK would not share its runtime.
  {
    entryPoints: { main: "cli/main.ts", "simulate-worker": "cli/simulate/worker.ts" },
    outdir: "dist/cli",
    outExtension: { ".js": ".mjs" },
    splitting: true,
    packages: "external",
    plugins: [workflowParser],
    sourcemap: "linked",
  },
];

/**
 * Everything is built in memory and each file put in place by renaming, so that commands and engines
 * that run meanwhile never read half a file.
 */
export async function build() {
  const results = await Promise.all(
    BUNDLES.map((options) => bundle({ ...common, ...options, write: false })),
  );
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  const entry = join(root, "dist/cli/main.mjs");
  for (const { path, contents } of files.toSorted(
    (a, b) => Number(a.path === entry) - Number(b.path === entry),
  )) {
    mkdirSync(dirname(path), { recursive: true });
    const partial = `${path}.${process.pid}.partial`;
    writeFileSync(partial, contents);
    renameSync(partial, path);
  }
  removeStale(join(root, "dist/cli"), new Set(files.map(({ path }) => path)));
}

/** Parts of earlier builds; those of the last hour may still be wanted by a command that is running. */
function removeStale(folder, current) {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!current.has(path) && statSync(path).mtimeMs < anHourAgo) rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
