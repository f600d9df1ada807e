import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { launchFailure, reasonOf, type Activity } from "../../cli/cluster/activity.ts";
import {
  LONGEST_BOOT_MS,
  SLOT_STATES,
  viewOf,
  type SlotEvidence,
  type SlotState,
} from "../../cli/cluster/slot-state.ts";
import { statusExitCode } from "../../cli/cluster/status.ts";
import { INSTANCE_STATES, type ObservedInstance } from "../../runtime/guard/observations.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import type { SlotStatus } from "../../runtime/host/report.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const GROUP = "proving-ground-dev-storage-1";

function host(change: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    id: "i-1",
    region: "us-west-2",
    zone: "usw2-az2",
    type: "i4i.2xlarge",
    market: "spot",
    state: "running",
    launchedAt: NOW - 3 * MINUTE,
    tags: {},
    group: GROUP,
    ...change,
  };
}

function said(change: Partial<SlotStatus> = {}): SlotStatus {
  return {
    state: "booting",
    step: "raid",
    reason: null,
    instanceId: "i-1",
    launchedAt: null,
    incarnation: null,
    data: null,
    at: "2026-11-21T11:58:00Z",
    ...change,
  };
}

function activity(change: Partial<Activity> = {}): Activity {
  return {
    group: GROUP,
    description: "Launching a new EC2 instance.  Status Reason: x",
    status: "Failed",
    message: "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity.",
    at: NOW - MINUTE,
    ...change,
  };
}

function evidence(change: Partial<SlotEvidence> = {}): SlotEvidence {
  return {
    slot: "storage-1",
    groupName: GROUP,
    group: { name: GROUP, desired: 1, suspended: ["AZRebalance"] },
    hosts: [],
    status: undefined,
    activities: [],
    since: NOW - HOUR,
    now: NOW,
    ...change,
  };
}

const closed = { name: GROUP, desired: 0, suspended: ["AZRebalance", "Launch", "ScheduledActions"] };
const resting = { name: GROUP, desired: 0, suspended: ["AZRebalance"] };

describe("state of a slot", () => {
  const cases: readonly (readonly [SlotState, Partial<SlotEvidence>, RegExp])[] = [
    ["at rest", { group: resting }, /^$/],
    ["latched", { group: closed }, /Launch, ScheduledActions/],
    ["requested", {}, /AWS was asked/],
    ["no host", { activities: [activity()] }, /no capacity .*last tried 1m ago/],
    ["starting", { hosts: [host({ state: "pending" })] }, /has not said/],
    ["booting", { hosts: [host()], status: said() }, /^at step raid$/],
    ["ready", { hosts: [host()], status: said({ state: "ready", step: "dns" }) }, /^$/],
    [
      "failed",
      { hosts: [host()], status: said({ state: "failed", reason: "no NVMe" }) },
      /^step raid: no NVMe$/,
    ],
    ["silent", { hosts: [host({ launchedAt: NOW - LONGEST_BOOT_MS - 1 })] }, /not ready after 15m/],
    ["stopping", { group: resting, hosts: [host()] }, /i-1 is running/],
    ["stopping", { hosts: [host({ state: "shutting-down" })] }, /i-1 is shutting-down/],
    ["blocked", { group: { ...closed, desired: 1 } }, /Launch of its group is suspended/],
    ["missing", { group: undefined }, /pulumi up/],
  ];
  for (const [state, change, detail] of cases)
    it(`${state}: ${detail.source}`, () => {
      const view = viewOf(evidence(change));
      assert.equal(view.state, state);
      assert.match(view.detail, detail);
    });

  it("has a case above for every state", () => {
    assert.deepEqual([...new Set(cases.map(([state]) => state))].sort(), [...SLOT_STATES].sort());
  });

  it("is explained in docs/clusters.md, with the exit code of status", () => {
    const doc = readFileSync(new URL("../../docs/clusters.md", import.meta.url), "utf8");
    const rows = [...doc.matchAll(/^\| `([a-z ]+)` +\| .* \| (\d) +\|$/gm)];
    assert.deepEqual(
      rows.map(([, state]) => state),
      [...SLOT_STATES],
    );
    for (const [, state, exitCode] of rows)
      assert.equal(
        statusExitCode({ rows: [{ slot: "a", state: state as SlotState, detail: "" }] }),
        Number(exitCode),
        state,
      );
  });

  it("an earlier host's word makes no later host ready (FM-26)", () => {
    const status = said({ state: "ready", instanceId: "i-0" });
    assert.equal(viewOf(evidence({ hosts: [host()], status })).state, "booting");
  });

  it("of two hosts the one that lives, launched last, serves the slot", () => {
    const old = host({ id: "i-0", state: "shutting-down", launchedAt: NOW - HOUR });
    const view = viewOf(
      evidence({ hosts: [old, host(), host({ id: "i-9", state: "terminated", launchedAt: NOW })] }),
    );
    assert.equal(view.host?.id, "i-1");
  });

  const anyEvidence: fc.Arbitrary<SlotEvidence> = fc.record({
    slot: fc.constant("storage-1"),
    groupName: fc.constant(GROUP),
    group: fc.option(
      fc.record({
        name: fc.constant(GROUP),
        desired: fc.constantFrom(0, 1),
        suspended: fc.subarray(["AZRebalance", "Launch", "ScheduledActions"]),
      }),
      { nil: undefined },
    ),
    hosts: fc.array(
      fc
        .record({
          id: fc.constantFrom("i-1", "i-2"),
          state: fc.constantFrom(...INSTANCE_STATES),
          launchedAt: fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
        })
        .map((change) => host(change)),
      { maxLength: 3 },
    ),
    status: fc.option(
      fc
        .record({
          state: fc.constantFrom("booting", "ready", "failed"),
          instanceId: fc.constantFrom("i-1", "i-2", null),
        })
        .map((change) => said(change)),
      { nil: undefined },
    ),
    activities: fc.array(
      fc
        .record({
          status: fc.constantFrom("Failed", "Successful", "InProgress"),
          at: fc.integer({ min: NOW - HOUR, max: NOW }),
        })
        .map((change) => activity(change)),
      { maxLength: 3 },
    ),
    since: fc.constant(NOW - HOUR),
    now: fc.constant(NOW),
  });

  it("is ready only by the word of the very host that runs and is wanted (FM-22, FM-26)", () => {
    fc.assert(
      fc.property(anyEvidence, (seen) => {
        const { state, host: serving } = viewOf(seen);
        if (state !== "ready") return;
        assert.equal(seen.status?.state, "ready");
        assert.equal(seen.status.instanceId, serving?.id);
        assert.ok((seen.group?.desired ?? 0) > 0);
        assert.ok(serving?.state === "running" || serving?.state === "pending");
      }),
    );
  });

  it("is at rest only where no host is left, so that a stop never ends too early", () => {
    fc.assert(
      fc.property(anyEvidence, (seen) => {
        const { state } = viewOf(seen);
        if (state !== "at rest" && state !== "latched") return;
        assert.ok(seen.hosts.every((one) => one.state === "terminated" || one.state === "stopped"));
        assert.equal(seen.group?.desired, 0);
      }),
    );
  });
});

describe("scaling activities in plain words", () => {
  const messages: readonly (readonly [string, string, RegExp])[] = [
    [
      "Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. Launching EC2 instance failed.",
      "capacity",
      /^AWS has no capacity of its types in its zones now$/,
    ],
    [
      "We currently do not have sufficient i4i.2xlarge capacity in the Availability Zone you requested (us-west-2a). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.",
      "capacity",
      /asked for: i4i\.2xlarge in us-west-2a/,
    ],
    [
      "You have requested more vCPU capacity than your current vCPU limit of 5 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.",
      "quota",
      /ground doctor/,
    ],
    [
      "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.",
      "quota",
      /vCPU quota/,
    ],
    [
      "Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of 0.1 is lower than the minimum required Spot request fulfillment price of 0.2. Launching EC2 instance failed.",
      "price",
      /spot price is above/,
    ],
    ["Client.InternalError: Client error on launch", "key", /key of its volume/],
    [
      "The image id '[ami-0123]' does not exist (InvalidAMIID.NotFound). Launching EC2 instance failed.",
      "template",
      /pulumi up/,
    ],
    [
      "Your requested instance type (i4i.2xlarge) is not supported in your requested Availability Zone (us-west-2d). Launching EC2 instance failed.",
      "place",
      /i4i\.2xlarge in us-west-2d/,
    ],
    [
      "You are not authorized to perform this operation. Launching EC2 instance failed.",
      "rights",
      /service-linked roles/,
    ],
    ["Request limit exceeded. (RequestLimitExceeded)", "throttled", /tries again/],
    [
      "Something AWS has never said before. Second sentence.",
      "other",
      /^Something AWS has never said before\.$/,
    ],
  ];
  for (const [message, kind, text] of messages)
    it(`${kind}: ${message.slice(0, 60)} …`, () => {
      const reason = reasonOf({ message, description: "" });
      assert.equal(reason.kind, kind);
      assert.match(reason.text, text);
    });

  it("only the latest launch of this group since then counts", () => {
    const failed = activity({ at: NOW - 10 * MINUTE });
    const good = activity({ status: "Successful", at: NOW - 5 * MINUTE });
    assert.equal(launchFailure([failed, good], GROUP, NOW - HOUR), undefined);
    assert.equal(launchFailure([good, activity()], GROUP, NOW - HOUR)?.at, NOW - MINUTE);
    assert.equal(launchFailure([activity()], "another", NOW - HOUR), undefined);
    assert.equal(launchFailure([activity()], GROUP, NOW), undefined);
    assert.equal(
      launchFailure([activity({ description: "Terminating EC2 instance: i-1" })], GROUP, NOW - HOUR),
      undefined,
    );
  });

  it("never says more than a line", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (message) => {
        assert.ok(reasonOf({ message, description: "" }).text.length <= 220);
      }),
    );
  });
});
