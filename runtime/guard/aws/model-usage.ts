import {
  paginateGetMetricData,
  paginateListMetrics,
  type CloudWatchClient,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import type { ModelUsage, UsageReading } from "../observations.ts";
import { messageOf } from "../observe.ts";
import { DAY, dayOf, HOUR, SECOND } from "../time.ts";

const NAMESPACE = "AWS/Bedrock";
const DIMENSION = "ModelId";

/** Bedrock's metrics and what they count. Tokens read from or written to the prompt cache are in neither of the first two. */
const COUNTS = {
  InputTokenCount: "inputTokens",
  OutputTokenCount: "outputTokens",
  CacheReadInputTokenCount: "cacheReadTokens",
  CacheWriteInputTokenCount: "cacheWriteTokens",
} as const;
type Count = (typeof COUNTS)[keyof typeof COUNTS];

/** The most queries that one call takes. */
const MOST_QUERIES = 500;

/** A metric of one model in one region. */
interface Series {
  readonly model: string;
  readonly count: Count;
  readonly metric: keyof typeof COUNTS;
}

/**
 * Tokens by day and model, of every region: a model called across regions is counted where it was called.
 * Summed by the hour, since hours lie within UTC days whatever CloudWatch takes for the start of a day.
 * One region that is denied or hangs costs its own counts only.
 */
export async function modelUsage(
  clientOf: (region: string) => CloudWatchClient,
  regions: readonly string[],
  days: readonly string[],
): Promise<readonly UsageReading[]> {
  if (days.length === 0) return [];
  const starts = days.map((day) => Date.parse(day));
  const span = { StartTime: new Date(Math.min(...starts)), EndTime: new Date(Math.max(...starts) + DAY) };
  const inRegion = async (region: string): Promise<readonly ModelUsage[]> => {
    const sums = new Map<string, Record<Count, number> & Pick<ModelUsage, "day" | "model">>();
    const client = clientOf(region);
    const series = await listSeries(client);
    for (let start = 0; start < series.length; start += MOST_QUERIES) {
      const part = series.slice(start, start + MOST_QUERIES);
      const pages = paginateGetMetricData({ client }, { ...span, MetricDataQueries: part.map(query) });
      for await (const { MetricDataResults = [] } of pages)
        for (const { Id = "", Timestamps = [], Values = [] } of MetricDataResults) {
          const of = part[Number(Id.slice(1))];
          if (of === undefined) continue;
          for (const [index, time] of Timestamps.entries()) {
            const day = dayOf(time.getTime());
            if (!days.includes(day)) continue;
            const key = `${day} ${of.model}`;
            const sum = sums.get(key) ?? { day, model: of.model, ...NOTHING };
            sums.set(key, { ...sum, [of.count]: sum[of.count] + (Values[index] ?? Number.NaN) });
          }
        }
    }
    return [...sums.values()];
  };
  return Promise.all(
    regions.map(async (region): Promise<UsageReading> => {
      try {
        return { region, usage: await inRegion(region) };
      } catch (error) {
        return { region, unreadable: messageOf(error) };
      }
    }),
  );
}

const NOTHING: Readonly<Record<Count, number>> = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/** Metrics whose one dimension is the model; those split further would count the same tokens again. */
async function listSeries(client: CloudWatchClient): Promise<readonly Series[]> {
  const series: Series[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client }, { Namespace: NAMESPACE }))
    for (const { MetricName = "", Dimensions = [] } of Metrics) {
      const [dimension, ...others] = Dimensions;
      if (!isCount(MetricName) || dimension?.Name !== DIMENSION || others.length > 0) continue;
      series.push({ model: dimension.Value ?? "", count: COUNTS[MetricName], metric: MetricName });
    }
  return series;
}

function isCount(name: string): name is keyof typeof COUNTS {
  return name in COUNTS;
}

function query({ model, metric }: Series, index: number): MetricDataQuery {
  return {
    Id: `m${String(index)}`,
    MetricStat: {
      Metric: { Namespace: NAMESPACE, MetricName: metric, Dimensions: [{ Name: DIMENSION, Value: model }] },
      Period: HOUR / SECOND,
      Stat: "Sum",
    },
  };
}
