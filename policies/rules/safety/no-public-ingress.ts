import { z } from "zod";
import { isUnknown } from "../../../model/resource.ts";
import { isAnywhere, openingsOf, portsOf, type Opening } from "../../openings.ts";
import { resourceRule } from "../../rule.ts";

/** First ephemeral port: a network ACL must let answers in from everywhere. */
const EPHEMERAL = 1024;

export const noPublicIngress = resourceRule({
  name: "no-public-ingress",
  level: "mandatory",
  why: "A port open to everybody is found by scanners within minutes, and test servers are rarely hardened against them.",
  fix: "name the security group or the network that must reach the port",
  outside: ["CKV_AWS_260", "CKV_AWS_277", "CIS AWS 5.3", "CIS AWS 5.4", "Security Hub EC2.18"],
  parameters: z.strictObject({
    /** Ports that may be open to everybody. */
    allowedPorts: z.array(z.int().min(0).max(65_535)).default([]),
  }),
  *checkResource(resource, { parameters }) {
    for (const opening of openingsOf(resource, "ingress")) {
      if (isAllowed(opening, parameters.allowedPorts)) continue;
      if (isUnknown(opening.block))
        yield `${portsOf(opening)} is open to an address block unknown before deployment`;
      else if (isAnywhere(opening.block)) yield `${portsOf(opening)} is open to ${opening.block}`;
    }
  },
});

function isAllowed({ protocol, from, to, stateless }: Opening, allowed: readonly number[]): boolean {
  if (stateless && protocol !== "-1" && from >= EPHEMERAL) return true;
  // As many allowed ports as the range has: each port of it is allowed.
  return new Set(allowed.filter((port) => port >= from && port <= to)).size === to - from + 1;
}
