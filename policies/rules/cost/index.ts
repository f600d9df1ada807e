import type { Rule } from "../../rule.ts";
import { clusterOnSpot } from "./cluster-on-spot.ts";
import { dailyCost } from "./daily-cost.ts";
import { instanceTypesPriced } from "./instance-types-priced.ts";
import { worstCaseCost } from "./worst-case-cost.ts";
import { allowedInstanceTypes } from "./allowed-instance-types.ts";
import { bucketLifecycle } from "./bucket-lifecycle.ts";
import { budgetWithAlarms } from "./budget-with-alarms.ts";
import { dearestNode } from "./dearest-node.ts";
import { greatestLoss } from "./greatest-loss.ts";
import { logRetention } from "./log-retention.ts";
import { natGatewayAsked } from "./nat-gateway-asked.ts";
import { roleCount } from "./role-count.ts";
import { scheduleOrLease } from "./schedule-or-lease.ts";
import { unattachedAddress } from "./unattached-address.ts";
import { unbudgetedHosts } from "./unbudgeted-hosts.ts";
import { volumeSize } from "./volume-size.ts";
import { volumesGp3 } from "./volumes-gp3.ts";
import { waiversNeeded } from "./waivers-needed.ts";
import { waiversSound } from "./waivers-sound.ts";

/** Rules against losing money, in the order reports show them: sums, hosts, leftovers, then the waivers themselves. */
export const COST_RULES: readonly Rule[] = [
  dailyCost,
  worstCaseCost,
  greatestLoss,
  budgetWithAlarms,
  unbudgetedHosts,
  instanceTypesPriced,
  allowedInstanceTypes,
  dearestNode,
  roleCount,
  clusterOnSpot,
  scheduleOrLease,
  natGatewayAsked,
  unattachedAddress,
  volumesGp3,
  volumeSize,
  bucketLifecycle,
  logRetention,
  waiversSound,
  waiversNeeded,
];
