import { sourceHash } from "../report/html.ts";
import { markup, trusted, type Markup } from "../report/markup.ts";
import { PAGE_STYLE } from "../report/page-style.ts";
import type { RunReport } from "./campaign.ts";
import type { ExampleDay } from "./example-day.ts";
import { dayPlot, overshootPlot } from "./plots.ts";
import {
  happened,
  heldRows,
  LEFT_TO_PERSON,
  OVERSHOOT_HEAD,
  overshootRows,
  plain,
  twentyRows,
  usd,
  WHY_BEYOND,
} from "./results.ts";
import type { Results } from "./text.ts";

/** The guard's own green; the others warn. Patterns tell them apart without colour. */
const PLOT_STYLE = `
.drawing { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin: 0; padding: 0.75rem 1rem; background: var(--sheet); border: 1px solid var(--rule); border-radius: 6px; }
.plot { display: block; flex: 100 1 30rem; min-width: 0; max-width: 50rem; height: auto; }
.legend { flex: 1 0 14rem; padding: 0; list-style: none; font-size: 0.9rem; line-height: 1.35; }
.legend li { display: flex; gap: 0.6rem; margin: 0.4rem 0 0; } .sample { flex: none; width: 28px; height: 8px; margin-top: 0.4rem; }
.plot text { font: 13px var(--sans); fill: var(--ink); } .plot text.tick { fill: var(--quiet); font-size: 12px; }
.plot .grid { stroke: var(--rule); } .plot .axis { stroke: var(--quiet); }
.plot .the-line { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 2 4; } .plot .the-line-label { font-weight: 600; }
.curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.plot .stop { stroke: var(--sheet); stroke-width: 1.5; }
.curve.guard { stroke: var(--good); } .plot .stop.guard { fill: var(--good); }
.curve.poll { stroke: var(--fill); stroke-dasharray: 7 4; } .plot .stop.poll { fill: var(--fill); }
.curve.budgets { stroke: var(--warn); stroke-dasharray: 3 3; } .plot .stop.budgets { fill: var(--warn); }
.curve.nobody { stroke: var(--bad); stroke-dasharray: 11 3 2 3; } .plot .stop.nobody { fill: var(--bad); }
td.number, th.number { text-align: right; white-space: nowrap; }
.held td.number { width: 4rem; }
td.part { padding-left: 1.25rem; } .happened { columns: 17rem; padding: 0; list-style: none; } .happened li { margin: 0; padding: 0.15rem 0; }
.drawing + .scroll, table + .hint, .scroll + p { margin-top: 1rem; }
@media (max-width: 46rem) {
  .plot text, .plot text.tick { font-size: 22px; } .plot .curve { stroke-width: 4; } .plot .stop { r: 7px; }
  .drawing { padding: 0.5rem; } .figures { font-size: 0.82rem; } .figures td:first-child { min-width: 9.5rem; } .figures td.part { padding-left: 0.75rem; } th.number { white-space: normal; } .figures td, .figures th { padding-right: 0.5rem; }
}
`;

export interface PageInput extends Results {
  readonly example: ExampleDay;
  readonly runs: readonly RunReport[];
}

/** The simulation as one page that needs nothing else: no network, no script. */
export function renderSimulationPage(input: PageInput): string {
  const { summary, example, runs, seed } = input;
  const style = `${PAGE_STYLE}${PLOT_STYLE}`;
  const policy = `default-src 'none'; style-src ${sourceHash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const failed = summary.failures.length;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The money guard, simulated</title>
        <link rel="icon" href="data:," />
        <style>${trusted(style)}</style>
      </head>
      <body>
        <header>
          <p class="kicker">proving-ground · simulation</p>
          <h1>The money guard over ${plain(summary.days)} days</h1>
          <p class="facts">${plain(summary.runs)} runs from seed ${seed} · ${plain(summary.ticks)} runs of the guard · ${plain(summary.calls)} calls of AWS</p>
          <p class="banner ${failed === 0 ? "good" : "bad"}">${failed === 0 ? "Every day stayed within its bound" : `${plain(failed)} days did not hold`}</p>
        </header>
        <main>
          ${heldSection(input)}
          <section>
            <h2>One day with and without the guard</h2>
            <p class="hint">Dots: everything was stopped. The guard stops before the line; what it cannot stop is set aside beforehand.</p>
            ${dayPlot(example)}
          </section>
          <section>
            <h2>How far beyond the line</h2>
            <p class="hint">All ${plain(summary.days)} days, the same launches and faults under each watch. ${WHY_BEYOND}</p>
            ${overshootPlot([
              {
                name: "the guard",
                kind: "guard",
                usd: runs.flatMap(({ days }) => days.map((day) => day.stoppableUsd)),
              },
              { name: "a poll every 15 minutes", kind: "poll", usd: runs.flatMap(({ poll }) => poll) },
              {
                name: "AWS Budgets, 12 h late",
                kind: "budgets",
                usd: runs.flatMap(({ budgets }) => budgets),
              },
            ])}
            ${overshootTable(input)}
            ${worstDay(input)}
          </section>
          ${twentySection(input)}
          ${failuresSection(input)}
        </main>
        <footer><p>The bill is computed from the simulator's own log of launches and stops, never from the guard's ledger.</p></footer>
      </body>
    </html>
  `.text;
}

function heldSection({ summary }: PageInput): Markup {
  const had = happened(summary);
  return markup`<section>
    <h2>What held</h2>
    <table class="held"><tbody>${heldRows(summary).map(([count, what]) => markup`<tr><td class="number">${plain(count)}</td><td>${what}</td></tr>`)}</tbody></table>
    <p class="hint">${LEFT_TO_PERSON}</p>
  </section>
  <section>
    <h2>What happened on these days</h2>
    ${had.length === 0 ? markup`<p>Nothing but the course of the days.</p>` : markup`<ul class="happened">${had.map(({ count, what }) => markup`<li>${what} <span class="quiet">${plain(count)}</span></li>`)}</ul>`}
  </section>`;
}

function overshootTable({ summary }: PageInput): Markup {
  const caption = "US dollars beyond the line, a day";
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="figures">
    <caption>${caption}</caption>
    <thead><tr><th></th>${OVERSHOOT_HEAD.map((cell) => markup`<th class="number">${cell}</th>`)}</tr></thead>
    <tbody>${overshootRows(summary).map(({ name, part, of }) => {
      const amounts = [of.median, of.p99, of.worst, of.sum];
      return markup`<tr><td${part ? trusted(' class="part"') : ""}>${name}</td><td class="number">${plain(of.daysOver)}</td>${amounts.map((amount) => markup`<td class="number">${usd(amount)}</td>`)}</tr>`;
    })}</tbody>
  </table></div>`;
}

function worstDay({ summary: { worstDay: worst } }: PageInput): Markup | string {
  if (worst === undefined) return "";
  return markup`<p>The guard's worst day was ${worst.day} of seed ${worst.seed}, ${usd(worst.usd)} beyond the line. This shows its run again, with what happened in it: <code>${worst.replay}</code></p>`;
}

function twentySection({ twentyNodes: nodes }: PageInput): Markup | string {
  if (nodes === undefined) return "";
  return markup`<section>
    <h2>Twenty storage nodes on demand, ${usd(nodes.usdPerHour)} an hour</h2>
    <p class="hint">The worst of ${plain(nodes.tries)} days, each with its launch at another moment between two looks.</p>
    <table>
      <thead><tr><th></th><th class="number">worst</th><th class="number">bound</th></tr></thead>
      <tbody>${twentyRows(nodes).map(([what, worst, bound]) => markup`<tr><td>${what}</td><td class="number">${usd(worst)}</td><td class="number">${bound === undefined ? "" : usd(bound)}</td></tr>`)}</tbody>
    </table>
  </section>`;
}

function failuresSection({ summary }: PageInput): Markup | string {
  if (summary.failures.length === 0) return "";
  return markup`<section>
    <h2>What did not hold</h2>
    <table><tbody>${summary.failures.map(({ day, problems, replay }) => markup`<tr><td>${day}</td><td>${problems.join("; ")}</td><td><code>${replay}</code></td></tr>`)}</tbody></table>
  </section>`;
}
