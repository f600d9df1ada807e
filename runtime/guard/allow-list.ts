import { isAlive } from "./billable.ts";
import { classifier } from "./classify.ts";
import type { GuardConfig } from "./config.ts";
import type { ObservedInstance } from "./observations.ts";

/** Groups that hold a host of the allow-list, by whatever mistake: setting them to 0 would stop it (FM-08). */
export function groupsOfPersistent(
  instances: readonly ObservedInstance[],
  config: GuardConfig,
): ReadonlySet<string> {
  const classify = classifier(config);
  return new Set(
    instances.flatMap((instance) =>
      instance.group !== undefined && isAlive(instance.state) && classify(instance).kind === "persistent"
        ? [instance.group]
        : [],
    ),
  );
}
