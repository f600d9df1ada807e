import type { Statement } from "../../lib/iam.ts";
import { environmentPrefix, hostBoundaryArn } from "../names.ts";
import { iam, type Reach } from "./reach.ts";

/** Services whose programs run under the roles that the main program makes. */
const TAKEN_BY = [
  "ec2.amazonaws.com",
  "lambda.amazonaws.com",
  "scheduler.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
] as const;

/** Services that keep a role of their own in every account; the first stack of an account makes it. */
const SERVICE_LINKED = ["autoscaling.amazonaws.com", "spot.amazonaws.com"] as const;

/** Roles of hosts and of the guard: only with the environment's boundary, only under its names, handed only to services in use. */
export function deployIdentity(reach: Reach): Statement[] {
  const prefix = environmentPrefix(reach.environment);
  const roles = [iam(reach, `role/${prefix}*`)];
  const hostBoundary = hostBoundaryArn(reach.account, reach.environment);
  return [
    {
      sid: "MakeLimitedRoles",
      actions: ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
      resources: roles,
      conditions: { StringEquals: { "iam:PermissionsBoundary": hostBoundary } },
    },
    {
      sid: "LimitExistingRoles",
      // A role from before the boundary gets it, and nothing else can be laid on any.
      actions: ["iam:PutRolePermissionsBoundary"],
      resources: roles,
      conditions: { StringEquals: { "iam:PermissionsBoundary": hostBoundary } },
    },
    {
      sid: "ManageRoles",
      actions: [
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      resources: roles,
    },
    {
      sid: "ManageProfiles",
      actions: [
        "iam:AddRoleToInstanceProfile",
        "iam:CreateInstanceProfile",
        "iam:DeleteInstanceProfile",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile",
        "iam:UntagInstanceProfile",
      ],
      resources: [iam(reach, `instance-profile/${prefix}*`)],
    },
    {
      sid: "HandRolesOver",
      actions: ["iam:PassRole"],
      resources: roles,
      conditions: { StringEquals: { "iam:PassedToService": TAKEN_BY } },
    },
    {
      sid: "FirstUseOfServices",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [iam(reach, "role/aws-service-role/*")],
      conditions: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    },
  ];
}
