import type { Instance } from "@aws-sdk/client-ec2";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { Settings } from "../../infra/settings/schema.ts";
import { TAGS } from "../../model/tags.ts";
import type { Market } from "../../pricing/price-book.ts";
import { PROJECT } from "../stack-file.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";
import { needsOf, type HostNeed, type Needs, type QuotaNeed } from "./needs.ts";
import {
  QUOTA_FAMILIES,
  quotaFamilyOf,
  type Quota,
  type QuotaFamily,
  type QuotaFamilyName,
} from "./quota-families.ts";

/** A quota as it stands in the account. */
export interface QuotaState {
  /** vCPUs that may run at once. */
  readonly limit: number;
  /** vCPUs of instances that are not this stack's. */
  readonly usedByOthers: number;
  /** An increase that was asked for and is not decided: what to, and how it stands. */
  readonly asked?: { readonly to: number; readonly status: string } | undefined;
}

/** One line for each quota the stack's hosts count against, and one for the types none is known of (FM-20). */
export function quotaChecks(
  settings: Pick<Settings, "environment">,
  hosts: readonly HostNeed[],
  account: AwsAccount,
): readonly Check[] {
  const needs = async (): Promise<Needs> => {
    await account.ready();
    const vcpus = await account.vcpus(hosts.flatMap(({ types }) => types));
    return needsOf(hosts, (type) => vcpus.get(type));
  };
  const lines = quotasOf(hosts).map(({ family, market, quota }): Check => ({
    id: `aws.quota.${market}.${family}`,
    title: `vCPUs, ${TITLES[market]}${family === "standard" ? "" : ` (${family})`}`,
    side: "aws",
    rights:
      "servicequotas:GetServiceQuota, servicequotas:GetAWSDefaultServiceQuota, servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota, ec2:DescribeInstances and ec2:DescribeInstanceTypes",
    async look() {
      const need = (await needs()).quotas.find((one) => one.family === family && one.market === market);
      if (need === undefined)
        return { status: "skipped", found: "EC2 knows none of the types that count here" };
      if (quota === undefined)
        return {
          status: "unknown",
          found: `no ${TITLES[market]} quota of this family is known: ${need.parts.join(", ")}`,
          fix: "AWS may not offer these types so; choose others.",
        };
      const [state, used] = await Promise.all([
        quotaState(quota, account),
        vcpusOfOthers(family, market, settings.environment, account),
      ]);
      return quotaFinding(need, quota, { ...state, usedByOthers: used }, account.region);
    },
  }));
  const unknown: Check = {
    id: "aws.quota.uncounted",
    title: "vCPUs, other types",
    side: "aws",
    rights: "ec2:DescribeInstanceTypes",
    async look() {
      const { uncounted } = await needs();
      if (uncounted.length === 0)
        return { status: "skipped", found: "every type counts against a quota above" };
      return {
        status: "failed",
        found: `EC2 in ${account.region} does not know ${uncounted.join(", ")}, or no quota of it is known`,
        fix: "Choose other instanceTypes in the stack file.",
      };
    },
  };
  return [...lines, unknown];
}

const TITLES: Readonly<Record<Market, string>> = { spot: "spot", "on-demand": "on demand" };

/** The quotas that types of these hosts belong to, by name alone: which lines there are must not hang on an answer. */
function quotasOf(
  hosts: readonly HostNeed[],
): { readonly family: QuotaFamilyName; readonly market: Market; readonly quota: Quota | undefined }[] {
  const pairs = hosts.flatMap(({ market, types }) =>
    types.flatMap((type) => {
      const family = quotaFamilyOf(type);
      if (family === undefined) return [];
      const markets: readonly Market[] = market === "spot" ? ["spot", "on-demand"] : ["on-demand"];
      return markets.map((one) => `${one} ${family}` as const);
    }),
  );
  return (Object.keys(QUOTA_FAMILIES) as QuotaFamilyName[]).flatMap((family) => {
    const { quotas }: QuotaFamily = QUOTA_FAMILIES[family];
    return (["spot", "on-demand"] as const)
      .filter((market) => pairs.includes(`${market} ${family}`))
      .map((market) => ({ family, market, quota: quotas[market] }));
  });
}

/** The verdict on one quota: name, need, what there is, and how more of it is asked for. */
export function quotaFinding(
  need: Pick<QuotaNeed, "required" | "fallback" | "parts">,
  { code, name }: Quota,
  { limit, usedByOthers, asked }: QuotaState,
  region: string,
): Finding {
  const free = limit - usedByOthers;
  const others = usedByOthers === 0 ? "" : `, ${String(usedByOthers)} of it in use by other hosts`;
  const have = `${name} (${code}) allows ${String(limit)} vCPUs in ${region}${others}`;
  const parts = need.parts.length === 0 ? "" : ` (${need.parts.join(", ")})`;
  if (free >= need.fallback)
    return {
      status: "ok",
      found: `${have}; needed ${String(need.fallback)}${need.required === need.fallback ? parts : " at worst"}`,
    };
  const request = (vcpus: number): string =>
    asked === undefined || asked.to < vcpus
      ? `Ask for more: aws service-quotas request-service-quota-increase --region ${region} --service-code ec2 --quota-code ${code} --desired-value ${String(vcpus)}, or https://${region}.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/${code}`
      : `An increase to ${String(asked.to)} was asked for (${asked.status}): wait for AWS's answer.`;
  if (free >= need.required)
    return {
      status: "warning",
      found: `${have}; enough for the ${String(need.required)} planned, not for the ${String(need.fallback)} with every spot host on demand`,
      fix: request(need.fallback + usedByOthers),
    };
  return {
    status: "failed",
    found: `${have}; the stack needs ${String(need.required)}${parts}`,
    fix: request(need.fallback + usedByOthers),
  };
}

async function quotaState({ code }: Quota, account: AwsAccount): Promise<Omit<QuotaState, "usedByOthers">> {
  const sdk = await import("@aws-sdk/client-service-quotas");
  const client = new sdk.ServiceQuotasClient({ ...account.client, region: account.region });
  const quota = { ServiceCode: "ec2", QuotaCode: code };
  const [limit, asked] = await Promise.all([limitOf(client, quota), openRequest(client, quota)]);
  return { limit, asked };
}

interface QuotaName {
  readonly ServiceCode: string;
  readonly QuotaCode: string;
}

/** The applied value; where the account never had another, AWS's default. */
async function limitOf(client: ServiceQuotasClient, quota: QuotaName): Promise<number> {
  const sdk = await import("@aws-sdk/client-service-quotas");
  const applied = await client
    .send(new sdk.GetServiceQuotaCommand(quota))
    .then(({ Quota }) => Quota?.Value)
    .catch((error: unknown) => {
      if (error instanceof sdk.NoSuchResourceException) return undefined;
      throw error;
    });
  const limit = applied ?? (await client.send(new sdk.GetAWSDefaultServiceQuotaCommand(quota))).Quota?.Value;
  if (limit === undefined) throw new Error(`Service Quotas gave no value of ${quota.QuotaCode}`);
  return limit;
}

/** The largest increase that AWS has not decided yet. */
async function openRequest(client: ServiceQuotasClient, quota: QuotaName): Promise<QuotaState["asked"]> {
  const sdk = await import("@aws-sdk/client-service-quotas");
  let largest: QuotaState["asked"];
  for await (const page of sdk.paginateListRequestedServiceQuotaChangeHistoryByQuota({ client }, quota))
    for (const { DesiredValue, Status } of page.RequestedQuotas ?? [])
      if (DesiredValue !== undefined && (Status === "PENDING" || Status === "CASE_OPENED"))
        if (DesiredValue > (largest?.to ?? 0)) largest = { to: DesiredValue, status: Status };
  return largest;
}

async function vcpusOfOthers(
  family: QuotaFamilyName,
  market: Market,
  environment: string,
  account: AwsAccount,
): Promise<number> {
  const counted = (await account.instances()).filter(
    (instance) =>
      (instance.InstanceLifecycle === "spot") === (market === "spot") &&
      quotaFamilyOf(instance.InstanceType ?? "") === family &&
      !isOfStack(instance, environment),
  );
  const types = counted.flatMap(({ InstanceType }) => InstanceType ?? []);
  if (types.length === 0) return 0;
  const vcpus = await account.vcpus(types);
  return types.reduce((sum, type) => sum + (vcpus.get(type) ?? 0), 0);
}

/** The stack's own hosts are in its need already. */
function isOfStack({ Tags = [] }: Pick<Instance, "Tags">, environment: string): boolean {
  const tag = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;
  return tag(TAGS.project) === PROJECT && tag(TAGS.environment) === environment;
}
