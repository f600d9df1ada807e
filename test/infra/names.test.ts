import assert from "node:assert/strict";
import { physicalName } from "../../infra/lib/names.ts";
import { NAME_PATTERN } from "../../infra/settings/fields.ts";
import { slotsOf } from "../../infra/settings/slots.ts";
import { CLUSTER_ROLES, ROLE_SETTINGS_KEYS, slotName } from "../../model/roles.ts";
import { settings } from "../support/components.ts";

/** Limits of AWS on names that this project gives, characters. */
const IAM_ROLE_LIMIT = 64;
const DNS_LABEL_LIMIT = 63;

/** As long as settings allow, and refused with one letter more. */
const LONGEST_ENVIRONMENT = "e".repeat(21);

describe("physical names", () => {
  it("know the longest environment that settings allow", () => {
    assert.match(LONGEST_ENVIRONMENT, NAME_PATTERN);
    assert.doesNotMatch(`${LONGEST_ENVIRONMENT}e`, NAME_PATTERN);
  });

  it("of slots stay within the limits of IAM and DNS for the longest environment and the most slots", () => {
    const mostSlots = 500;
    for (const role of CLUSTER_ROLES) {
      const key = ROLE_SETTINGS_KEYS[role];
      const roles = { [key]: { count: mostSlots } };
      const slots = slotsOf(
        settings({ environment: LONGEST_ENVIRONMENT, cluster: { size: "small", roles } }),
      );
      const longest = slotName(role, mostSlots);
      assert.ok(slots.some(({ name }) => name === longest));
      const name = physicalName({ environment: LONGEST_ENVIRONMENT }, longest);
      assert.ok(name.length <= IAM_ROLE_LIMIT, `${name} has ${String(name.length)} characters`);
      assert.ok(longest.length <= DNS_LABEL_LIMIT && LONGEST_ENVIRONMENT.length <= DNS_LABEL_LIMIT);
      assert.throws(() =>
        settings({ cluster: { size: "small", roles: { [key]: { count: mostSlots + 1 } } } }),
      );
    }
  });

  it("of everything else stay within them too", () => {
    for (const thing of ["orchestrator", "flow-logs", "alarms", "model-api", "artifacts", "key", "day"]) {
      assert.ok(physicalName({ environment: LONGEST_ENVIRONMENT }, thing).length <= IAM_ROLE_LIMIT, thing);
    }
  });
});
