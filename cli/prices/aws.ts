import type { EC2Client } from "@aws-sdk/client-ec2";
import type { PricingClient } from "@aws-sdk/client-pricing";
import { WANTED, type SpotEntry } from "./answers.ts";
import type { PriceCalls } from "./refresh.ts";

/** Region of the Price List's public endpoint; it answers for every region. */
const PRICE_LIST_REGION = "us-east-1";

/** What both SDK clients take; empty for the user's own credentials and AWS's own endpoints. */
export interface AwsOptions {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Default: 3, the SDK's own. */
  readonly maxAttempts?: number;
}

/**
 * The calls of a refresh through the AWS SDK. The SDK is imported at the first call: no other command waits for it.
 *
 * @throws from the calls: the SDK's own errors, among them `CredentialsProviderError`.
 */
export function awsPriceCalls(options: AwsOptions = {}): PriceCalls {
  let pricing: Promise<PricingClient> | undefined;
  const ec2 = new Map<string, Promise<EC2Client>>();

  async function openPricing(): Promise<PricingClient> {
    const sdk = await import("@aws-sdk/client-pricing");
    return new sdk.PricingClient({ ...options, region: PRICE_LIST_REGION });
  }

  async function openEc2(region: string): Promise<EC2Client> {
    const sdk = await import("@aws-sdk/client-ec2");
    return new sdk.EC2Client({ ...options, region });
  }

  function ec2In(region: string): Promise<EC2Client> {
    const open = ec2.get(region) ?? openEc2(region);
    ec2.set(region, open);
    return open;
  }

  return {
    async priceList({ region, type }, nextToken) {
      const { GetProductsCommand } = await import("@aws-sdk/client-pricing");
      const client = await (pricing ??= openPricing());
      const filters = { ...WANTED, instanceType: type, regionCode: region };
      const answer = await client.send(
        new GetProductsCommand({
          ServiceCode: "AmazonEC2",
          FormatVersion: "aws_v1",
          Filters: Object.entries(filters).map(([Field, Value]) => ({
            Type: "TERM_MATCH" as const,
            Field,
            Value,
          })),
          NextToken: nextToken,
        }),
      );
      const list: unknown = answer.PriceList;
      return { entries: Array.isArray(list) ? list.map(String) : [], nextToken: answer.NextToken };
    },

    async spotHistory({ region, types, since }, nextToken) {
      const { DescribeSpotPriceHistoryCommand } = await import("@aws-sdk/client-ec2");
      const client = await ec2In(region);
      const answer = await client.send(
        new DescribeSpotPriceHistoryCommand({
          // The service takes any text; the SDK's type lists only the instance types known at its release.
          InstanceTypes: [...types] as never[],
          ProductDescriptions: ["Linux/UNIX"],
          StartTime: since,
          NextToken: nextToken,
        }),
      );
      const entries = (answer.SpotPriceHistory ?? []).map((entry): SpotEntry => ({
        type: entry.InstanceType,
        zoneId: entry.AvailabilityZoneId,
        zoneName: entry.AvailabilityZone,
        price: entry.SpotPrice,
        at: entry.Timestamp,
      }));
      return { entries, nextToken: answer.NextToken };
    },

    async zoneIds(region) {
      const { DescribeAvailabilityZonesCommand } = await import("@aws-sdk/client-ec2");
      const client = await ec2In(region);
      const answer = await client.send(new DescribeAvailabilityZonesCommand({}));
      const pairs = (answer.AvailabilityZones ?? []).flatMap(({ ZoneName, ZoneId }) =>
        ZoneName === undefined || ZoneId === undefined ? [] : [[ZoneName, ZoneId] as const],
      );
      return new Map(pairs);
    },
  };
}
