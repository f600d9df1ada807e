#!/usr/bin/env node
/**
 * Starts the bundled command, after building it anew where a source is newer than the bundle: running
 * from source costs half a second of transpiling on every call, a stale bundle would lie.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, "dist/cli/main.mjs");
const SOURCES = [
  "cli",
  "infra",
  "model",
  "policies",
  "pricing",
  "runtime",
  "scripts/build.mjs",
  "package.json",
];

/** True where any source below the path was changed after the given time. */
function changedSince(path, time) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return path.endsWith("index.mjs") ? false : stat.mtimeMs > time;
  return readdirSync(path).some((name) => changedSince(join(path, name), time));
}

if (!existsSync(join(root, "node_modules"))) {
  console.error(
    `ground: the dependencies are not installed: run "npm ci" in ${relative(process.cwd(), root) || "this folder"}`,
  );
  process.exit(1);
}
if (!existsSync(bundle) || SOURCES.some((path) => changedSince(join(root, path), statSync(bundle).mtimeMs))) {
  const { build } = await import(pathToFileURL(join(root, "scripts/build.mjs")).href);
  await build();
}
// Files named on the command line are meant from where the user stands; the program runs in the project.
process.env["GROUND_CALLER_DIRECTORY"] = resolve(process.env["INIT_CWD"] ?? process.cwd());
process.chdir(root);
// A reader that has seen enough, such as head, closes the pipe: that ends the command quietly. Anything
// else, such as a full disk, means that the output is incomplete: exit code 2, a file that cannot be used.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0);
  console.error(`ground: the output cannot be written: ${error.message}`);
  process.exit(2);
});
const { main } = await import(pathToFileURL(bundle).href);
process.exitCode = await main(process.argv.slice(2));
