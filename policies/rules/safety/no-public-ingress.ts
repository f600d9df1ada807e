import { z } from "zod";
import { listOf, tableOf, textOf } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { isAnywhere, isWide, openingsOf, portsOf, type Opening } from "../../openings.ts";
import { PREFIX_LIST, PREFIX_LIST_ENTRY } from "../../prefix-lists.ts";
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
    const narrow = new Map<string, Set<string>>();
    for (const opening of openingsOf(resource, "ingress")) {
      if (isAllowed(opening, parameters.allowedPorts)) continue;
      if (isUnknown(opening.block))
        yield `${portsOf(opening)} is open to an address block unknown before deployment`;
      else if (isAnywhere(opening.block)) yield `${portsOf(opening)} is open to ${opening.block}`;
      else narrow.set(portsOf(opening), (narrow.get(portsOf(opening)) ?? new Set()).add(opening.block));
    }
    for (const [ports, blocks] of narrow)
      if (isWide([...blocks]))
        yield `${ports} is open to ${String(blocks.size)} address blocks that together are wider than a /8`;
    // A rule that names the list shows nothing of it.
    if (isWide(listedIn(resource))) yield "the prefix list holds everybody";
  },
});

function listedIn({ type, inputs }: ResourceRecord): string[] {
  const entries =
    type === PREFIX_LIST ? listOf(inputs["entries"]) : type === PREFIX_LIST_ENTRY ? [inputs] : [];
  return entries.flatMap((entry) => textOf(tableOf(entry)["cidr"]) ?? []);
}

function isAllowed({ protocol, from, to, stateless }: Opening, allowed: readonly number[]): boolean {
  if (stateless && protocol !== "-1" && from >= EPHEMERAL) return true;
  // As many allowed ports as the range has: each port of it is allowed.
  return new Set(allowed.filter((port) => port >= from && port <= to)).size === to - from + 1;
}
