/**
 * `npm run bench`: what a plan costs in time and memory, as ratios of programs run side by side.
 *
 * (a) `ground plan`; (b) the same under Pulumi's default, ts-node with type checking; (c) the bare SDK
 * registering the same resources. Then the policies, without an engine and in it, and the slope of (a)
 * and (c) over the number of nodes.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Plan } from "../model/plan.ts";
import { writeBareProgram } from "./bare.ts";
import { benchmarkDecide } from "./decide.ts";
import { benchmarkPolicies, benchmarkPreview } from "./policies.ts";
import { alternate, measure, type Measurement } from "./run.ts";

const ROUNDS = 5;
const NODES = [10, 50, 200, 500] as const;
const MOST_NODES = 1000;
const folder = mkdtempSync(join(tmpdir(), "proving-ground-bench-"));

/** A ClaudeFS stack file with the given number of nodes; a role holds at most 500. */
function stackFile(nodes: number): string {
  const path = join(folder, `Pulumi.n${String(nodes)}.yaml`);
  const roles = { storage: { count: Math.min(nodes, 500) }, jepsen: { count: Math.max(nodes - 500, 0) } };
  const none = { fuseClient: { count: 0 }, nfsSmbClient: { count: 0 }, conduit: { count: 0 } };
  const config = {
    owner: "bench",
    zones: ["usw2-az2", "usw2-az3"],
    cluster: { size: "large", roles: { ...roles, ...none } },
    budget: { usdPerDay: 99_000, worstCaseUsdPerDay: 99_000, emails: ["bench@example.com"] },
  };
  writeFileSync(
    path,
    stringify({
      config: Object.fromEntries(
        Object.entries(config).map(([key, value]) => [`proving-ground:${key}`, value]),
      ),
    }),
  );
  return path;
}

const plan = (...options: string[]) => ["cli/ground.mjs", "plan", "--json", ...options];

/** The bare program that registers what a plan registers. It lies in the project, where the SDK is found. */
function bareProgram(name: string, stdout: string): string {
  const path = `dist/bench/${name}.mjs`;
  writeBareProgram(JSON.parse(stdout) as Plan, path);
  return path;
}

function line(name: string, { seconds, mebibytes }: Measurement, base: Measurement): string {
  const ratio = (value: number, of: number) => `${(value / of).toFixed(2)} ×`;
  return `${name.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s  ${ratio(seconds, base.seconds).padStart(8)}  ${mebibytes.toFixed(0).padStart(6)} MiB  ${ratio(mebibytes, base.mebibytes).padStart(8)}`;
}

function required(results: Record<string, Measurement>, name: string): Measurement {
  const found = results[name];
  if (found === undefined) throw new RangeError(`not measured: ${name}`);
  return found;
}

function benchmarkDev(): void {
  const bare = bareProgram("dev", measure(plan("--stack", "dev")).stdout);
  const results = alternate(ROUNDS, { a: plan("--stack", "dev"), c: [bare] });
  const slow = alternate(3, { b: ["bench/ts-node.mjs", "plan", "--json", "--stack", "dev"] });
  const [a, b, c] = [required(results, "a"), required(slow, "b"), required(results, "c")];
  console.log(`dev stack, medians (Node ${process.versions.node}); ratios against (c)`);
  console.log(line("(a) ground plan", a, c));
  console.log(line("(b) under ts-node, type-checked", b, c));
  console.log(line("(c) bare SDK, same registrations", c, c));
  console.log(
    `(a) ≤ 1.6 × (c): ${verdict(a.seconds <= 1.6 * c.seconds)}; (b) ≥ 5 × (a): ${(b.seconds / a.seconds).toFixed(1)} ×, ${verdict(b.seconds >= 5 * a.seconds)}; memory ≤ 1.5 × (c): ${verdict(a.mebibytes <= 1.5 * c.mebibytes)}`,
  );
}

function benchmarkSlope(): void {
  console.log("\nslope over the number of nodes; ratios against the bare SDK");
  const series = NODES.map((nodes) => {
    const file = stackFile(nodes);
    const bare = bareProgram(`n${String(nodes)}`, measure(plan("--config", file)).stdout);
    const results = alternate(3, { a: plan("--config", file), c: [bare] });
    const [a, c] = [required(results, "a"), required(results, "c")];
    console.log(line(`(a) ${String(nodes)} nodes`, a, c));
    console.log(line(`(c) ${String(nodes)} nodes`, c, c));
    return { nodes, a, c };
  });
  const first = series[0];
  for (const { nodes, a, c } of series.slice(1)) {
    if (first === undefined) continue;
    const perNode = (now: Measurement, before: Measurement) =>
      ((now.seconds - before.seconds) / (nodes - first.nodes)) * 1000;
    const [ours, bare] = [perNode(a, first.a), perNode(c, first.c)];
    console.log(
      `per extra node from ${String(first.nodes)} to ${String(nodes)}: (a) ${ours.toFixed(1)} ms, (c) ${bare.toFixed(1)} ms, ${(ours / bare).toFixed(2)} ×, ≤ 1.2 ×: ${verdict(ours <= 1.2 * bare)}`,
    );
  }
}

function benchmarkMost(): void {
  const run = measure(plan("--config", stackFile(MOST_NODES)));
  const resources = (JSON.parse(run.stdout) as Plan).resources.length;
  console.log(
    `\n${String(MOST_NODES)} nodes, ${String(resources)} resources, once: ${run.seconds.toFixed(1)} s, peak ${run.mebibytes.toFixed(0)} MiB`,
  );
}

function verdict(met: boolean): string {
  return met ? "yes" : "NO";
}

try {
  benchmarkDev();
  benchmarkDecide();
  await benchmarkPolicies();
  await benchmarkPreview();
  benchmarkSlope();
  benchmarkMost();
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync("dist/bench", { recursive: true, force: true });
}
