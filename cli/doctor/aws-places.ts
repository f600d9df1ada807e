import type { Settings } from "../../infra/settings/schema.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";
import { needsOf, type HostNeed } from "./needs.ts";

/** Whether the region is open to the account, its zones are there, and the types are offered in them. */
export function placeChecks(
  { region, zones }: Pick<Settings, "region" | "zones">,
  hosts: readonly HostNeed[],
  account: AwsAccount,
): readonly Check[] {
  return [
    {
      id: "aws.region",
      title: "Region and zones",
      side: "aws",
      rights: "ec2:DescribeRegions and ec2:DescribeAvailabilityZones",
      async look() {
        await account.ready();
        return (await regionFinding(region, account)) ?? (await zonesFinding(region, zones, account));
      },
    },
    {
      id: "aws.types",
      title: "Instance types",
      side: "aws",
      rights: "ec2:DescribeInstanceTypeOfferings",
      async look() {
        await account.ready();
        return offeringsFinding(hosts, await offerings(hosts, account));
      },
    },
  ];
}

/** Undefined where the region is open. */
async function regionFinding(region: string, account: AwsAccount): Promise<Finding | undefined> {
  const [{ DescribeRegionsCommand }, client] = await Promise.all([
    import("@aws-sdk/client-ec2"),
    account.ec2(),
  ]);
  const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: true }));
  const status = Regions.find(({ RegionName }) => RegionName === region)?.OptInStatus;
  if (status === "not-opted-in" || status === undefined)
    return {
      status: "failed",
      found: `${region} is not open to this account${status === undefined ? "" : ` (${status})`}`,
      fix: `aws account enable-region --region-name ${region}; it takes minutes to hours.`,
    };
  return undefined;
}

async function zonesFinding(region: string, zones: readonly string[], account: AwsAccount): Promise<Finding> {
  const [{ DescribeAvailabilityZonesCommand }, client] = await Promise.all([
    import("@aws-sdk/client-ec2"),
    account.ec2(),
  ]);
  const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}));
  const known = AvailabilityZones.flatMap(({ ZoneId }) => ZoneId ?? []).sort();
  const missing = zones.filter((zone) => !known.includes(zone));
  if (missing.length === 0) return { status: "ok", found: `${region}: ${zones.join(", ")}` };
  return {
    status: "failed",
    found: `${region} has no zone ${missing.join(", ")} for this account`,
    fix: `Choose zones among ${known.join(", ")}.`,
  };
}

/** Zone ids by type, of the types that any host may be. */
async function offerings(
  hosts: readonly HostNeed[],
  account: AwsAccount,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const [{ paginateDescribeInstanceTypeOfferings }, client] = await Promise.all([
    import("@aws-sdk/client-ec2"),
    account.ec2(),
  ]);
  const types = [...new Set(hosts.flatMap((host) => host.types))].sort();
  const found = new Map<string, Set<string>>(types.map((type) => [type, new Set()]));
  const Filters = [{ Name: "instance-type", Values: types }];
  for await (const page of paginateDescribeInstanceTypeOfferings(
    { client },
    { LocationType: "availability-zone-id", Filters },
  ))
    for (const { InstanceType = "", Location } of page.InstanceTypeOfferings ?? [])
      if (Location !== undefined) found.get(InstanceType)?.add(Location);
  return found;
}

/** A host fails where none of its types is offered in any of its zones; types and zones it may lose are a warning. */
export function offeringsFinding(
  hosts: readonly HostNeed[],
  offered: ReadonlyMap<string, ReadonlySet<string>>,
): Finding {
  const has = (type: string, zone: string): boolean => offered.get(type)?.has(zone) ?? false;
  const homeless = hosts.filter(
    ({ types, zones }) => !types.some((type) => zones.some((zone) => has(type, zone))),
  );
  if (homeless.length > 0) {
    const kinds = [
      ...new Set(homeless.map(({ types, zones }) => `${types.join(", ")} in ${zones.join(", ")}`)),
    ];
    return {
      status: "failed",
      found: `not offered: ${kinds.join("; ")}`,
      fix: "Choose other instanceTypes or zones in the stack file.",
    };
  }
  const places = needsOf(hosts, () => undefined).types;
  const gaps = places.flatMap(({ type, zones }) => {
    const missing = zones.filter((zone) => !has(type, zone));
    return missing.length === 0 ? [] : [`${type} not in ${missing.join(", ")}`];
  });
  if (gaps.length > 0)
    return {
      status: "warning",
      found: gaps.join("; "),
      fix: "Name zones that have the type, or further types: a launch has fewer places to go to.",
    };
  return { status: "ok", found: places.map(({ type }) => type).join(", ") };
}
