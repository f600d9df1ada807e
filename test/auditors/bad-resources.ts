import type { Audited } from "../support/terraform-plan.ts";
import { BAD_HOSTS } from "./bad-hosts.ts";
import type { BadResource } from "./bad-resource.ts";
import { BAD_RIGHTS } from "./bad-rights.ts";
import { BAD_STORES } from "./bad-stores.ts";

/** One for each check relied on: that checkov sees them through the converter shows that it hides nothing. */
export const BAD_RESOURCES: readonly BadResource[] = [...BAD_HOSTS, ...BAD_STORES, ...BAD_RIGHTS];

/** Sets of resources for one run of checkov: each bad one, and each with its cure. */
export function badSets(): ReadonlyMap<string, readonly Audited[]> {
  return new Map(
    BAD_RESOURCES.flatMap(({ resource, beside = [], cure = {}, cureBeside = [] }, at) => [
      [badScope(at), [resource, ...beside]],
      [curedScope(at), [{ ...resource, inputs: { ...resource.inputs, ...cure } }, ...beside, ...cureBeside]],
    ]),
  );
}

export function badScope(at: number): string {
  return `bad-${String(at + 1)}`;
}

export function curedScope(at: number): string {
  return `cured-${String(at + 1)}`;
}
