import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";

/**
 * Roles by which AWS itself starts spot hosts. AWS makes each at the first use by somebody who may make it.
 * Sources: Amazon EC2 User Guide, "Service-linked role for Spot Instance requests"; Amazon EC2 Auto Scaling User Guide,
 * "Service-linked roles".
 */
const ROLES = [
  { name: "AWSServiceRoleForEC2Spot", service: "spot.amazonaws.com" },
  { name: "AWSServiceRoleForAutoScaling", service: "autoscaling.amazonaws.com" },
] as const;

/** Whether the roles that a cluster on spot needs are there already. */
export function serviceRolesCheck(account: AwsAccount): Check {
  return {
    id: "aws.service-roles",
    title: "Service-linked roles",
    side: "aws",
    rights: "iam:GetRole",
    async look() {
      await account.ready();
      const { IAMClient, GetRoleCommand, NoSuchEntityException } = await import("@aws-sdk/client-iam");
      const client = new IAMClient({ ...account.client, region: account.region });
      const missing = await Promise.all(
        ROLES.map(async (role) => {
          try {
            await client.send(new GetRoleCommand({ RoleName: role.name }));
            return [];
          } catch (error) {
            if (error instanceof NoSuchEntityException) return [role];
            throw error;
          }
        }),
      );
      return serviceRolesFinding(missing.flat());
    },
  };
}

export function serviceRolesFinding(missing: readonly (typeof ROLES)[number][]): Finding {
  if (missing.length === 0) return { status: "ok", found: ROLES.map(({ name }) => name).join(", ") };
  return {
    status: "warning",
    found: `not there yet: ${missing.map(({ name }) => name).join(", ")}; the first \`up\` or launch makes them only with iam:CreateServiceLinkedRole`,
    fix: `Once per account: ${missing.map(({ service }) => `aws iam create-service-linked-role --aws-service-name ${service}`).join("; ")}`,
  };
}
