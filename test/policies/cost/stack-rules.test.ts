import assert from "node:assert/strict";
import { policySettingsSchema } from "../../../model/policy-settings.ts";
import { UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { evaluate } from "../../../policies/evaluate.ts";
import type { Rule } from "../../../policies/rule.ts";
import { bucketLifecycle } from "../../../policies/rules/cost/bucket-lifecycle.ts";
import { budgetWithAlarms } from "../../../policies/rules/cost/budget-with-alarms.ts";
import { dearestNode } from "../../../policies/rules/cost/dearest-node.ts";
import { greatestLoss } from "../../../policies/rules/cost/greatest-loss.ts";
import { roleCount } from "../../../policies/rules/cost/role-count.ts";
import { scheduleOrLease } from "../../../policies/rules/cost/schedule-or-lease.ts";
import { unattachedAddress } from "../../../policies/rules/cost/unattached-address.ts";
import { unbudgetedHosts } from "../../../policies/rules/cost/unbudgeted-hosts.ts";
import { claudefs, provider, record, schedule, slot, urnOf } from "../../pricing/records.ts";

const STACK = "urn:pulumi:test::proving-ground::pulumi:pulumi:Stack::proving-ground-test";
const GROUP = "aws:autoscaling/group:Group";
const BUCKET = "aws:s3/bucket:Bucket";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const EIP = "aws:ec2/eip:Eip";

type Inputs = Readonly<Record<string, unknown>>;

/** What a rule says, without its remedy, after the name of the resource where it names one. */
function said(rule: Rule, resources: readonly ResourceRecord[], parameters: Inputs = {}): string[] {
  const settings = policySettingsSchema.parse({ parameters: { [rule.name]: parameters } });
  return evaluate(resources, STACK, { stack: "dev", settings, today: "2027-01-31" }, [rule]).map(
    ({ urn, message }) => {
      assert.ok(message.endsWith(`; ${rule.fix}`), message);
      const where = urn === STACK ? "" : `${urn.split("::").at(-1) ?? ""}: `;
      return where + message.slice(0, -rule.fix.length - 2);
    },
  );
}

function amounts(inputs: Inputs): ResourceRecord {
  return record("proving-ground:infra:Budget", "budget", inputs);
}

function host(inputs: Inputs): ResourceRecord {
  return record(GROUP, "host", { maxSize: 1, ...inputs });
}

function tagged(tags: Inputs): Inputs {
  return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}

const CLUSTER = claudefs(["usw2-az2"]);

describe("policy greatest-loss", () => {
  it("bounds the burn of 12 hours by what the ceiling leaves above the budget", () => {
    assert.deepEqual(
      said(greatestLoss, [...CLUSTER, amounts({ usdPerDay: 100, worstCaseUsdPerDay: 150 })]),
      [],
    );
    assert.deepEqual(said(greatestLoss, [...CLUSTER, amounts({ usdPerDay: 100, worstCaseUsdPerDay: 149 })]), [
      "everything that can be stopped burns $4.16 an hour, $49.83 in the 12 h until it is stopped; at most $49.00 may be lost",
    ]);
  });

  it("takes hours and dollars as parameters, and 100 dollars without a budget", () => {
    assert.deepEqual(said(greatestLoss, CLUSTER), []);
    assert.equal(said(greatestLoss, CLUSTER, { hours: 25 }).length, 1);
    assert.equal(said(greatestLoss, CLUSTER, { hours: 1, usd: 4 }).length, 1);
    assert.deepEqual(said(greatestLoss, CLUSTER, { hours: 1, usd: 5 }), []);
  });

  const guard = (inputs: Inputs = {}): ResourceRecord =>
    record("proving-ground:infra:Guard", "guard", {
      intervalMinutes: 5,
      timeToActMinutes: 2,
      deadManMinutes: 30,
      ...inputs,
    });

  it("counts minutes in place of hours where a guard stops the cluster, and hosts without a guard themselves", () => {
    // 4.1524… dollars an hour: 0.484… in 7 minutes, 2.214… in 32. A bound is shown rounded up.
    assert.deepEqual(said(greatestLoss, [...CLUSTER, guard()], { usd: 2.22 }), []);
    assert.deepEqual(said(greatestLoss, [...CLUSTER, guard()], { usd: 2.21 }), [
      "everything that can be stopped burns $4.16 an hour, $2.22 in the 32 min until the hosts stop themselves when the guard is gone; at most $2.21 may be lost",
    ]);
    assert.deepEqual(said(greatestLoss, [...CLUSTER, guard({ deadManMinutes: 600 })], { usd: 0.4 }), [
      "everything that can be stopped burns $4.16 an hour, $0.49 in the 7 min until the guard has stopped it; at most $0.40 may be lost",
      "everything that can be stopped burns $4.16 an hour, $41.67 in the 602 min until the hosts stop themselves when the guard is gone; at most $0.40 may be lost",
    ]);
  });

  it("does not rely on a guard whose times are not known, and takes the slowest of several", () => {
    for (const times of [
      { deadManMinutes: "[unknown]" },
      { intervalMinutes: 0 },
      { timeToActMinutes: undefined },
    ])
      assert.match(
        said(greatestLoss, [...CLUSTER, guard(times)], { usd: 40 })[0] ?? "",
        /in the 12 h until it is stopped/,
      );
    const slow = { ...guard({ deadManMinutes: 120 }), urn: urnOf("proving-ground:infra:Guard", "slow") };
    assert.equal(said(greatestLoss, [...CLUSTER, guard(), slow], { usd: 3 }).length, 1);
  });

  it("leaves out what is never stopped", () => {
    const inputs = { instanceType: "c7a.2xlarge", tags: { [TAGS.life]: "persistent" } };
    const keeper = record("aws:ec2/instance:Instance", "keeper", inputs);
    assert.deepEqual(said(greatestLoss, [provider("us-west-2"), keeper], { usd: 0.01 }), []);
    const other = record("aws:ec2/instance:Instance", "other", { ...inputs, tags: {} });
    assert.equal(said(greatestLoss, [provider("us-west-2"), other], { usd: 0.01 }).length, 1);
  });
});

describe("policy dearest-node", () => {
  it("judges each host of a group by its dearest type on demand", () => {
    assert.deepEqual(said(dearestNode, CLUSTER), []);
    const group = [
      provider("us-west-2"),
      ...slot("storage-1", { types: ["i4i.large", "i4i.8xlarge"], maxSize: 3 }),
    ];
    assert.deepEqual(said(dearestNode, group), [
      "storage-1: a host may cost $2.75 an hour on demand, at most $2.00 is allowed",
    ]);
    assert.deepEqual(said(dearestNode, group, { usdPerHour: 2.746 }), []);
  });

  it("takes an unknown type for the dearest there is (FM-48)", () => {
    const group = [provider("us-west-2"), ...slot("storage-1", { types: [UNKNOWN] })];
    assert.equal(said(dearestNode, group).length, 1);
  });
});

describe("policy role-count", () => {
  it("counts hosts by role and in all", () => {
    const groups = [
      host({ maxSize: 50, ...tagged({ [TAGS.role]: "storage" }) }),
      record(GROUP, "jepsen", { maxSize: 50, ...tagged({ [TAGS.role]: "jepsen" }) }),
    ];
    assert.deepEqual(said(roleCount, groups), []);
    assert.deepEqual(said(roleCount, groups, { perRole: 49 }), [
      "storage: 50 may run at once, at most 49 are allowed",
      "jepsen: 50 may run at once, at most 49 are allowed",
    ]);
    assert.deepEqual(said(roleCount, groups, { total: 99 }), [
      "100 hosts may run at once, at most 99 are allowed",
    ]);
  });

  it("refuses a number that is not known (FM-48)", () => {
    assert.deepEqual(said(roleCount, [host({ maxSize: UNKNOWN })]), [
      "host: how many hosts may run is unknown before deployment",
    ]);
  });
});

describe("policies budget-with-alarms and unbudgeted-hosts", () => {
  const alarm = {
    notificationType: "ACTUAL",
    threshold: 100,
    thresholdType: "PERCENTAGE",
    subscriberSnsTopicArns: [UNKNOWN],
  };
  const budget = (inputs: Inputs = {}, changed: Inputs = {}) =>
    record("aws:budgets/budget:Budget", "day", {
      budgetType: "COST",
      timeUnit: "DAILY",
      limitAmount: "10.0",
      notifications: [{ ...alarm, ...changed }],
      ...inputs,
    });

  for (const [what, watch] of [
    ["a daily budget", budget()],
    ["a monthly budget", budget({ timeUnit: "MONTHLY" })],
    ["an alarm at an amount", budget({}, { thresholdType: "ABSOLUTE_VALUE", threshold: 10 })],
    ["a filter by tag", budget({ costFilters: [{ name: "TagKeyValue", values: ["user:team$storage"] }] })],
  ] as const) {
    it(`pass with ${what}`, () => {
      assert.deepEqual(said(budgetWithAlarms, [host({}), watch]), []);
    });
  }

  for (const [what, watch] of [
    ["a budget of usage", budget({ budgetType: "USAGE" })],
    ["a yearly budget", budget({ timeUnit: "ANNUALLY" })],
    [
      "a budget of another service",
      budget({ costFilters: [{ name: "Service", values: ["Amazon Bedrock"] }] }),
    ],
    ["an alarm on a forecast", budget({}, { notificationType: "FORECASTED" })],
    ["an alarm above the limit", budget({}, { threshold: 101 })],
    ["an amount above the limit", budget({}, { thresholdType: "ABSOLUTE_VALUE", threshold: 11 })],
    ["an alarm that nobody hears", budget({}, { subscriberSnsTopicArns: [] })],
    ["an alarm whose hearers are unknown", budget({}, { subscriberSnsTopicArns: UNKNOWN })],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(said(budgetWithAlarms, [host({}), watch]), [
        "1 resource runs hosts, and no budget raises an alarm about them",
      ]);
    });
  }

  it("say nothing where no host can run", () => {
    assert.deepEqual(said(budgetWithAlarms, [host({ maxSize: 0 })]), []);
    assert.equal(said(budgetWithAlarms, [host({ maxSize: UNKNOWN })]).length, 1);
  });

  it("repeat the reason of a stack without a budget as advice", () => {
    const stack = [host({}), amounts({ unbudgeted: "A course of one week." })];
    assert.deepEqual(said(budgetWithAlarms, stack), []);
    assert.deepEqual(said(unbudgetedHosts, stack), ["hosts run without a budget: A course of one week."]);
    assert.deepEqual(said(unbudgetedHosts, [...stack, budget()]), []);
    assert.equal(unbudgetedHosts.level, "advisory");
  });
});

describe("policy schedule-or-lease", () => {
  const life = { [TAGS.life]: "on-demand" };
  const start = schedule("start", "host", { desiredCapacity: 1, recurrence: "0 8 * * *" });
  const stop = schedule("stop", "host", { desiredCapacity: 0, recurrence: "0 16 * * *" });

  it("wants a start and a stop, or fewer hours than a day", () => {
    const group = host(tagged(life));
    const refusal = ["host: no schedule starts and stops it, and its planned hours a day are not set"];
    assert.deepEqual(said(scheduleOrLease, [group]), refusal);
    assert.deepEqual(said(scheduleOrLease, [group, start]), refusal);
    assert.deepEqual(said(scheduleOrLease, [group, stop]), refusal);
    assert.deepEqual(said(scheduleOrLease, [group, start, stop]), []);
    assert.deepEqual(said(scheduleOrLease, [host(tagged({ ...life, [TAGS.hoursPerDay]: "23.5" }))]), []);
    assert.deepEqual(said(scheduleOrLease, [group], { allDay: true }), []);
  });

  it("refuses a whole day, unknown hours and an unknown life", () => {
    for (const [hours, words] of [
      ["24", '"24"'],
      [UNKNOWN, "unknown before deployment"],
    ] as const) {
      const group = host(tagged({ ...life, [TAGS.hoursPerDay]: hours }));
      assert.deepEqual(said(scheduleOrLease, [group]), [
        `host: no schedule starts and stops it, and its planned hours a day are ${words}`,
      ]);
    }
    assert.equal(said(scheduleOrLease, [host({ tags: UNKNOWN })]).length, 1);
  });

  it("leaves persistent groups and those at rest for good alone", () => {
    assert.deepEqual(
      said(scheduleOrLease, [
        host(tagged({ [TAGS.life]: "persistent" })),
        record(GROUP, "off", { maxSize: 0, ...tagged(life) }),
      ]),
      [],
    );
  });
});

describe("policy unattached-address", () => {
  const address = record(EIP, "address");
  it("refuses an address that nothing takes", () => {
    assert.deepEqual(said(unattachedAddress, [address]), ["address: is an address that nothing uses"]);
  });

  it("passes one that an instance, an association or a NAT gateway takes", () => {
    assert.deepEqual(said(unattachedAddress, [record(EIP, "address", { instance: UNKNOWN })]), []);
    for (const type of ["aws:ec2/eipAssociation:EipAssociation", "aws:ec2/natGateway:NatGateway"]) {
      const taker = record(type, "taker", {}, { dependsOn: { allocationId: [address.urn] } });
      assert.deepEqual(said(unattachedAddress, [address, taker]), []);
    }
  });
});

describe("policy bucket-lifecycle", () => {
  const bucket = record(BUCKET, "store");
  const abort = { status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 3 } };
  const lifecycle = (rules: unknown) =>
    record(LIFECYCLE, "rules", { rules }, { dependsOn: { bucket: [urnOf(BUCKET, "store")] } });

  it("wants a lifecycle of the bucket itself", () => {
    assert.deepEqual(said(bucketLifecycle, [bucket]), ["store: has no lifecycle configuration"]);
    const other = record(
      LIFECYCLE,
      "rules",
      { rules: [abort] },
      { dependsOn: { bucket: [urnOf(BUCKET, "other")] } },
    );
    assert.equal(said(bucketLifecycle, [bucket, other]).length, 1);
    assert.deepEqual(said(bucketLifecycle, [bucket, lifecycle([abort])]), []);
    assert.deepEqual(
      said(bucketLifecycle, [
        record(BUCKET, "store", {
          lifecycleRules: [{ enabled: true, abortIncompleteMultipartUploadDays: 7 }],
        }),
      ]),
      [],
    );
  });

  it("wants incomplete uploads of the whole bucket to end", () => {
    for (const rules of [
      [{ ...abort, status: "Disabled" }],
      [{ ...abort, filter: { prefix: "uploads/" } }],
      [{ status: "Enabled", expiration: { days: 3 } }],
      UNKNOWN,
    ]) {
      assert.deepEqual(said(bucketLifecycle, [bucket, lifecycle(rules)]), [
        "store: no enabled lifecycle rule aborts incomplete uploads of the whole bucket",
      ]);
    }
  });
});
