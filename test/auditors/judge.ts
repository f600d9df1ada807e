import assert from "node:assert/strict";
import type { AuditedPlan } from "./waiver-conditions.ts";
import { WAIVERS, type Auditor, type Finding, type Waiver } from "./waivers.ts";

/**
 * Fails with every finding that no waiver covers, and with every waiver that covers none.
 *
 * @param waivers all of them, unless a test has its own.
 */
export function assertWaived(
  auditor: Auditor,
  findings: readonly Finding[],
  plans: ReadonlyMap<string, AuditedPlan>,
  waivers: readonly Waiver[] = WAIVERS,
): void {
  const own = waivers.filter((waiver) => waiver.auditor === auditor);
  const used = new Set<Waiver>();
  const open = findings.filter((finding) => {
    const covering = own.filter((waiver) => covers(waiver, finding, plans.get(finding.stack)));
    for (const waiver of covering) used.add(waiver);
    return covering.length === 0;
  });
  assert.deepEqual(
    open.map(({ stack, check, resource, detail }) => `${stack}: ${check} ${resource}: ${detail}`),
    [],
    `${auditor} found what no waiver covers; mend it, or give a reason in test/auditors/waivers.ts`,
  );
  assert.deepEqual(
    own.filter((waiver) => !used.has(waiver)).map(({ check, resources }) => `${check} ${String(resources)}`),
    [],
    `waivers for ${auditor} that meet no finding; remove them from test/auditors/waivers.ts`,
  );
}

function covers(waiver: Waiver, finding: Finding, plan: AuditedPlan | undefined): boolean {
  return (
    waiver.check === finding.check &&
    waiver.resources.test(finding.resource) &&
    (waiver.detail?.test(finding.detail) ?? true) &&
    (waiver.while === undefined || (plan !== undefined && waiver.while(plan, finding.name)))
  );
}
