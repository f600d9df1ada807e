import type { Plan, PlannedResource } from "../../model/plan.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { evaluate } from "../../policies/evaluate.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { estimate } from "../../pricing/estimate.ts";
import program from "../../infra/index.ts";
import { recordProgram } from "./recorder.ts";

export interface PlanRequest {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * The priced and judged plan of a stack, without account or network.
 *
 * @throws UnpricedError where an instance type has no price in the region.
 */
export async function makePlan({ project, stack, config, secretKeys }: PlanRequest): Promise<Plan> {
  const { resources, outputs } = await recordProgram({
    project,
    stack,
    config,
    secretKeys,
    program: () => ({ ...program() }),
  });
  const stackUrn = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  return {
    project,
    stack,
    resources: resources.map(planned),
    outputs,
    cost: estimate(resources, loadCatalogue()),
    policies: evaluate(resources, stackUrn),
  };
}

function planned({
  urn,
  type,
  name,
  parent,
  dependencies,
  protect,
  inputs,
}: ResourceRecord): PlannedResource {
  return { urn, type, name, parent: parent ?? null, dependencies, protect, inputs };
}
