import { sourceHash } from "../report/html.ts";
import { markup, trusted, type Markup } from "../report/markup.ts";
import { PAGE_STYLE } from "../report/page-style.ts";
import type { RunReport } from "./campaign.ts";
import type { ExampleDay } from "./example-day.ts";
import { dayPlot, overshootPlot } from "./plots.ts";
import type { Distribution } from "./summary.ts";
import { plain, usd, type Results } from "./text.ts";

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
.drawing + .scroll, table + .hint { margin-top: 1rem; }
@media (max-width: 46rem) {
  .plot text, .plot text.tick { font-size: 22px; } .plot .curve { stroke-width: 4; } .plot .stop { r: 7px; }
  .drawing { padding: 0.5rem; } .figures { font-size: 0.82rem; } .figures td:first-child { min-width: 6rem; } .figures td, .figures th { padding-right: 0.5rem; }
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
          <p class="banner ${failed === 0 ? "good" : "bad"}">${failed === 0 ? "Every day held" : `${plain(failed)} days did not hold`}</p>
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
            <p class="hint">All ${plain(summary.days)} days, the same launches and faults under each watch. Poll and Budgets see the true bill, never fail and stop at once; the guard meters through faults, losses and outages. Left out, under all three: instances that no watch has a right to stop. Tagged instances beyond the number of slots are left to a person by the guard alone; most of its tail is theirs.</p>
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
          </section>
          ${twentySection(input)}
          ${failuresSection(input)}
        </main>
        <footer><p>The bill is computed from the simulator's own log of launches and stops, never from the guard's ledger. Each run is replayed by its seed.</p></footer>
      </body>
    </html>
  `.text;
}

function heldSection({ summary }: PageInput): Markup {
  const rows: readonly (readonly [number, string])[] = [
    [summary.beyondBound, "days beyond their bound"],
    [summary.persistentStopped, "persistent hosts stopped"],
    [summary.runningAfterLatch, "instances that ran on after a latch"],
    [summary.failures.length, "days on which anything did not hold"],
    [summary.stops, "stops at the line"],
    [summary.admitted, "launches through ground let in"],
    [summary.refused, "launches through ground refused"],
    [summary.deadManFired, "hosts that stopped themselves for want of a heartbeat"],
  ];
  const faults = Object.entries(summary.happenings).toSorted(([, a], [, b]) => b - a);
  return markup`<section>
    <h2>What held</h2>
    <table class="held"><tbody>${rows.map(([count, what]) => markup`<tr><td class="number">${plain(count)}</td><td>${what}</td></tr>`)}</tbody></table>
    <p class="hint">In them: ${faults.map(([does, count]) => `${does} ${plain(count)}`).join(", ")}.</p>
  </section>`;
}

function overshootTable({ summary }: PageInput): Markup {
  const row = (name: string, { daysOver, median, p99, worst, sum }: Distribution): Markup =>
    markup`<tr><td>${name}</td><td class="number">${plain(daysOver)}</td>${[median, p99, worst, sum].map((amount) => markup`<td class="number">${usd(amount)}</td>`)}</tr>`;
  const head = ["days", "median", "99 %", "worst", "all days"];
  const caption = "US dollars beyond the line a day";
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="figures">
    <caption>${caption}</caption>
    <thead><tr><th></th>${head.map((cell) => markup`<th class="number">${cell}</th>`)}</tr></thead>
    <tbody>
      ${row("the guard", summary.guard)}
      ${row("the guard healthy, launches by ground only", summary.guardUndisturbed)}
      ${row("a poll every 15 minutes", summary.poll)}
      ${row("AWS Budgets, 12 h late", summary.budgets)}
    </tbody>
  </table></div>`;
}

function twentySection({ twentyNodes: nodes }: PageInput): Markup | string {
  if (nodes === undefined) return "";
  const rows: readonly (readonly [string, number, string])[] = [
    ["launched by ground or a schedule", nodes.admitted, usd(nodes.admittedBound)],
    ["behind the guard's back, the line used up", nodes.behind, usd(nodes.behindBound)],
    ["the same with a poll every 15 minutes", nodes.poll, ""],
    ["the same with AWS Budgets, 12 h late", nodes.budgets, ""],
  ];
  return markup`<section>
    <h2>Twenty storage nodes on demand, ${usd(nodes.usdPerHour)} an hour</h2>
    <p class="hint">The worst of ${plain(nodes.tries)} days, each with its launch at another moment between two looks.</p>
    <table>
      <thead><tr><th></th><th class="number">worst</th><th class="number">bound</th></tr></thead>
      <tbody>${rows.map(([what, worst, bound]) => markup`<tr><td>${what}</td><td class="number">${usd(worst)}</td><td class="number">${bound}</td></tr>`)}</tbody>
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
