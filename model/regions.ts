/** AWS regions of the standard partition, with the prefix of their zone ids. Source: AWS EC2 documentation, "AWS Regions". */
export const REGION_ZONE_PREFIXES = {
  "af-south-1": "afs1",
  "ap-east-1": "ape1",
  "ap-northeast-1": "apne1",
  "ap-northeast-2": "apne2",
  "ap-northeast-3": "apne3",
  "ap-south-1": "aps1",
  "ap-south-2": "aps2",
  "ap-southeast-1": "apse1",
  "ap-southeast-2": "apse2",
  "ap-southeast-3": "apse3",
  "ap-southeast-4": "apse4",
  "ca-central-1": "cac1",
  "ca-west-1": "caw1",
  "eu-central-1": "euc1",
  "eu-central-2": "euc2",
  "eu-north-1": "eun1",
  "eu-south-1": "eus1",
  "eu-south-2": "eus2",
  "eu-west-1": "euw1",
  "eu-west-2": "euw2",
  "eu-west-3": "euw3",
  "il-central-1": "ilc1",
  "me-central-1": "mec1",
  "me-south-1": "mes1",
  "sa-east-1": "sae1",
  "us-east-1": "use1",
  "us-east-2": "use2",
  "us-west-1": "usw1",
  "us-west-2": "usw2",
} as const;

export type Region = keyof typeof REGION_ZONE_PREFIXES;

export const REGIONS = Object.keys(REGION_ZONE_PREFIXES) as readonly Region[];

/** Regions that every account has switched on; the others are asked for. Source: AWS Account Management, "Enable or disable AWS Regions". */
export const ALWAYS_ON_REGIONS: readonly Region[] = [
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

export const DEFAULT_REGION: Region = "us-west-2";

/** Zone id such as `usw2-az1`: unlike zone names, the same place in every account. */
export type ZoneId = `${string}-az${number}`;

export function isZoneIdOf(region: Region, zone: string): zone is ZoneId {
  return new RegExp(`^${REGION_ZONE_PREFIXES[region]}-az[1-9]$`).test(zone);
}
