import { Decimal } from "decimal.js";
import type { Exposure, GreatestLoss } from "../model/cost.ts";
import { exposureWhenHealthy, exposureWithoutGuard } from "../model/guard.ts";
import { numberOf } from "../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import { TAGS, type Life } from "../model/tags.ts";
import { DECIMAL_PLACES, HOURS_PER_DAY } from "./assumptions.ts";
import type { PricedItem } from "./money.ts";
import { GROUP, INSTANCE, tagOf } from "./resource-index.ts";
import { GUARD_COMPONENT } from "./serverless.ts";

const PERSISTENT: Life = "persistent";
const MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;

/**
 * The greatest loss of a plan. A persistent instance is planned all day, so that the day's cost bounds it. A group
 * is planned for its hours at spot prices, whatever its tag says: it can burn more, and anything can be stopped.
 */
export function greatestLossOf(
  resources: readonly ResourceRecord[],
  items: readonly PricedItem[],
): GreatestLoss | null {
  const stoppable = new Set(resources.filter(canBeStopped).map(({ urn }) => urn));
  const usdPerHour = items
    .filter(({ urn }) => stoppable.has(urn))
    .reduce((sum, { worstCaseUsdPerDay }) => sum.plus(worstCaseUsdPerDay), new Decimal(0))
    .div(HOURS_PER_DAY);
  if (usdPerHour.isZero()) return null;
  return { usdPerHour: exact(usdPerHour), guard: guardOf(resources, usdPerHour) };
}

function canBeStopped({ type, inputs }: ResourceRecord): boolean {
  if (type !== INSTANCE) return type === GROUP;
  return isUnknown(inputs["tags"]) || tagOf(inputs, TAGS.life) !== PERSISTENT;
}

/** The times of the plan's guard; of several, those of the slowest. Without all of them there is none to rely on. */
function guardOf(resources: readonly ResourceRecord[], usdPerHour: Decimal): GreatestLoss["guard"] {
  const guards = resources.filter(({ type }) => type === GUARD_COMPONENT);
  const times = guards.map(({ inputs }) => {
    const [interval, timeToAct, deadMan] = ["intervalMinutes", "timeToActMinutes", "deadManMinutes"].map(
      (key) => minutesOf(inputs[key]),
    );
    return interval === undefined || timeToAct === undefined || deadMan === undefined
      ? undefined
      : {
          healthy: exposureWhenHealthy({ intervalMs: interval, timeToActMs: timeToAct }),
          gone: exposureWithoutGuard({ deadManMs: deadMan }),
        };
  });
  const known = times.filter((time) => time !== undefined);
  if (known.length === 0 || known.length < times.length) return null;
  return {
    healthy: exposure(Math.max(...known.map(({ healthy }) => healthy)), usdPerHour),
    gone: exposure(Math.max(...known.map(({ gone }) => gone)), usdPerHour),
  };
}

/** Milliseconds of a number of minutes. */
function minutesOf(value: unknown): number | undefined {
  const minutes = numberOf(value);
  return minutes === undefined || minutes <= 0 ? undefined : minutes * MINUTE;
}

function exposure(milliseconds: number, usdPerHour: Decimal): Exposure {
  const minutes = new Decimal(milliseconds).div(MINUTE);
  return { minutes: minutes.toNumber(), usd: exact(usdPerHour.times(minutes).div(MINUTES_PER_HOUR)) };
}

/** Rounded up: a bound is never below what it bounds. */
function exact(amount: Decimal): number {
  return amount.toDecimalPlaces(DECIMAL_PLACES, Decimal.ROUND_UP).toNumber();
}
