/** The page's own style sheet. Colours are variables, so that the drawn graph and the bars follow light and dark. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --sheet: #ffffff; --ink: #1d2125; --quiet: #5a636b; --rule: #dfe2e0; --faint: #f1f3f1;
  --accent: #1f5f7a; --fill: #2f7d9b; --pale: #bcd6e0; --good: #22663f; --warn: #815300; --bad: #a82822;
  --good-bg: #e8f3ec; --warn-bg: #fbf1dc; --bad-bg: #fbe9e7;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --sheet: #1a1e22; --ink: #e4e7e9; --quiet: #9ca6ae; --rule: #30363c; --faint: #20252a;
    --accent: #84c3dd; --fill: #4f9fbf; --pale: #2c4a57; --good: #7cc79a; --warn: #e0b35e; --bad: #f0938b;
    --good-bg: #1b2d22; --warn-bg: #33290f; --bad-bg: #3a1f1d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0 auto; padding: 2.5rem 2rem 4rem; max-width: 74rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, ul { margin: 0; }
h1 { font-size: 2.25rem; line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; }
h2 { font-size: 1.2rem; line-height: 1.3; font-weight: 620; letter-spacing: -0.005em; margin-bottom: 0.75rem; }
h2:focus { outline: none; }
section { margin-top: 2.75rem; scroll-margin-top: 1rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre, kbd { font-family: var(--mono); font-size: 0.86em; }
kbd { border: 1px solid var(--rule); border-radius: 3px; padding: 0 0.3em; color: var(--quiet); }
[hidden] { display: none !important; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.kicker, .facts, .hint, caption, .quiet, .detail-text { color: var(--quiet); }
.kicker { font-size: 0.9rem; margin-bottom: 0.2rem; }
.facts { font-size: 0.95rem; margin-top: 0.4rem; }
.hint { font-size: 0.9rem; max-width: 46rem; margin-bottom: 0.75rem; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.banner { display: inline-block; margin-top: 1rem; padding: 0.35rem 0.75rem; border-radius: 4px; font-weight: 550; }
.banner.good { background: var(--good-bg); } .banner.warn { background: var(--warn-bg); } .banner.bad { background: var(--bad-bg); }
.banner a { color: inherit; }
.badge { display: inline-block; padding: 0 0.45em; border-radius: 3px; font-size: 0.8rem; font-weight: 550; white-space: nowrap; }
.badge.bad { background: var(--bad-bg); } .badge.warn { background: var(--warn-bg); } .badge.good { background: var(--good-bg); } .badge.quiet { background: var(--faint); font-weight: 400; }

.cards { display: grid; grid-template-columns: repeat(3, 1fr); border: 1px solid var(--rule); border-radius: 6px; background: var(--sheet); }
.card { padding: 1.1rem 1.4rem 1.2rem; }
.card + .card { border-left: 1px solid var(--rule); }
.card h3 { font-size: 0.9rem; font-weight: 550; color: var(--quiet); }
.amount { font-size: 2rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.02em; }
.verdict { font-size: 0.95rem; margin-top: 0.35rem; }
.detail { font-size: 0.88rem; color: var(--quiet); min-height: 1.3em; }
.verdict span, .amount { white-space: nowrap; }
.meter { display: block; width: 100%; height: 14px; }
.track { fill: var(--rule); } .fill { fill: var(--fill); } .fill.over { fill: var(--bad); } .fill.beyond { fill: var(--warn); } .pale { fill: var(--pale); }
.mark, .spread { stroke: var(--ink); stroke-width: 2px; vector-effect: non-scaling-stroke; }
.rates { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; margin-top: 1.1rem; }
.loss { margin-top: 0.9rem; max-width: 46rem; font-size: 0.95rem; }
.rates dt { font-size: 0.85rem; color: var(--quiet); } .rates dd { font-weight: 600; }

table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
caption { text-align: left; font-size: 0.9rem; padding-bottom: 0.5rem; caption-side: top; }
th, td { text-align: left; vertical-align: baseline; padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: 0.85rem; color: var(--quiet); border-bottom-color: var(--quiet); white-space: nowrap; }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
table { overflow-wrap: break-word; }
.num { text-align: right; white-space: nowrap; }
.scroll { overflow-x: auto; }
.parts .wide { width: 40%; } .bar { display: block; width: 100%; height: 10px; }
.verdicts td:last-child { min-width: 18rem; }
ul { padding-left: 1.2rem; } li { margin-top: 0.3rem; }
.governed + .governed { margin-top: 1.5rem; } .governed caption { color: var(--ink); font-size: 1rem; font-weight: 600; }
.governed th[scope="row"] { width: 13rem; color: var(--quiet); } .governed ul { padding: 0; }
.governed li { display: inline; margin: 0; } .governed li + li::before { content: " · "; color: var(--quiet); }

.graph { overflow: auto; border: 1px solid var(--rule); border-radius: 6px; background: var(--sheet); }
.graph-svg { display: block; margin: 0 auto; font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: 11px; }
.graph-svg text { fill: var(--ink); }
.graph-svg .part > path, .graph-svg .part > polygon { fill: var(--faint); stroke: var(--rule); }
.graph-svg .part > text { fill: var(--quiet); font-size: 12px; }
.graph-svg .box path, .graph-svg .box polygon { fill: var(--sheet); stroke: var(--quiet); stroke-width: 0.75px; }
.graph-svg .slots path { stroke: var(--fill); stroke-width: 1.5px; }
.graph-svg .slots text ~ text { fill: var(--quiet); }
.graph-svg .needs path { fill: none; stroke: var(--quiet); stroke-width: 0.8px; opacity: 0.75; }
.graph-svg .needs polygon { fill: var(--quiet); }
.graph-svg a:hover path, .graph-svg a:focus path { stroke: var(--accent); stroke-width: 2px; }

.filters { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin-bottom: 0.75rem; }
.filters label > span { display: block; font-size: 0.85rem; color: var(--quiet); margin-bottom: 0.15rem; }
.filters .grow { flex: 1 1 16rem; } .filters .check { display: flex; gap: 0.4rem; align-items: center; min-height: 2.4rem; } .filters .check > span { margin: 0; }
input[type="search"], select { width: 100%; min-height: 2.4rem; padding: 0.3rem 0.6rem; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--quiet); border-radius: 4px; }
.filters label:has(select) { flex: 0 1 14rem; }
.resources { table-layout: fixed; overflow-wrap: anywhere; }
.resources th, .resources td { vertical-align: top; }
.resources .col-type { width: 29%; } .resources .col-part { width: 23%; } .resources .col-cost { width: 6.5rem; }
.resources.free .col-cost { display: none; }
.sub { display: none; }
thead button, button.name, .link { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
thead button:hover, button.name:hover { color: var(--accent); }
[aria-sort="ascending"] button::after { content: " \\2191"; } [aria-sort="descending"] button::after { content: " \\2193"; }
button.name { padding-left: 1.1rem; position: relative; }
button.name::before { content: ""; position: absolute; left: 0.1rem; top: 0.5em; border: solid transparent; border-width: 0.28em 0 0.28em 0.42em; border-left-color: var(--quiet); }
button.name[aria-expanded="true"]::before { transform: rotate(90deg); }
.link { color: var(--accent); text-decoration: underline; }
tr.detail td { background: var(--faint); padding: 0.75rem 1.1rem; font-size: 1em; color: inherit; }
tr.detail dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.2rem; }
tr.detail dt { color: var(--quiet); font-size: 0.88rem; }
tr.detail dd { min-width: 0; }
pre { margin: 0; white-space: pre-wrap; max-height: 32rem; overflow: auto; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: 0.9rem; }
footer p { max-width: 46rem; }

@media (max-width: 46rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.9rem; }
  section { margin-top: 2.25rem; }
  .cards { grid-template-columns: 1fr; }
  .card + .card { border-left: 0; border-top: 1px solid var(--rule); }
  .rates { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem 1rem; }
  .parts .wide, .parts .share { display: none; }
  .graph { max-height: 70vh; }
  .parts { overflow-wrap: anywhere; } .parts .quiet { display: block; }
  .verdicts, .verdicts tbody, .verdicts tr, .verdicts th, .verdicts td, .verdicts caption { display: block; border: 0; padding: 0; }
  .verdicts thead { display: none; } .verdicts tr { border-bottom: 1px solid var(--rule); padding: 0.6rem 0; } .verdicts td:last-child { min-width: 0; }
  .verdicts th[scope="row"] { font-weight: 600; } .verdicts td[title] { color: var(--quiet); font-size: 0.88rem; }
  .governed th[scope="row"] { width: 8rem; }
  .resources .col-type, .resources .col-part { display: none; }
  .resources { table-layout: auto; } .resources .col-cost { width: auto; }
  .sub { display: block; color: var(--quiet); font-size: 0.85rem; padding-left: 1.1rem; }
  .filters label, .filters label:has(select) { flex: 1 1 100%; }
  tr.detail td { padding: 0.75rem; }
  tr.detail dl { grid-template-columns: 1fr; gap: 0.1rem; } tr.detail dd { margin-bottom: 0.5rem; }
}
@media print {
  :root { --paper: #fff; --sheet: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --faint: #f4f4f4; --accent: #000; --fill: #444; --pale: #ccc; --good: #000; --warn: #000; --bad: #000; --good-bg: #eee; --warn-bg: #eee; --bad-bg: #ddd; color-scheme: light; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  .filters, .skip, #count, button.name::before, .parts + .hint { display: none !important; }
  button.name { padding-left: 0; }
  .graph { overflow: visible; border: 0; max-height: none; } .graph-svg { width: 100%; height: auto; max-height: 24cm; }
  .cards, .card, tr, .graph, .parts { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; }
}
`;
