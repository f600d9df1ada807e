/** What each command asks AWS for, said where AWS refuses; docs/rights.md has them by what they are for. */

const LOOKING = [
  "autoscaling:DescribeAutoScalingGroups and DescribeScalingActivities; ec2:DescribeInstances",
  "dynamodb:GetItem and Query on the guard's table",
  "ssm:GetParameters on the slots' status",
];
const PRICING = "ec2:DescribeSpotPriceHistory";
const PROMISES = "autoscaling:DescribeScheduledActions";
const LEASES = "dynamodb:PutItem, UpdateItem, DeleteItem and ConditionCheckItem on the guard's table";
const GROUPS = "autoscaling:SetDesiredCapacity and UpdateAutoScalingGroup on the environment's groups";
const QUOTAS =
  "servicequotas:GetServiceQuota, GetAWSDefaultServiceQuota and ListRequestedServiceQuotaChangeHistoryByQuota; ec2:DescribeInstanceTypes";

export const RIGHTS = {
  start: said(...LOOKING, PRICING, QUOTAS, PROMISES, LEASES, GROUPS),
  status: said(...LOOKING, PRICING),
  extend: said(...LOOKING, PRICING, PROMISES, LEASES),
  stop: said(...LOOKING, LEASES, GROUPS),
  ssh: said(...LOOKING, "ssm:StartSession and TerminateSession on the environment's hosts"),
} as const;

function said(...rights: readonly string[]): string {
  return rights.join("; ");
}
