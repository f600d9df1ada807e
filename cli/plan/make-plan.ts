import type { Plan, PlannedResource } from "../../model/plan.ts";
import { policySettingsSchema, type PolicySettings } from "../../model/policy-settings.ts";
import { SECRET, type ResourceRecord } from "../../model/resource.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { configSecretPaths } from "../../infra/settings/governance-secrets.ts";
import { SettingsError } from "../../infra/settings/parse.ts";
import { accepted, evaluate, todayUtc, type Evaluation } from "../../policies/evaluate.ts";
import { remediate } from "../../policies/remediate.ts";
import { policySettingProblems } from "../../policies/settings-problems.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { estimate } from "../../pricing/estimate.ts";
import program from "../../infra/index.ts";
import { recordProgram } from "./recorder.ts";

export interface PlanRequest {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** File named in messages about the policy settings; default: the stack's own. */
  readonly source?: string;
  /** Day on which waivers are judged, `YYYY-MM-DD`; default: today, UTC. */
  readonly today?: string;
}

/**
 * The priced and judged plan of a stack, without account or network. As under the engine, remediations
 * come first: prices, verdicts and the resources shown are those of the mended plan.
 *
 * @throws SettingsError where the policy settings name no rule, or a rule's parameters are unsound;
 * UnpricedError where an instance type has no price in the region.
 */
export async function makePlan(request: PlanRequest): Promise<Plan> {
  const { project, stack } = request;
  const { config, secretKeys } = withSecretStandIns(request);
  const evaluation = evaluationOf(request);
  const recording = await recordProgram({
    project,
    stack,
    config,
    secretKeys,
    program: () => ({ ...program(null) }),
  });
  const stackUrn = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  const { resources, mended } = remediate(recording.resources, evaluation);
  return {
    project,
    stack,
    resources: resources.map(planned),
    outputs: recording.outputs,
    cost: estimate(resources, loadCatalogue()),
    policies: [
      ...mended,
      ...evaluate(resources, stackUrn, evaluation),
      ...accepted(resources, stackUrn, evaluation),
    ],
  };
}

/** The mark of secrets in place of values that nobody has set yet: a plan needs none of them. */
function withSecretStandIns({
  project,
  config,
  secretKeys,
}: PlanRequest): Pick<PlanRequest, "config" | "secretKeys"> {
  const text = config[`${project}:governance`];
  const governance = governanceSchema.safeParse(text === undefined || text === "" ? {} : JSON.parse(text));
  const unset = [...configSecretPaths(governance.data).keys()].filter((key) => config[key] === undefined);
  return {
    config: { ...config, ...Object.fromEntries(unset.map((key) => [key, SECRET])) },
    secretKeys: [...secretKeys, ...unset],
  };
}

function evaluationOf({ project, stack, config, source, today }: PlanRequest): Evaluation {
  const settings = policySettingsOf(config[`${project}:policies`], source ?? `Pulumi.${stack}.yaml`);
  return { stack, settings, today: today ?? todayUtc() };
}

function policySettingsOf(text: string | undefined, source: string): PolicySettings {
  // "" and {} stand for "not set", as in every optional setting.
  const settings = policySettingsSchema.parse(text === undefined || text === "" ? {} : JSON.parse(text));
  const problems = policySettingProblems(settings);
  if (problems.length > 0) throw new SettingsError(source, problems);
  return settings;
}

function planned({
  urn,
  type,
  name,
  parent,
  dependencies,
  protect,
  retainOnDelete,
  inputs,
}: ResourceRecord): PlannedResource {
  return {
    urn,
    type,
    name,
    parent: parent ?? null,
    dependencies,
    protect,
    ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
    inputs,
  };
}
