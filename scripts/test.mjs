/**
 * `npm test`: all of it, or what Mocha's own arguments select (`npm test -- --grep FM-`). First says which
 * tiers can run on this machine; a tier whose tool is missing skips its tests with the reason.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Tier, the commands it needs (any of a list), and where they come from. */
const TIERS = [
  ["logic, components, plans", [], ""],
  ["real engine", ["pulumi"], "install the Pulumi CLI, https://www.pulumi.com/docs/install/"],
  ["real GitHub provider", ["pulumi-resource-github"], "put the plugin of @pulumi/github's version on PATH"],
  ["page in a browser", ["chromium", "chromium-browser", "google-chrome"], "install Chromium"],
  ["cloud-init schema", ["cloud-init"], "install cloud-init (Debian, Ubuntu)"],
  ["scripts by shellcheck", ["shellcheck"], "install shellcheck"],
  ["outside auditors (checkov, parliament)", ["python3"], "install Python 3 with venv"],
  ["emulated AWS (moto)", ["python3"], "install Python 3 with venv"],
  ["emulated schedules and functions (ministack)", ["python3"], "install Python 3 with venv"],
  ["workflows by actionlint", ["actionlint", "go"], "install actionlint, or Go, which fetches it"],
  ["workflows by zizmor", ["zizmor", "python3"], "install zizmor, or Python, which fetches it"],
];

function onPath(command) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const tiers = TIERS.map(([tier, commands, remedy]) => {
  const found = commands.length === 0 || commands.some(onPath);
  return found
    ? `  runs     ${tier}`
    : `  skipped  ${tier}: no ${commands.join(" or ")} on PATH; to run it, ${remedy}`;
});
const summary = ["Test tiers on this machine:", ...tiers].join("\n");

console.log(summary);
const args = process.argv.slice(2);
const update = args.includes("--update-golden");
// The whole suite waits for other programs much of the time, so files run beside each other, one more than there are
// cores; with files named, one after another, so that what a test prints stands where it belongs.
const files = args.some((arg) => arg.endsWith(".test.ts"))
  ? []
  : ["--parallel", "--jobs", String(Math.max(2, availableParallelism()) + 1), "test/**/*.test.ts"];
const result = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/mocha/bin/mocha.js"),
    ...args.filter((arg) => arg !== "--update-golden"),
    ...files,
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...(update ? { UPDATE_GOLDEN: "1" } : {}) },
  },
);
console.log(summary);
process.exitCode = result.status ?? 1;
