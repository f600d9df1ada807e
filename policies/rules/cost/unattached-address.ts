import type { ResourceRecord } from "../../../model/resource.ts";
import { dependencies } from "../../../pricing/resource-index.ts";
import { stackRule } from "../../rule.ts";

/** Inputs by which another resource takes an address. */
const TAKERS = ["allocationId", "publicIp", "secondaryAllocationIds", "subnetMappings"];

export const unattachedAddress = stackRule({
  name: "unattached-address",
  level: "mandatory",
  why: "An Elastic IP address that nothing uses costs 0.005 USD an hour for nothing, 3.65 USD a month.",
  fix: "attach it to an instance, a network interface, a NAT gateway or a load balancer, or remove it",
  outside: [
    "AWS Security Hub EC2.12",
    "CKV2_AWS_19",
    "AWS Trusted Advisor: unassociated Elastic IP addresses",
  ],
  *checkStack(resources) {
    const taken = new Set(
      resources
        .filter(({ type }) => type.startsWith("aws:"))
        .flatMap((resource) => TAKERS.flatMap((input) => dependencies(resource, input))),
    );
    for (const address of resources) {
      if (address.type === "aws:ec2/eip:Eip" && !isAttached(address) && !taken.has(address.urn))
        yield { urn: address.urn, message: "is an address that nothing uses" };
    }
  },
});

/** An instance whose id is not known yet is an instance all the same. */
function isAttached({ inputs }: ResourceRecord): boolean {
  return inputs["instance"] !== undefined || inputs["networkInterface"] !== undefined;
}
