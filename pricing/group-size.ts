import { numberOf, valueAt } from "../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import type { ResourceIndex } from "./resource-index.ts";

const SIZES = ["maxSize", "desiredCapacity", "minSize"] as const;

/**
 * Instances of an Auto Scaling group that may exist at once. Its own `maxSize` is not the end of it: scheduled
 * actions set other sizes, and a warm pool stands beside the group. All states of a pool count as running: its
 * instances run at least while they are prepared, and a stopped one still has its volumes.
 *
 * @returns undefined where one of the sizes is not known before deployment.
 */
export function mostInstances(group: ResourceRecord, index: ResourceIndex): number | undefined {
  const sizes = [
    group.inputs["maxSize"],
    ...index
      .schedulesOf(group)
      .flatMap(({ inputs }) => SIZES.map((size) => inputs[size]))
      .filter(isStated),
  ].map(numberOf);
  const known = sizes.filter((size) => size !== undefined);
  const pool = warmPoolOf(group);
  if (known.length < sizes.length || pool === undefined) return undefined;
  // A schedule's −1 means "leave as it is".
  return Math.max(0, Math.max(...known) + pool.beside, pool.prepared);
}

/** True where instances of a pool exist whatever the schedule of the group says. */
export function hasWarmPool({ inputs }: ResourceRecord): boolean {
  return isStated(inputs["warmPool"]);
}

/** `beside`: instances above those of the group; `prepared`: those of group and pool together. −1 stands for none. */
function warmPoolOf({
  inputs,
}: ResourceRecord): { readonly beside: number; readonly prepared: number } | undefined {
  const pool = inputs["warmPool"];
  if (isUnknown(pool)) return undefined;
  const [beside, prepared] = ["minSize", "maxGroupPreparedCapacity"]
    .map((size) => valueAt(pool, size))
    .map((stated) => (isStated(stated) ? numberOf(stated) : 0));
  return beside === undefined || prepared === undefined
    ? undefined
    : { beside: Math.max(0, beside), prepared };
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}
