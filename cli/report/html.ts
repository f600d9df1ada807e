import { createHash } from "node:crypto";
import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import type { Plan } from "../../model/plan.ts";
import { renderGraphSvg } from "./graph.ts";
import { jsonData, markup, trusted, type Markup } from "./markup.ts";
import { governedTables } from "./page-governed.ts";
import { figures, moneyByPart, priceNotes, pricedItems } from "./page-money.ts";
import { outputs, resourceData, resourceTable, verdictTable, verdictSummary } from "./page-resources.ts";
import { schedulesTable } from "./page-schedules.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { costsNothing, isComponent, isCreated, partsOf, providersAsked, unasked } from "./tree.ts";

export interface HtmlOptions {
  /** The stack file planned; its name appears on the page. */
  readonly stackFile: string;
  /** Number of policies that judged the plan. */
  readonly rules: number;
  /** As the settings have them: the plan holds only their actions, slot by slot. */
  readonly schedules: readonly ScheduleSettings[];
}

/**
 * The plan as one page that needs nothing else: no network, no fonts, no server. Its content
 * security policy lets run exactly the one style sheet and the one script that are in it, by hash.
 * The same plan gives the same bytes. The address may carry what the resource table shows:
 * `#q=…&part=…&type=…&inputs=1`.
 */
export async function renderHtml(plan: Plan, options: HtmlOptions): Promise<string> {
  const root = partsOf(plan);
  const graph = trusted(await renderGraphSvg(plan));
  const policy = [
    "default-src 'none'",
    `style-src ${sourceHash(PAGE_STYLE)}`,
    `script-src ${sourceHash(PAGE_SCRIPT)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${plan.project} / ${plan.stack}: plan</title>
        <link rel="icon" href="data:," />
        <style>${trusted(PAGE_STYLE)}</style>
      </head>
      <body>
        <a class="skip" href="#resources">Skip to the resources</a>
        ${masthead(plan, options)}
        <main>
          ${figures(plan)}
          ${schedulesTable(options.schedules)}
          ${costsNothing(plan) ? "" : moneyByPart(root, plan.cost)}
          ${governedTables(plan)}
          ${verdictTable(plan, options.rules)}
          ${graphSection(graph)}
          ${resourceTable(root, costsNothing(plan))}
          ${pricedItems(root)}
          ${costsNothing(plan) ? "" : priceNotes(plan)}
          ${outputs(plan)}
        </main>
        <footer>
          <p>
            An offline plan: what the program asks for,
            ${costsNothing(plan) ? "" : `its price on ${plan.cost.pricesAsOf},`} and what the policies say. Nobody
            asked ${providersAsked(plan)}: ${unasked(plan)} show up at
            <code>pulumi preview</code> and <code>up</code>.
          </p>
        </footer>
        <script type="application/json" id="plan-data">${jsonData(resourceData(plan, root))}</script>
        <script>${trusted(PAGE_SCRIPT)}</script>
      </body>
    </html>
  `;
  return page.text;
}

/** A source of a content security policy: exactly this text. */
export function sourceHash(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}

function masthead(plan: Plan, options: HtmlOptions): Markup {
  const created = plan.resources.filter(isCreated).length;
  const components = plan.resources.filter(isComponent).length;
  const file = options.stackFile.slice(
    Math.max(options.stackFile.lastIndexOf("/"), options.stackFile.lastIndexOf("\\")) + 1,
  );
  return markup`<header>
    <p class="kicker">${plan.project} · offline plan</p>
    <h1>${plan.stack}</h1>
    <p class="facts">
      ${file} ·
      ${costsNothing(plan) ? "" : `region ${plan.cost.region} · prices as of ${plan.cost.pricesAsOf} ·`}
      ${created} resources in ${components} components
    </p>
    ${verdictSummary(plan, options.rules)}
  </header>`;
}

function graphSection(graph: Markup): Markup {
  return markup`<section aria-labelledby="graph-heading">
    <h2 id="graph-heading">How it hangs together</h2>
    <p class="hint" id="graph-caption">
      One frame per component, one box per kind of resource or role. An arrow points to what a box needs; what
      follows from other arrows is left out. Choose a box to list its resources.
    </p>
    <div class="graph" role="region" aria-labelledby="graph-heading" tabindex="0">${graph}</div>
  </section>`;
}
