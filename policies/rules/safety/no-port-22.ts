import { isUnknown } from "../../../model/resource.ts";
import { isAnywhere, openingsOf, portsOf, type Opening } from "../../openings.ts";
import { resourceRule } from "../../rule.ts";

const REMOTE_LOGIN = [22, 3389] as const;

export const noPort22 = resourceRule({
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
  *checkResource(resource) {
    for (const opening of openingsOf(resource, "ingress")) {
      const ports = REMOTE_LOGIN.filter((port) => reaches(opening, port));
      if (ports.length === 0 || !(isUnknown(opening.block) || isAnywhere(opening.block))) continue;
      const everybody = isUnknown(opening.block)
        ? "an address block unknown before deployment"
        : opening.block;
      yield `${portsOf(opening)}, with port ${ports.join(" and ")}, is open to ${everybody}`;
    }
  },
});

function reaches({ protocol, from, to }: Opening, port: number): boolean {
  // 6 and 17 are the numbers of TCP and UDP; both carry remote desktop.
  return ["-1", "tcp", "6", "udp", "17"].includes(protocol) && from <= port && port <= to;
}
