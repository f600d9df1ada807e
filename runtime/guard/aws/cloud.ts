import type { GuardConfig } from "../config.ts";
import type { Clock, Cloud } from "../ports.ts";
import { autoScalingCalls } from "./auto-scaling.ts";
import type { Clients } from "./clients.ts";
import { ec2Calls } from "./ec2.ts";
import { modelRights } from "./model-rights.ts";
import { modelUsage } from "./model-usage.ts";

/** EC2, Auto Scaling, CloudWatch and IAM as the guard sees them. */
export function awsCloud(
  clients: Pick<Clients, "autoScaling" | "iam" | "ec2" | "cloudWatch">,
  config: Pick<GuardConfig, "environment" | "regions" | "slots">,
  clock: Pick<Clock, "now">,
): Cloud {
  return {
    ...ec2Calls(clients.ec2, config, clock),
    ...autoScalingCalls(clients.autoScaling),
    ...modelRights(clients.iam),
    modelUsage: (days) => modelUsage(clients.cloudWatch, config.regions, days),
  };
}
