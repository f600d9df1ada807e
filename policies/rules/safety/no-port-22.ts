import { isUnknown } from "../../../model/resource.ts";
import {
  firewallOf,
  isAnywhere,
  isComputed,
  isWide,
  openingsOf,
  portsOf,
  type Opening,
} from "../../openings.ts";
import { openingsToLists } from "../../prefix-lists.ts";
import { stackRule, type Finding } from "../../rule.ts";

const REMOTE_LOGIN = [22, 3389] as const;

export const noPort22 = stackRule({
  name: "no-port-22",
  level: "mandatory",
  why: "A login open to everybody is attacked by guessed passwords and leaked keys from its first minute.",
  fix: "remove it and log in through Session Manager, which needs no open port",
  outside: [
    "CKV_AWS_24",
    "CKV_AWS_25",
    "CKV_AWS_231",
    "CKV_AWS_232",
    "CIS AWS 5.2",
    "Security Hub EC2.13",
    "Security Hub EC2.14",
  ],
  *checkStack(resources) {
    const firewalls = new Map<string, Login[]>();
    for (const resource of resources) {
      // The list inside a resource is judged by no-public-ingress before AWS computes what was not given.
      const direct = isComputed(resource, "ingress") ? [] : openingsOf(resource, "ingress");
      const ofList = openingsToLists(resources, resource, "ingress");
      for (const opening of [...direct, ...ofList]) {
        const ports = REMOTE_LOGIN.filter((port) => reaches(opening, port));
        if (ports.length === 0) continue;
        const { block } = opening;
        const { urn } = resource;
        if (isUnknown(block) || isAnywhere(block)) {
          const unknown = ofList.includes(opening) ? "a prefix list" : "an address block";
          const everybody = isUnknown(block) ? `${unknown} unknown before deployment` : block;
          yield {
            urn,
            message: `${portsOf(opening)}, with port ${ports.join(" and ")}, is open to ${everybody}`,
          };
        } else {
          const firewall = firewallOf(resource);
          const logins = firewalls.get(firewall);
          if (logins === undefined) firewalls.set(firewall, [{ urn, block, ports }]);
          else logins.push({ urn, block, ports });
        }
      }
    }
    for (const logins of firewalls.values()) yield* together(logins);
  },
});

interface Login {
  readonly urn: string;
  readonly block: string;
  readonly ports: readonly number[];
}

/** Blocks of one firewall that mean everybody only together. The first resource by URN answers for them. */
function* together(logins: readonly Login[]): Iterable<Finding> {
  for (const port of REMOTE_LOGIN) {
    const open = logins.filter(({ ports }) => ports.includes(port));
    const blocks = [...new Set(open.map(({ block }) => block))];
    const [urn] = open.map((login) => login.urn).sort();
    if (urn !== undefined && isWide(blocks))
      yield {
        urn,
        message: `port ${String(port)} is open to ${String(blocks.length)} address blocks that together are wider than a /8`,
      };
  }
}

function reaches({ protocol, from, to }: Opening, port: number): boolean {
  // Both TCP and UDP carry remote desktop.
  return ["-1", "tcp", "udp"].includes(protocol) && from <= port && port <= to;
}
