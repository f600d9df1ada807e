import type { Decimal } from "decimal.js";
import type { Plan, PlannedResource, PolicyViolation } from "../../model/plan.ts";
import { markup, type Markup } from "./markup.ts";
import { sum, usd } from "./money.ts";
import { allParts, costsNothing, providersAsked, titleOf, type Part } from "./tree.ts";
import { countVerdicts, gravestFirst, VERDICT_WORDS } from "./verdicts.ts";

interface Row {
  readonly resource: PlannedResource;
  readonly part: Part;
}

/** Rows of the table, part by part; the data block lists resources in the same order. */
function rowsOf(root: Part): Row[] {
  return allParts(root).flatMap((part) => part.own.map((resource) => ({ resource, part })));
}

function costsByUrn(parts: readonly Part[]): Map<string, Decimal> {
  const costs = new Map<string, Decimal>();
  for (const line of parts.flatMap(({ lines }) => lines))
    costs.set(line.urn, sum([costs.get(line.urn) ?? 0, line.usdPerDay]));
  return costs;
}

/** One line under the title: refused, over budget, or within both. */
export function verdictSummary(plan: Plan, rules: number): Markup {
  const { cost, policies } = plan;
  const verdicts = countVerdicts(policies);
  if (policies.some(({ level }) => level === "mandatory"))
    return markup`<p class="banner bad">Policies: ${verdicts}. <a href="#policies">Which</a></p>`;
  const told = policies.length === 0 ? `all ${String(rules)} policies passed` : `policies: ${verdicts}`;
  if (costsNothing(plan))
    return markup`<p class="banner ${policies.length === 0 ? "good" : "warn"}">Costs nothing; ${told}.</p>`;
  if (cost.budgetUsdPerDay !== null && cost.usdPerDay > cost.budgetUsdPerDay)
    return markup`<p class="banner bad">Over the daily budget; ${told}.</p>`;
  const budget = cost.budgetUsdPerDay === null ? "Without a budget" : "Within budget";
  const calm = cost.budgetUsdPerDay !== null && policies.every(({ level }) => level === "remediate");
  return markup`<p class="banner ${calm ? "good" : "warn"}">${budget}; ${told}.</p>`;
}

export function verdictTable({ policies, resources }: Plan, rules: number): Markup {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const ordered = gravestFirst(policies);
  const body =
    policies.length === 0
      ? markup`<p>All ${rules} rules passed.</p>`
      : markup`<div class="scroll" role="region" aria-labelledby="policies" tabindex="0">
          <table class="verdicts">
            <caption>
              ${rules} rules looked at the plan. A refusal stops it, advice only speaks, and what was mended is said.
            </caption>
            <thead>
              <tr>
                <th scope="col">Verdict</th>
                <th scope="col">Policy</th>
                <th scope="col">Resource</th>
                <th scope="col">What it says</th>
              </tr>
            </thead>
            <tbody>
              ${ordered.map((violation) => verdictRow(violation, byUrn))}
            </tbody>
          </table>
        </div>`;
  return markup`<section aria-labelledby="policies">
    <h2 id="policies">Policies</h2>
    ${body}
  </section>`;
}

function verdictRow(
  { name, level, urn, message }: PolicyViolation,
  byUrn: ReadonlyMap<string, PlannedResource>,
): Markup {
  const resource = byUrn.get(urn);
  const subject =
    resource === undefined || resource.type === "pulumi:pulumi:Stack" ? "the whole stack" : resource.name;
  return markup`<tr>
    <td><span class="badge ${VERDICT_WORDS[level].tone}">${VERDICT_WORDS[level].word}</span></td>
    <th scope="row">${name}</th>
    <td title="${urn}">${subject}</td>
    <td>${message}</td>
  </tr>`;
}

/** @param free leaves the column of prices out */
export function resourceTable(root: Part, free: boolean): Markup {
  const rows = rowsOf(root);
  const costs = costsByUrn(allParts(root));
  const parts = [...countBy(rows, ({ part }) => part.path)];
  const types = [...countBy(rows, ({ resource }) => resource.type)].sort(([a], [b]) => (a < b ? -1 : 1));
  return markup`<section aria-labelledby="resources">
    <h2 id="resources" tabindex="-1">Resources</h2>
    <form class="filters" role="search" hidden>
      <label class="grow">
        <span>Search <kbd>/</kbd></span>
        <input type="search" id="q" autocomplete="off" spellcheck="false" placeholder="name, type, part or URN" />
      </label>
      <label>
        <span>Part</span>
        <select id="part">
          <option value="">all</option>
          ${parts.map(([path, count]) => markup`<option value="${path}">${path} (${count})</option>`)}
        </select>
      </label>
      <label>
        <span>Type</span>
        <select id="type">
          <option value="">all</option>
          ${types.map(([type, count]) => markup`<option value="${type}">${type} (${count})</option>`)}
        </select>
      </label>
      <label class="check"><input type="checkbox" id="inputs" /> <span>search inputs too</span></label>
    </form>
    <p class="hint" id="count" role="status" aria-live="polite">${rows.length} resources</p>
    <noscript>
      <p class="hint">Searching and looking at inputs need the script of this page; the table is complete without.</p>
    </noscript>
    <table class="resources${free ? " free" : ""}">
      <caption class="unseen">
        Resources of the plan, part by part. Choose a name to see its inputs.
      </caption>
      <thead>
        <tr>
          <th scope="col" data-sort="name">Name</th>
          <th scope="col" data-sort="type" class="col-type">Type</th>
          <th scope="col" data-sort="part" class="col-part">Part</th>
          <th scope="col" data-sort="cost" class="num col-cost">$ a day</th>
        </tr>
      </thead>
      <tbody id="rows">
        ${rows.map(({ resource, part }) => resourceRow(resource, part, costs.get(resource.urn)))}
      </tbody>
    </table>
    <p class="hint" id="nothing" hidden>
      Nothing fits. <button type="button" id="reset" class="link">Show all</button>
    </p>
  </section>`;
}

function resourceRow(resource: PlannedResource, part: Part, cost: Decimal | undefined): Markup {
  const shield = resource.protect
    ? markup` <span class="badge quiet" title="deletion is refused">protected</span>`
    : "";
  const short = shortType(resource.type);
  return markup`<tr>
    <th scope="row">
      <span class="name">${resource.name}</span>${shield}<span class="sub">${short} · ${part.path}</span>
    </th>
    <td class="col-type" title="${resource.type}">${short}</td>
    <td class="col-part">${part.path}</td>
    <td class="num col-cost">${cost === undefined ? "" : usd(cost)}</td>
  </tr>`;
}

/** `ec2 Security group` of `aws:ec2/securityGroup:SecurityGroup`; the whole token is in the details. */
function shortType(type: string): string {
  const service = /^[^:]+:([^/]+)\//.exec(type)?.[1];
  return service === undefined || service === "index" ? titleOf(type) : `${service} · ${titleOf(type)}`;
}

function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}

/** What a row opens to, in the order of the rows. Short names: the block is repeated thousands of times. */
export function resourceData(plan: Plan, root: Part): unknown {
  // Every resource needs its provider: said of all, it says nothing.
  const names = new Map(
    plan.resources.map(({ urn, name, type }) => [urn, type.startsWith("pulumi:providers:") ? [] : [name]]),
  );
  const costs = costsByUrn(allParts(root));
  return rowsOf(root).map(({ resource, part }) => ({
    name: resource.name,
    type: resource.type,
    part: part.path,
    urn: resource.urn,
    cost: costs.get(resource.urn)?.toNumber() ?? 0,
    needs: resource.dependencies.flatMap((urn) => names.get(urn) ?? [urn]),
    inputs: resource.inputs,
  }));
}

export function outputs(plan: Plan): Markup {
  const entries = Object.entries(plan.outputs);
  if (entries.length === 0) return markup``;
  return markup`<section aria-labelledby="outputs-heading">
    <h2 id="outputs-heading">Outputs of the stack</h2>
    <div class="scroll" role="region" aria-labelledby="outputs-heading" tabindex="0">
      <table>
        <caption>
          What only ${providersAsked(plan)} can say is in brackets.
        </caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ([name, value]) =>
              markup`<tr>
                <th scope="row">${name}</th>
                <td><code>${typeof value === "string" ? value : ((JSON.stringify(value) as string | undefined) ?? "")}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
