import { z } from "zod";
import { isUnknown } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { stackRule } from "../../rule.ts";
import { countOf, hostsOf, hostTag } from "./hosts.ts";

const count = z.int().min(1);

export const roleCount = stackRule({
  name: "role-count",
  level: "mandatory",
  why: "A zero too many in a count is a hundred hosts, each cheap enough to pass for itself.",
  fix: "lower the count, or raise parameters.role-count.perRole and total",
  parameters: z.strictObject({
    perRole: count.default(50).describe("Hosts of one role that may run at once."),
    total: count.default(100).describe("Hosts that may run at once."),
  }),
  *checkStack(resources, { parameters: { perRole, total } }) {
    const counts = new Map<string, number>();
    for (const host of hostsOf(resources)) {
      const hosts = countOf(host, resources);
      if (hosts === undefined) {
        yield { urn: host.urn, message: "how many hosts may run is unknown before deployment" };
        continue;
      }
      const role = hostTag(host, TAGS.role);
      const title = typeof role === "string" && !isUnknown(role) ? role : "hosts without a known role";
      counts.set(title, (counts.get(title) ?? 0) + hosts);
    }
    for (const [role, hosts] of counts) {
      if (hosts > perRole)
        yield {
          message: `${role}: ${String(hosts)} may run at once, at most ${String(perRole)} are allowed`,
        };
    }
    const all = [...counts.values()].reduce((sum, hosts) => sum + hosts, 0);
    if (all > total)
      yield { message: `${String(all)} hosts may run at once, at most ${String(total)} are allowed` };
  },
});
