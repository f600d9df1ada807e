import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceRecord } from "../model/resource.ts";
import { evaluate } from "../policies/evaluate.ts";
import { RULES } from "../policies/rules/index.ts";
import { EngineWorkspace, engineUnavailable } from "../test/support/engine.ts";
import { recordedStack } from "./recorded-stack.ts";

const RESOURCES = [50, 500, 5000] as const;
const STACK_URN = "urn:pulumi:prod::proving-ground::pulumi:pulumi:Stack::proving-ground-prod";

/** As many resources as asked for: those of the stack, again and again under other names. */
function repeated(stack: readonly ResourceRecord[], count: number): ResourceRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const copy = Math.floor(index / stack.length);
    const resource = stack[index % stack.length];
    if (resource === undefined) throw new RangeError("the stack is empty");
    const renamed = (urn: string) => (copy === 0 ? urn : `${urn}-${String(copy)}`);
    return {
      ...resource,
      urn: renamed(resource.urn),
      name: renamed(resource.name),
      dependencies: resource.dependencies.map(renamed),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(renamed)]),
      ),
    };
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** All rules over 50, 500 and 5,000 resources; every round on records of its own, so that no cache helps. */
export async function benchmarkPolicies(): Promise<void> {
  const stack = await recordedStack("prod");
  console.log(`\nall ${String(RULES.length)} rules, without an engine; medians of 7`);
  const base = { resources: 0, milliseconds: 0 };
  for (const count of RESOURCES) {
    const rounds = Array.from({ length: 7 }, () => {
      const resources = structuredClone(repeated(stack, count));
      const start = performance.now();
      evaluate(resources, STACK_URN);
      return performance.now() - start;
    });
    const milliseconds = median(rounds);
    const growth =
      base.resources === 0
        ? ""
        : `  ${(milliseconds / base.milliseconds).toFixed(1)} × the time for ${String(count / base.resources)} × the resources`;
    console.log(`${String(count).padStart(6)} resources ${milliseconds.toFixed(1).padStart(8)} ms${growth}`);
    Object.assign(base, { resources: count, milliseconds });
  }
}

const EMPTY_PACK =
  'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("empty", { policies: [] });\n';

/** A preview of the dev stack by the real engine: bare, with a pack of no rules, with ours. */
export async function benchmarkPreview(): Promise<void> {
  const reason = engineUnavailable();
  if (reason !== undefined) {
    console.log(`\npreview with and without the pack: ${reason}`);
    return;
  }
  const folder = mkdtempSync(join(process.cwd(), "dist", "empty-pack-"));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.mjs\n");
  writeFileSync(
    join(folder, "package.json"),
    '{ "version": "0.0.1", "type": "module", "main": "index.mjs" }\n',
  );
  writeFileSync(join(folder, "index.mjs"), EMPTY_PACK);
  const workspace = await EngineWorkspace.start({ project: process.cwd(), stack: "dev" });
  try {
    const packs = {
      "no pack": [],
      "a pack without rules": [folder],
      "this pack": [join(process.cwd(), "policies")],
    };
    const times = new Map<string, number[]>();
    for (let round = 0; round < 5; round += 1) {
      for (const [name, policyPacks] of Object.entries(packs)) {
        const start = performance.now();
        await workspace.run("preview", { policyPacks });
        times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
      }
    }
    const base = median(times.get("no pack") ?? []);
    console.log("\npreview of dev by the real engine, AWS simulated; medians of 5");
    for (const [name, measured] of times) {
      const milliseconds = median(measured);
      console.log(
        `${name.padEnd(22)} ${(milliseconds / 1000).toFixed(2)} s  ${(milliseconds / base).toFixed(2)} ×`,
      );
    }
  } finally {
    await workspace.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
