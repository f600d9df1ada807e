import { markup, type Markup } from "../report/markup.ts";
import type { Course, ExampleDay } from "./example-day.ts";

/** Drawings of a page, as SVG without a script. */

const WIDTH = 720;
const HEIGHT = 340;
/** Room for the labels of a narrow screen, which are twice as large beside the drawing. */
const MARGIN = { top: 40, right: 32, bottom: 68, left: 76 } as const;

interface Scale {
  readonly of: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

interface Curve {
  readonly name: string;
  /** Its figure in the legend. */
  readonly amount: string;
  /** Class that colours it. */
  readonly kind: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Values of x that are marked on it. */
  readonly marks: readonly (readonly [x: number, y: number])[];
}

/** What a day has cost so far, under each watch; the line across. */
export function dayPlot(day: ExampleDay): Markup {
  const courses: readonly (readonly [string, Course])[] = [
    ["guard", day.guard],
    ["poll", day.poll],
    ["budgets", day.budgets],
    ["nobody", day.nobody],
  ];
  const most = Math.max(day.lineUsd, ...courses.flatMap(([, { usd }]) => usd)) * 1.05;
  const x = linear(0, 24, MARGIN.left, WIDTH - MARGIN.right, 6, (hour) => `${pad(hour)}:00`);
  const y = linear(
    0,
    most,
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
    niceStep(most / 5),
    (usd) => `$${String(usd)}`,
  );
  const curves = courses.map(([kind, { name, usd, stops }]): Curve => {
    const at = (hour: number): number => usd[Math.round(hour / day.sampleHours)] ?? 0;
    return {
      name,
      amount: `$${(usd.at(-1) ?? 0).toFixed(2)}`,
      kind,
      points: usd.map((amount, index) => [index * day.sampleHours, amount]),
      marks: stops.map((hour) => [hour, at(hour)]),
    };
  });
  const level = y.of(day.lineUsd).toFixed(1);
  const titles = {
    whole: "What the day has cost so far, US dollars, over the hours of the UTC day",
    x: "hour of the day, UTC",
    y: "spent so far",
  };
  return plot(titles, x, y, curves, [
    markup`<line class="the-line" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${level}" y2="${level}" />`,
    markup`<text class="the-line-label" x="${MARGIN.left + 6}" y="${(Number(level) - 6).toFixed(1)}">line $${day.lineUsd.toFixed(2)}</text>`,
  ]);
}

export interface Overshoots {
  readonly name: string;
  readonly kind: string;
  /** Dollars beyond the line, one figure a day, those of 0 included. */
  readonly usd: readonly number[];
}

const LEAST_USD = 0.01;

/** Share of days that went further beyond their line than so many dollars; dollars on a logarithmic scale. */
export function overshootPlot(series: readonly Overshoots[]): Markup {
  const all = series.flatMap(({ usd }) => usd);
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(...all, 1) / LEAST_USD)));
  const x: Scale = {
    of: (usd) =>
      MARGIN.left +
      (Math.log10(Math.max(usd, LEAST_USD) / LEAST_USD) / decades) * (WIDTH - MARGIN.right - MARGIN.left),
    ticks: Array.from({ length: decades + 1 }, (_, index) => {
      const usd = LEAST_USD * 10 ** index;
      return { at: usd, label: usd < 1 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(0)}` };
    }),
  };
  const curves = series.map(({ name, kind, usd }): Curve => {
    const over = usd.filter((amount) => amount > LEAST_USD).toSorted((a, b) => a - b);
    // One step down at each amount.
    const points = over.flatMap((amount, index): (readonly [number, number])[] => [
      [amount, ((over.length - index) / usd.length) * 100],
      [amount, ((over.length - index - 1) / usd.length) * 100],
    ]);
    return {
      name,
      amount: `worst $${(over.at(-1) ?? 0).toFixed(2)}`,
      kind,
      points: [[LEAST_USD, (over.length / usd.length) * 100], ...points],
      marks: [],
    };
  });
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(([, share]) => share))) * 1.05;
  const y = linear(
    0,
    most,
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
    niceStep(most / 5),
    (share) => `${String(share)} %`,
  );
  const titles = {
    whole: "Share of days beyond their line by more than so many US dollars",
    x: "beyond the line by more than",
    y: "share of days",
  };
  return plot(titles, x, y, curves, []);
}

/** What a reader is told of a drawing: all of it, and its axes. */
interface Titles {
  readonly whole: string;
  readonly x: string;
  readonly y: string;
}

function plot(
  titles: Titles,
  x: Scale,
  y: Scale,
  curves: readonly Curve[],
  extras: readonly Markup[],
): Markup {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  return markup`<figure class="drawing"><svg class="plot" role="img" aria-label="${titles.whole}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
    <text class="tick" text-anchor="start" x="8" y="${MARGIN.top - 18}">${titles.y}</text>
    <text class="tick" text-anchor="end" x="${right}" y="${HEIGHT - 8}">${titles.x}</text>
    ${y.ticks.map(({ at, label }) => {
      const level = y.of(at).toFixed(1);
      return markup`<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${level}" y2="${level}" /><text class="tick" text-anchor="end" x="${MARGIN.left - 8}" y="${(Number(level) + 4).toFixed(1)}">${label}</text>`;
    })}
    ${x.ticks.map(
      ({ at, label }) =>
        markup`<text class="tick" text-anchor="middle" x="${x.of(at).toFixed(1)}" y="${bottom + 28}">${label}</text>`,
    )}
    <line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}" />
    ${extras}
    ${curves.map(({ kind, points }) => markup`<polyline class="curve ${kind}" points="${path(points, x, y)}" />`)}
    ${curves.flatMap(({ kind, marks }) =>
      marks.map(
        ([at, value]) =>
          markup`<circle class="stop ${kind}" r="4" cx="${x.of(at).toFixed(1)}" cy="${y.of(value).toFixed(1)}" />`,
      ),
    )}
  </svg>${legend(curves)}</figure>`;
}

/** Beside the drawing, or below it where there is no room: text of the page, not of the drawing, which shrinks. */
function legend(curves: readonly Curve[]): Markup {
  return markup`<ul class="legend">${curves.map(
    ({ name, kind, amount }) =>
      markup`<li><svg class="sample" viewBox="0 0 28 8" aria-hidden="true"><line class="curve ${kind}" x1="0" x2="28" y1="4" y2="4" /></svg><span>${name}<br /><span class="quiet">${amount}</span></span></li>`,
  )}</ul>`;
}

function path(points: Curve["points"], x: Scale, y: Scale): string {
  return points.map(([at, value]) => `${x.of(at).toFixed(1)},${y.of(value).toFixed(1)}`).join(" ");
}

function linear(
  least: number,
  most: number,
  from: number,
  to: number,
  step: number,
  label: (value: number) => string,
): Scale {
  const count = Math.floor((most - least) / step + 1e-9);
  return {
    of: (value) => from + ((value - least) / (most - least)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, index) => {
      const at = least + index * step;
      return { at, label: label(Number(at.toPrecision(6))) };
    }),
  };
}

/** The next of 1, 2, 5, 10, 20 … */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power;
}

function pad(hour: number): string {
  return String(hour).padStart(2, "0");
}
