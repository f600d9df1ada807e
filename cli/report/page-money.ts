import { Decimal } from "decimal.js";
import type { CostLine, CostSummary } from "../../model/cost.ts";
import type { Plan } from "../../model/plan.ts";
import { lossSentence } from "./greatest-loss.ts";
import { markup, type Content, type Markup } from "./markup.ts";
import { percentOf, quantity, share, signedUsd, sum, usd, usdAtMost, usdPerHour } from "./money.ts";
import { allParts, costsNothing, hoursAreOnlyPlanned, labelOf, machineOf, type Part } from "./tree.ts";

/** The figures at the top: the day in three ways against what it may cost, then the rates. */
export function figures(plan: Plan): Markup {
  if (costsNothing(plan))
    return markup`<section aria-labelledby="day-heading">
      <h2 id="day-heading">Money</h2>
      <p>Nothing in this plan costs money.</p>
    </section>`;
  const { cost } = plan;
  const { budgetUsdPerDay: budget, worstCaseCeilingUsdPerDay: ceiling } = cost;
  const { cheapestZone, dearestZone } = cost.usdPerDayRange;
  const zones = cheapestZone === dearestZone ? [] : [`${usd(cheapestZone)} to ${usd(dearestZone)}, by zone`];
  const hours = hoursAreOnlyPlanned(plan) ? ["planned hours, no schedule"] : [];
  const range = [...zones, ...hours].join("; ");
  const scale = Decimal.max(
    cost.usdPerDay,
    cost.allDayUsdPerDay,
    cost.worstCaseUsdPerDay,
    dearestZone,
    budget ?? 0,
    ceiling ?? 0,
  ).times(1.01);
  const context = { scale, range: { cheapestZone, dearestZone } };
  return markup`<section aria-labelledby="day-heading">
    <h2 id="day-heading">A day, in US dollars before tax</h2>
    <div class="cards">
      ${card("At the schedule", usd(cost.usdPerDay), against(cost.usdPerDay, budget, "budget"), range, meter(cost.usdPerDay, budget, context, "over", true))}
      ${card("All slots, all day", usd(cost.allDayUsdPerDay), against(cost.allDayUsdPerDay, budget, "budget", "warn"), "planned prices, 24 hours", meter(cost.allDayUsdPerDay, budget, context, "beyond"))}
      ${card("Worst case", usdAtMost(cost.worstCaseUsdPerDay), against(cost.worstCaseUsdPerDay, ceiling, "ceiling"), "on demand, 24 hours", meter(cost.worstCaseUsdPerDay, ceiling, context, "over"))}
    </div>
    <dl class="rates">
      ${rate("Budget a day", budget === null ? "none" : usd(budget))}
      ${budget === null ? "" : rate("Left at the schedule", usd(new Decimal(budget).minus(cost.usdPerDay)))}
      ${rate("While everything runs", usdPerHour(cost.usdPerHour))}
      ${rate("An average month", usd(cost.usdPerMonth))}
      ${rate("Cluster alone, on demand", usdPerHour(cost.clusterOnDemandUsdPerHour))}
    </dl>
    ${greatestLoss(cost)}
  </section>`;
}

function card(title: string, amount: string, verdict: Markup, detail: string, bar: Markup): Markup {
  return markup`<div class="card">
    <h3>${title}</h3>
    <p class="amount">${amount}</p>
    ${bar}
    <p class="verdict">${verdict}</p>
    <p class="detail">${detail}</p>
  </div>`;
}

function rate(term: string, value: string): Markup {
  return markup`<div>
    <dt>${term}</dt>
    <dd>${value}</dd>
  </div>`;
}

function greatestLoss(cost: CostSummary): Markup {
  const sentence = lossSentence(cost);
  if (sentence === undefined) return markup``;
  return markup`<p class="loss${cost.greatestLoss?.guard === null ? " warn" : ""}">${sentence}</p>`;
}

function against(
  amount: number,
  limit: number | null,
  name: string,
  whenOver: "bad" | "warn" = "bad",
): Markup {
  if (limit === null) return markup`<span class="warn">no ${name}</span>`;
  const rest = new Decimal(amount).minus(limit);
  const over = rest.gt(0) ? markup` <span class="${whenOver}">${signedUsd(rest)} over</span>` : "";
  return markup`${percentOf(amount, limit)} of the ${usd(limit)} ${name}${over}`;
}

interface MeterContext {
  /** What the full width stands for, USD. */
  readonly scale: Decimal;
  readonly range: CostSummary["usdPerDayRange"];
}

/** A bar on the scale all three share, with a mark where the limit is and, where wanted, the spread over zones. */
function meter(
  amount: number,
  limit: number | null,
  { scale, range }: MeterContext,
  whenOver: "over" | "beyond",
  ranged = false,
): Markup {
  const at = (value: Decimal.Value): string => (share(value, scale) * 100).toFixed(2);
  const over = limit !== null && new Decimal(amount).gt(limit);
  const spread = ranged
    ? markup`<line class="spread" x1="${at(range.cheapestZone)}" x2="${at(range.dearestZone)}" y1="7" y2="7" />`
    : "";
  const mark =
    limit === null ? "" : markup`<line class="mark" x1="${at(limit)}" x2="${at(limit)}" y1="0" y2="14" />`;
  return markup`<svg class="meter" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" x="0" y="4" width="100" height="6" />
    <rect class="${over ? `fill ${whenOver}` : "fill"}" x="0" y="4" width="${at(amount)}" height="6" />
    ${spread}${mark}
  </svg>`;
}

/** What each part costs, with a bar: full at the schedule, pale at worst. */
export function moneyByPart(root: Part, cost: CostSummary): Markup {
  const parts = allParts(root).filter((part) => part.lines.length > 0 || part.slots);
  const rows = parts
    .map((part) => ({ part, day: totalOf(part, "usdPerDay"), worst: totalOf(part, "worstCaseUsdPerDay") }))
    .sort((a, b) => b.day.cmp(a.day));
  const scale = Decimal.max(0, ...rows.flatMap(({ day, worst }) => [day, worst]));
  return markup`<section aria-labelledby="parts-heading">
    <h2 id="parts-heading">Where the money goes</h2>
    <table class="parts">
      <caption>
        US dollars a day by part, dearest first. Dark: at the schedule; pale: at worst.
      </caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col" class="wide"><span class="unseen">Bar</span></th>
          <th scope="col" class="num">At the schedule</th>
          <th scope="col" class="num share">Share</th>
          <th scope="col" class="num">At worst</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ part, day, worst }) => partRow(part, day, worst, scale, cost))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td class="wide"></td>
          <td class="num">${usd(cost.usdPerDay)}</td>
          <td class="num share"></td>
          <td class="num">${usdAtMost(cost.worstCaseUsdPerDay)}</td>
        </tr>
      </tfoot>
    </table>
  </section>`;
}

function partRow(part: Part, day: Decimal, worst: Decimal, scale: Decimal, cost: CostSummary): Markup {
  const at = (value: Decimal): string => (share(value, scale) * 100).toFixed(2);
  const dearest = part.lines.reduce<CostLine | undefined>(
    (most, line) => (most === undefined || line.usdPerDay > most.usdPerDay ? line : most),
    undefined,
  );
  const machine = machineOf(part) || (dearest?.item ?? "");
  const bar = markup`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="pale" width="${at(worst)}" height="10" />
    <rect class="fill" width="${at(day)}" height="10" />
  </svg>`;
  const ofAll = cost.usdPerDay > 0 ? percentOf(day, cost.usdPerDay) : "";
  return markup`<tr>
    <th scope="row">${labelOf(part)}${machine === "" ? "" : markup` <span class="quiet">${machine}</span>`}</th>
    <td class="wide">${bar}</td>
    <td class="num">${usd(day)}</td>
    <td class="num share">${ofAll}</td>
    <td class="num">${usd(worst)}</td>
  </tr>`;
}

function totalOf({ lines }: Part, field: "usdPerDay" | "worstCaseUsdPerDay"): Decimal {
  return sum(lines.map((line) => line[field]));
}

/** Every priced item, the same items of one part added up. */
export function pricedItems(root: Part): Markup {
  const rows = allParts(root).flatMap((part) => itemsOf(part.lines).map((item) => ({ part, item })));
  if (rows.length === 0) return markup``;
  return markup`<section aria-labelledby="items-heading">
    <h2 id="items-heading">Every priced item</h2>
    <div class="scroll" role="region" aria-labelledby="items-heading" tabindex="0">
      <table>
        <caption>
          Items of one part that are alike are added up.
        </caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Item</th>
            <th scope="col" class="num">Quantity</th>
            <th scope="col">Price</th>
            <th scope="col" class="num">$ a day</th>
            <th scope="col" class="num">At worst</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ part, item }): Content =>
              markup`<tr>
                <td>${labelOf(part)}</td>
                <td>${item.line.item}</td>
                <td class="num">${quantity(item.quantity)} ${item.line.unit}</td>
                <td>${item.line.basis}</td>
                <td class="num">${usd(item.day)}</td>
                <td class="num">${usd(item.worst)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

interface Item {
  readonly line: CostLine;
  readonly quantity: Decimal;
  readonly day: Decimal;
  readonly worst: Decimal;
}

function itemsOf(lines: readonly CostLine[]): Item[] {
  const items = new Map<string, CostLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.item, line.unit, line.basis]);
    items.set(key, [...(items.get(key) ?? []), line]);
  }
  return [...items.values()].flatMap((alike) => {
    const [line] = alike;
    if (line === undefined) return [];
    return [
      {
        line,
        quantity: sum(alike.map((each) => each.quantity)),
        day: sum(alike.map((each) => each.usdPerDay)),
        worst: sum(alike.map((each) => each.worstCaseUsdPerDay)),
      },
    ];
  });
}

export function priceNotes({ cost }: Plan): Markup {
  const notes =
    cost.notes.length === 0
      ? markup`<p>No price was replaced or assumed.</p>`
      : markup`<ul>
          ${cost.notes.map((note) => markup`<li>${note}</li>`)}
        </ul>`;
  return markup`<section aria-labelledby="notes-heading">
    <h2 id="notes-heading">About the prices</h2>
    <p>
      AWS list prices for ${cost.region} as of ${cost.pricesAsOf}, from the project's catalogue. A slot counts
      at the dearest instance type and zone it allows; where there is no spot price the on-demand price stands
      in. The worst case is every slot up for 24 hours at on-demand prices.
    </p>
    ${notes}
  </section>`;
}
