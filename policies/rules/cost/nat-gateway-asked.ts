import { z } from "zod";
import { resourceRule } from "../../rule.ts";

/** In private mode the network makes one, and `network.mode: private` is where it was asked for. */
const NETWORK = "proving-ground:infra:Network";

export const natGatewayAsked = resourceRule({
  name: "nat-gateway-asked",
  level: "mandatory",
  why: "A NAT gateway costs by the hour and by the gigabyte, used or not: about 33 USD a month each before traffic.",
  fix: "use VPC endpoints, the project's network with network.mode: private, or parameters.nat-gateway-asked.allowed: true",
  parameters: z.strictObject({
    allowed: z
      .boolean()
      .default(false)
      .describe("Allow NAT gateways outside the project's network component."),
  }),
  *checkResource({ type, parent }, { parameters }) {
    if (type !== "aws:ec2/natGateway:NatGateway" || parameters.allowed || typeOf(parent) === NETWORK) return;
    yield "is a NAT gateway that nobody asked for";
  },
});

function typeOf(urn: string | undefined): string | undefined {
  return urn?.split("::")[2]?.split("$").at(-1);
}
