import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { offline } from "../support/python-tools.ts";
import { terraformPlan, type Audited } from "../support/terraform-plan.ts";
import type { Finding } from "./waivers.ts";

/** What checkov said of one set of resources. */
export interface CheckovVerdict {
  readonly failed: readonly Finding[];
  /** Check and resource, `CKV_AWS_3 aws_ebs_volume.data`: that a check ran and was content. */
  readonly passed: ReadonlySet<string>;
}

/** The parts of checkov's JSON that are read. */
interface CheckovReport {
  readonly results: {
    readonly failed_checks: readonly CheckovRecord[];
    readonly passed_checks: readonly CheckovRecord[];
    readonly parsing_errors: readonly string[];
  };
  readonly summary: { readonly resource_count: number };
}

interface CheckovRecord {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
}

/**
 * Runs checkov once over all sets: its start takes longer than its checks. Nothing is left out in silence: it has
 * to have read every file and every resource.
 */
export async function runCheckov(
  python: string,
  sets: ReadonlyMap<string, readonly Audited[]>,
): Promise<ReadonlyMap<string, CheckovVerdict>> {
  const folder = mkdtempSync(join(tmpdir(), "proving-ground-checkov-"));
  try {
    let resources = 0;
    for (const [scope, planned] of sets) {
      const plan = terraformPlan(scope, planned);
      resources += plan.resource_changes.length;
      writeFileSync(join(folder, `${scope}.json`), JSON.stringify(plan));
    }
    const report = await ask(python, folder);
    assert.deepEqual(report.results.parsing_errors, []);
    assert.equal(report.summary.resource_count, resources, "checkov has read every resource");
    return byScope(sets, report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ask(python: string, folder: string): Promise<CheckovReport> {
  const words = [
    "-m",
    "checkov.main",
    "--directory",
    ".",
    "--framework",
    "terraform_plan",
    "--output",
    "json",
  ];
  const { exitCode, stdout, stderr } = await offline(
    python,
    [...words, "--compact", "--skip-download", "--soft-fail"],
    {
      folder,
    },
  );
  assert.equal(exitCode, 0, `checkov ended with ${String(exitCode)}: ${stderr}`);
  return JSON.parse(stdout) as CheckovReport;
}

function byScope(
  sets: ReadonlyMap<string, unknown>,
  { results }: CheckovReport,
): ReadonlyMap<string, CheckovVerdict> {
  const own = (scope: string, records: readonly CheckovRecord[]) =>
    records
      .filter(({ resource }) => resource.includes(`.${scope}--`))
      .map((record) => ({ ...record, resource: record.resource.replace(`.${scope}--`, ".") }));
  return new Map(
    [...sets.keys()].map((scope) => [
      scope,
      {
        failed: own(scope, results.failed_checks).map(({ check_id, check_name, resource }) => ({
          auditor: "checkov" as const,
          stack: scope,
          check: check_id,
          resource,
          name: resource.slice(resource.indexOf(".") + 1),
          detail: check_name,
        })),
        passed: new Set(
          own(scope, results.passed_checks).map(({ check_id, resource }) => `${check_id} ${resource}`),
        ),
      },
    ]),
  );
}
