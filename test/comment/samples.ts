import type { Plan, PlannedResource } from "../../model/plan.ts";
import { runOf, type Change, type Run } from "../../cli/delivery/run.ts";
import { recordedLog } from "./recording.ts";

/** The recorded preview as a run; the engine ended with 1, since policies refused it. */
export function recordedRun(): Run {
  return runOf(recordedLog(), { stack: "dev", operation: "preview", exitCode: 1 });
}

export function runWith(changes: readonly Change[], more: Partial<Run> = {}): Run {
  return {
    stack: "dev",
    operation: "preview",
    exitCode: 0,
    complete: true,
    changes: [...changes],
    verdicts: [],
    policiesAsked: 51,
    errors: [],
    ...more,
  };
}

export function change(kind: Change["kind"], name: string, more: Partial<Change> = {}): Change {
  const type = "aws:s3/bucket:Bucket";
  const urn = `urn:pulumi:dev::proving-ground::${type}::${name}`;
  return { kind, urn, type, name, properties: [], retained: false, isProtected: false, ...more };
}

export function resource(name: string, inputs: Readonly<Record<string, unknown>> = {}): PlannedResource {
  const type = "aws:s3/bucket:Bucket";
  const urn = `urn:pulumi:dev::proving-ground::${type}::${name}`;
  return { urn, type, name, parent: null, dependencies: [], protect: false, inputs };
}

/** A plan of a few buckets; money in US dollars a day. */
export function plan(
  resources: readonly PlannedResource[],
  { usdPerDay = 12.2, policies = [] as Plan["policies"], stack = "dev" } = {},
): Plan {
  return {
    project: "proving-ground",
    stack,
    resources,
    outputs: {},
    cost: {
      pricesAsOf: "2026-07-20",
      region: "us-west-2",
      usdPerHour: 0.75,
      usdPerDay,
      usdPerDayRange: { cheapestZone: usdPerDay, dearestZone: usdPerDay },
      allDayUsdPerDay: 17.98,
      usdPerMonth: 371.13,
      worstCaseUsdPerDay: 17.9711,
      budgetUsdPerDay: 15,
      worstCaseCeilingUsdPerDay: 25,
      clusterOnDemandUsdPerHour: 0.27,
      greatestLoss: null,
      lines:
        usdPerDay === 0
          ? []
          : [
              {
                urn: `urn:pulumi:${stack}::proving-ground::aws:ec2/instance:Instance::host`,
                item: "c7a.2xlarge",
                quantity: 24,
                unit: "h",
                basis: "on-demand",
                usdPerDay,
                worstCaseUsdPerDay: usdPerDay,
              },
            ],
      notes: [],
    },
    policies,
  };
}
