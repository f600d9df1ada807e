import { guardConfig } from "../../infra/guard-config.ts";
import { physicalName } from "../../infra/lib/names.ts";
import { whyUnguarded } from "../../infra/settings/guard.ts";
import type { Settings, StackSettings } from "../../infra/settings/schema.ts";
import { FORMER_NAMES } from "../../model/former-names.ts";
import { GUARD_ALARMS, type GuardAlarm } from "../../model/guard.ts";
import type { Catalogue } from "../../pricing/catalogue.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

/** A stack's guard as its settings have it, under the names that AWS knows. */
export interface GuardedStack {
  readonly settings: Settings;
  readonly config: GuardConfig;
  /** Name of the guard's table, function, role, schedule and topic alike. */
  readonly name: string;
  readonly alarms: ReadonlyMap<GuardAlarm, string>;
}

/**
 * @param account number, as the credentials have it
 * @throws GroundError (exit code 2) for a stack without a guard; UnpricedError for a missing price.
 */
export function guardedStackOf(settings: StackSettings, account: string, catalogue: Catalogue): GuardedStack {
  if (!settings.hosts) throw unguarded("it only governs repositories, and has no hosts");
  const why = whyUnguarded(settings);
  if (why !== undefined) throw unguarded(why);
  const { config, name } = guardAsKnown(settings, account, catalogue);
  return {
    settings,
    config,
    name,
    alarms: new Map(GUARD_ALARMS.map((alarm) => [alarm, `${name}-${alarm}`])),
  };
}

/**
 * A guard's configuration and name without a question to AWS. Ids that only AWS knows, of the network and the
 * orchestrator, are left empty: what runs is told by the guard's own account of it.
 *
 * @throws RangeError for settings without a guard; UnpricedError for a missing price.
 */
export function guardAsKnown(
  settings: Settings,
  account: string,
  catalogue: Catalogue,
): Pick<GuardedStack, "config" | "name"> {
  return {
    config: guardConfig(settings, catalogue, FORMER_NAMES)({ account, vpcId: "", orchestratorId: "" }),
    name: physicalName({ environment: settings.environment, formerNames: FORMER_NAMES }, "guard"),
  };
}

function unguarded(why: string): GroundError {
  return new GroundError(`This stack has no money guard: ${why}.`, EXIT.badConfiguration);
}
