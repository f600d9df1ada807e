import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FLOWS } from "../../model/ports.ts";
import { ROLE_TITLES, type Role } from "../../model/roles.ts";
import { componentType, type Scope } from "../lib/names.ts";
import { hostTags, tagsFor } from "../lib/tags.ts";

export interface SecurityGroupsArgs {
  readonly scope: Scope;
  readonly vpcId: pulumi.Input<string>;
  /** Roles that have at least one host. */
  readonly roles: readonly Role[];
}

/**
 * One security group per role with only the ports the roles need of each other (model/ports.ts).
 * Outward, hosts may open HTTPS alone: AWS's interfaces, package mirrors and GitHub. DNS and time come
 * from the VPC's own resolver and clock, which no security group filters.
 */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly ids: ReadonlyMap<Role, pulumi.Output<string>>;

  constructor(
    name: string,
    { scope, vpcId, roles }: SecurityGroupsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(componentType("SecurityGroups"), name, {}, opts);
    const parent = { parent: this };

    this.ids = new Map(
      roles.map((role) => {
        const group = new aws.ec2.SecurityGroup(
          `${name}-${role}`,
          {
            vpcId,
            description: `proving-ground ${scope.environment}: ${ROLE_TITLES[role]}`,
            tags: tagsFor(scope, role, hostTags(role, role === "orchestrator" ? "persistent" : "on-demand")),
          },
          parent,
        );
        new aws.vpc.SecurityGroupEgressRule(
          `${name}-${role}-https`,
          {
            securityGroupId: group.id,
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: "0.0.0.0/0",
            description: "HTTPS to AWS, package mirrors and GitHub",
            tags: tagsFor(scope, `${role}-https`),
          },
          parent,
        );
        return [role, group.id] as const;
      }),
    );
    this.createFlows(name, scope);
    this.registerOutputs({});
  }

  private createFlows(name: string, scope: Scope): void {
    for (const { from, to, protocol, port, purpose } of FLOWS) {
      const source = this.ids.get(from);
      const target = this.ids.get(to);
      if (source === undefined || target === undefined) continue;
      const rule = { ipProtocol: protocol, fromPort: port, toPort: port, description: purpose };
      const flow = `${name}-${from}-to-${to}-${String(port)}`;
      new aws.vpc.SecurityGroupIngressRule(
        `${flow}-in`,
        {
          ...rule,
          securityGroupId: target,
          referencedSecurityGroupId: source,
          tags: tagsFor(scope, `${flow}-in`),
        },
        { parent: this },
      );
      new aws.vpc.SecurityGroupEgressRule(
        `${flow}-out`,
        {
          ...rule,
          securityGroupId: source,
          referencedSecurityGroupId: target,
          tags: tagsFor(scope, `${flow}-out`),
        },
        { parent: this },
      );
    }
  }
}
