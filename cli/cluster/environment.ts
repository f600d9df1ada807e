import { whyUnguarded } from "../../infra/settings/guard.ts";
import type { ClusterSettings, Settings, StackSettings } from "../../infra/settings/schema.ts";
import { slotsOf, slotsOfSize, type SlotPlan } from "../../infra/settings/slots.ts";
import { SIZE_NAMES, type SizeName } from "../../model/sizes.ts";
import type { Catalogue } from "../../pricing/catalogue.ts";
import type { GuardConfig, SlotConfig } from "../../runtime/guard/config.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { guardAsKnown } from "../guard/stack.ts";

/** A stack's cluster as its settings have it, under the names that AWS knows. */
export interface ClusterStack {
  readonly settings: Settings;
  readonly cluster: ClusterSettings;
  readonly slots: readonly SlotPlan[];
  readonly config: GuardConfig;
  /** Name of the guard's table. */
  readonly table: string;
}

/**
 * @param account number, as the credentials have it
 * @throws GroundError (exit code 2) for a stack that has no cluster or no guard; UnpricedError for a missing price.
 */
export function clusterOf(settings: StackSettings, account: string, catalogue: Catalogue): ClusterStack {
  if (!settings.hosts) throw unusable("it only governs repositories, and has no hosts");
  const { cluster } = settings;
  if (cluster === undefined) throw unusable("it has no cluster: add proving-ground:cluster");
  const why = whyUnguarded(settings);
  if (why !== undefined) throw unusable(`it has no guard, and nobody would end a lease: ${why}`);
  const { config, name: table } = guardAsKnown(settings, account, catalogue);
  return { settings, cluster, slots: slotsOf(settings), config, table };
}

/**
 * The slots of a size, or all of them.
 *
 * @throws GroundError (exit code 2) for a size that the stack has not enough slots for.
 */
export function slotsToStart(
  { slots, cluster }: ClusterStack,
  size: SizeName | undefined,
): readonly SlotPlan[] {
  const own = cluster.size;
  if (size !== undefined && SIZE_NAMES.indexOf(size) > SIZE_NAMES.indexOf(own))
    throw new GroundError(
      `--size ${size} is larger than the stack's cluster, which is ${own}.\nAllowed: ${SIZE_NAMES.slice(0, SIZE_NAMES.indexOf(own) + 1).join(", ")}. For more, raise cluster.size in the stack file and run pulumi up.`,
      EXIT.badConfiguration,
    );
  const chosen = slotsOfSize(slots, size, own);
  if (chosen.length > 0) return chosen;
  throw new GroundError("The stack's cluster has no slots of that size.", EXIT.badConfiguration);
}

/** @throws RangeError for a slot that is not the stack's */
export function slotConfig({ config }: Pick<ClusterStack, "config">, name: string): SlotConfig {
  const slot = config.slots.find((one) => one.name === name);
  if (slot === undefined) throw new RangeError(`no such slot: ${name}`);
  return slot;
}

function unusable(why: string): GroundError {
  return new GroundError(`\`ground cluster\` cannot work with this stack: ${why}.`, EXIT.badConfiguration);
}
