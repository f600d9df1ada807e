import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../infra/settings/parse.ts";
import { slotsOf } from "../../infra/settings/slots.ts";
import { CLUSTER_ROLES, ROLE_SETTINGS_KEYS } from "../../model/roles.ts";
import { SIZE_NAMES, SIZES } from "../../model/sizes.ts";
import { withHosts } from "../support/components.ts";

function slotsWith(cluster: unknown) {
  const document = {
    owner: "claudefs",
    zones: ["usw2-az2", "usw2-az3", "usw2-az4"],
    budget: { unbudgeted: true, reason: "runs in a prepaid account" },
    ...(cluster === undefined ? {} : { cluster }),
  };
  return slotsOf(withHosts(parseSettings(document, { stack: "dev", source: "test" })));
}

describe("slots of a cluster", () => {
  it("are none without a cluster", () => {
    assert.deepEqual(slotsWith(undefined), []);
  });

  it("are those of ClaudeFS for the size large", () => {
    assert.deepEqual(
      slotsWith({ size: "large" }).map(({ name, instanceTypes }) => `${name} ${instanceTypes.join(",")}`),
      [
        ...[1, 2, 3, 4, 5].map((ordinal) => `storage-${String(ordinal)} i4i.2xlarge`),
        "fuse-client-1 c7a.xlarge",
        "nfs-smb-client-1 c7a.xlarge",
        "conduit-1 t3.medium",
        "jepsen-1 c7a.xlarge",
      ],
    );
  });

  it("take count, types and zones from the role's overrides, zones in the network's order", () => {
    const roles = {
      storage: { count: 2, instanceTypes: ["i3en.large", "i4i.large"], zones: ["usw2-az4", "usw2-az2"] },
      fuseClient: { count: 0 },
    };
    assert.deepEqual(slotsWith({ size: "small", roles }), [
      {
        role: "storage",
        ordinal: 1,
        name: "storage-1",
        instanceTypes: ["i3en.large", "i4i.large"],
        zones: ["usw2-az2", "usw2-az4"],
      },
      {
        role: "storage",
        ordinal: 2,
        name: "storage-2",
        instanceTypes: ["i3en.large", "i4i.large"],
        zones: ["usw2-az2", "usw2-az4"],
      },
    ]);
  });

  it("have names of their own, and as many as each role's count says", () => {
    const counts = fc.record(
      Object.fromEntries(
        CLUSTER_ROLES.map((role) => [
          ROLE_SETTINGS_KEYS[role],
          fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
        ]),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...SIZE_NAMES), counts, (size, given) => {
        const roles = Object.fromEntries(
          Object.entries(given).flatMap(([key, count]) => (count === undefined ? [] : [[key, { count }]])),
        );
        const slots = slotsWith({ size, roles });
        assert.equal(new Set(slots.map(({ name }) => name)).size, slots.length);
        for (const role of CLUSTER_ROLES) {
          const key = ROLE_SETTINGS_KEYS[role];
          const ordinals = slots.filter((slot) => slot.role === role).map(({ ordinal }) => ordinal);
          const count = given[key] ?? SIZES[size][key].count;
          assert.deepEqual(
            ordinals,
            Array.from({ length: count }, (_, index) => index + 1),
          );
        }
      }),
    );
  });
});
