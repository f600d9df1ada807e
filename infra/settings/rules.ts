import { isBurstable } from "../../model/burstable.ts";
import { isZoneIdOf, REGION_ZONE_PREFIXES } from "../../model/regions.ts";
import { ROLE_SETTINGS_KEYS } from "../../model/roles.ts";
import { architectureOf, architectureOfImage } from "./architecture.ts";
import { overlap } from "./fields.ts";
import { governanceProblems } from "./governance-rules.ts";
import { guardProblems } from "./guard.ts";
import { scheduleProblems } from "./schedule-rules.ts";
import type { ClusterSettings, OrchestratorSettings, ParsedSettings } from "./schema.ts";
import { rolesOf } from "./slots.ts";

/** A broken rule: where, the value there, what is allowed. */
export type Broken = readonly [path: string, value: unknown, message: string];

/**
 * Rules that need more than one field. Takes the fields that are sound in themselves, so that one
 * misspelt key does not hide a wrong zone; a rule is left out where a field it needs is not sound.
 */
export function* crossFieldProblems(settings: Partial<ParsedSettings>): Generator<Broken> {
  yield* boundaryProblems(settings);
  yield* zoneProblems(settings);
  yield* addressProblems(settings);
  yield* roleZoneProblems(settings);
  if (settings.orchestrator !== undefined) yield* orchestratorImageProblems(settings.orchestrator);
  if (settings.cluster !== undefined) {
    yield* clusterImageProblems(settings.cluster);
    yield* burstableProblems(settings.cluster);
    yield* scheduleProblems(settings.cluster, settings);
  }
  yield* moneyProblems(settings);
  yield* guardProblems(settings);
  if (settings.governance !== undefined) yield* governanceProblems(settings.governance);
}

/** A role's boundary is a policy of its own account, or AWS's. Source: IAM user guide, "Permissions boundaries". */
function* boundaryProblems({ awsAccount, permissionsBoundary }: Partial<ParsedSettings>): Generator<Broken> {
  const [, account] = /^arn:aws:iam::(\d{12}):/.exec(permissionsBoundary ?? "") ?? [];
  if (account === undefined || awsAccount === undefined || account === awsAccount) return;
  yield ["permissionsBoundary", permissionsBoundary, `must be a policy of awsAccount, ${awsAccount}`];
}

function* zoneProblems({ region, zones = [] }: Partial<ParsedSettings>): Generator<Broken> {
  if (region === undefined) return;
  for (const [index, zone] of zones.entries()) {
    if (isZoneIdOf(region, zone)) continue;
    const name = zone.startsWith(region) ? "; a zone name means another place in every account" : "";
    const message = `must be a zone id of ${region}, such as ${REGION_ZONE_PREFIXES[region]}-az1${name}`;
    yield [`zones[${String(index)}]`, zone, message];
  }
}

function* addressProblems({ network }: Partial<ParsedSettings>): Generator<Broken> {
  if (network === undefined) return;
  for (const [index, block] of network.otherCidrs.entries()) {
    const clash = [network.cidr, ...network.otherCidrs.slice(0, index)].find((other) =>
      overlap(other, block),
    );
    if (clash === undefined) continue;
    yield [`network.otherCidrs[${String(index)}]`, block, `must not overlap ${clash}`];
  }
}

function* roleZoneProblems({ cluster, zones }: Partial<ParsedSettings>): Generator<Broken> {
  if (zones === undefined) return;
  for (const [key, role] of Object.entries(cluster?.roles ?? {})) {
    for (const [index, zone] of (role?.zones ?? []).entries()) {
      if (zones.includes(zone)) continue;
      const message = `must be one of the network's zones: ${zones.join(", ")}`;
      yield [`cluster.roles.${key}.zones[${String(index)}]`, zone, message];
    }
  }
}

function* orchestratorImageProblems({ instanceType, image }: OrchestratorSettings): Generator<Broken> {
  const wanted = architectureOfImage(image);
  const found = architectureOf(instanceType);
  if (wanted === undefined || wanted === found) return;
  const message = `is an ${found} type, but orchestrator.image is for ${wanted}; change one of the two`;
  yield ["orchestrator.instanceType", instanceType, message];
}

/**
 * One image serves every slot, so every type of the cluster has the image's architecture. A pinned
 * id does not tell it: then all types must agree with the first.
 */
function* clusterImageProblems(cluster: ClusterSettings): Generator<Broken> {
  const roles = rolesOf(cluster).filter(({ count }) => count > 0);
  const named = architectureOfImage(cluster.image);
  const [first] = roles.flatMap(({ instanceTypes }) => instanceTypes);
  if (first === undefined) return;
  const wanted = named ?? architectureOf(first);
  const reason =
    named === undefined
      ? `${first} is ${wanted}, and one image serves the cluster`
      : `cluster.image is for ${wanted}`;
  for (const { role, instanceTypes } of roles) {
    const key = ROLE_SETTINGS_KEYS[role];
    const path = `cluster.roles.${key}.instanceTypes`;
    const overridden = cluster.roles[key]?.instanceTypes !== undefined;
    for (const [index, type] of instanceTypes.entries()) {
      if (architectureOf(type) === wanted) continue;
      const problem = `is an ${architectureOf(type)} type, but ${reason}`;
      if (overridden) yield [`${path}[${String(index)}]`, type, problem];
      else yield [path, undefined, `is missing; size ${cluster.size} gives ${type}, which ${problem}`];
    }
  }
}

/**
 * One launch template serves all types of a role. EC2 refuses its credit setting for fixed types, and without it a
 * burstable type buys surplus credits, which no price here has.
 */
function* burstableProblems(cluster: ClusterSettings): Generator<Broken> {
  for (const { role, count, instanceTypes } of rolesOf(cluster)) {
    const burstable = instanceTypes.filter(isBurstable);
    if (count === 0 || burstable.length === 0 || burstable.length === instanceTypes.length) continue;
    const message = `must be burstable types (${burstable.join(", ")}) or others, not both: EC2 would charge extra for what the burstable ones use above their base`;
    yield [`cluster.roles.${ROLE_SETTINGS_KEYS[role]}.instanceTypes`, instanceTypes, message];
  }
}

function* moneyProblems({ budget, modelApi }: Partial<ParsedSettings>): Generator<Broken> {
  if (budget === undefined || !("usdPerDay" in budget)) return;
  const { usdPerDay, worstCaseUsdPerDay } = budget;
  if (worstCaseUsdPerDay < usdPerDay) {
    const message = `must not be less than budget.usdPerDay (${String(usdPerDay)})`;
    yield ["budget.worstCaseUsdPerDay", worstCaseUsdPerDay, message];
  }
  if (modelApi !== undefined && modelApi.usdPerDay >= usdPerDay) {
    const message = `must be less than budget.usdPerDay (${String(usdPerDay)}), which it is part of`;
    yield ["modelApi.usdPerDay", modelApi.usdPerDay, message];
  }
}
