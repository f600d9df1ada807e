import assert from "node:assert/strict";
import type { CostSummary } from "../../model/cost.ts";
import { UNKNOWN, type ResourceRecord } from "../../model/resource.ts";
import { UnpricedError } from "../../pricing/errors.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, provider, record, schedule, slot } from "./records.ts";

type Inputs = Readonly<Record<string, unknown>>;

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const C7A_XLARGE = 0.20528;

function price(...resources: readonly ResourceRecord[]): CostSummary {
  return estimate([provider("us-west-2"), ...resources], CATALOGUE);
}

/** The sentences by which a price is refused. */
function problems(...resources: readonly ResourceRecord[]): readonly string[] {
  try {
    price(...resources);
  } catch (error) {
    assert.ok(error instanceof UnpricedError);
    return error.problems;
  }
  return [];
}

/** A slot of c7a.xlarge for 8 hours a day whose group has further inputs. */
function slotWith(inputs: Inputs, maxSize: unknown = 1): readonly ResourceRecord[] {
  const [template, group] = slot("a", { types: ["c7a.xlarge"], maxSize });
  assert.ok(template !== undefined && group !== undefined);
  return [template, { ...group, inputs: { ...group.inputs, ...inputs } }];
}

/** A group whose overrides may be anything; its templates are those given, the first is the base. */
function overridden(
  overrides: unknown,
  templates: readonly ResourceRecord[],
  distribution: Inputs = { onDemandPercentageAboveBaseCapacity: 0 },
): readonly ResourceRecord[] {
  const group = record(
    "aws:autoscaling/group:Group",
    "a",
    {
      maxSize: 1,
      mixedInstancesPolicy: {
        launchTemplate: { launchTemplateSpecification: { launchTemplateId: UNKNOWN }, overrides },
        instancesDistribution: distribution,
      },
    },
    { dependsOn: { mixedInstancesPolicy: templates.map(({ urn }) => urn) } },
  );
  return [...templates, group];
}

function template(name: string, instanceType: string, gib: number, more: Inputs = {}): ResourceRecord {
  return record(TEMPLATE, name, {
    instanceType,
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: gib, volumeType: "gp3" } }],
    ...more,
  });
}

describe("the number of hosts of a group", () => {
  it("is what its scheduled actions make of it, even above a maxSize of 0", () => {
    const growth = { desiredCapacity: 50, maxSize: 50, minSize: 50, recurrence: "0 8 * * *" };
    const grown = price(...slotWith({}, 0), schedule("grow", "a", growth));
    assert.equal(grown.clusterOnDemandUsdPerHour, 50 * C7A_XLARGE);
    assert.ok(grown.worstCaseUsdPerDay > 50 * C7A_XLARGE * 24);
    for (const size of ["desiredCapacity", "maxSize", "minSize"]) {
      const { clusterOnDemandUsdPerHour } = price(
        ...slotWith({}, 2),
        schedule("grow", "a", { recurrence: "0 8 * * *", [size]: 7 }),
      );
      assert.equal(clusterOnDemandUsdPerHour, Number((7 * C7A_XLARGE).toFixed(5)), size);
    }
  });

  it("is not made less by a schedule that stops it", () => {
    const stop = schedule("stop", "a", { desiredCapacity: 0, maxSize: 0, recurrence: "0 8 * * *" });
    assert.equal(price(...slotWith({}, 2), stop).clusterOnDemandUsdPerHour, 2 * C7A_XLARGE);
  });

  it("FM-48: is refused where a scheduled size or the warm pool is not known", () => {
    const sizes = schedule("grow", "a", { maxSize: UNKNOWN, recurrence: "0 8 * * *" });
    const expected = [
      "The maxSize of group a, or a size of its scheduled actions or warm pool, is not a number known before AWS is asked, so it has no price: state it as a number.",
    ];
    assert.deepEqual(problems(...slotWith({}), sizes), expected);
    for (const warmPool of [UNKNOWN, { minSize: UNKNOWN }, { maxGroupPreparedCapacity: UNKNOWN }])
      assert.deepEqual(problems(...slotWith({ warmPool })), expected);
  });

  it("contains the warm pool, which runs all day", () => {
    const pool = { minSize: 20, poolState: "Running" };
    const summary = price(...slotWith({ warmPool: pool }, 0));
    assert.equal(summary.clusterOnDemandUsdPerHour, 20 * C7A_XLARGE);
    assert.equal(summary.usdPerDay, summary.allDayUsdPerDay);
    assert.ok(summary.notes.some((note) => note.startsWith("Group with a warm pool")));
    const prepared = price(...slotWith({ warmPool: { minSize: 1, maxGroupPreparedCapacity: 9 } }, 2));
    assert.equal(prepared.clusterOnDemandUsdPerHour, Number((9 * C7A_XLARGE).toFixed(5)));
  });
});

describe("the launch templates of a group", () => {
  const base = template("base", "c7a.large", 20);

  it("FM-48: counts an override by requirements as the dearest type, since AWS chooses", () => {
    const requirements = { instanceRequirements: { vcpuCount: { min: 96 }, memoryMib: { min: 1 } } };
    const { clusterOnDemandUsdPerHour, notes } = price(...overridden([requirements], [base]));
    const dearest = CATALOGUE.dearest("us-west-2");
    assert.equal(clusterOnDemandUsdPerHour, dearest.price.usdPerHour.toNumber());
    assert.ok(notes.some((note) => note.startsWith("Instance type not known yet")));
  });

  it("are all read: the dearest type and the dearest volumes count", () => {
    const second = template("second", "c7a.2xlarge", 2000);
    const own = { launchTemplateSpecification: { launchTemplateId: UNKNOWN } };
    const summary = price(...overridden([{}, own], [base, second]));
    assert.equal(summary.clusterOnDemandUsdPerHour, 0.41056);
    const disk = summary.lines.find(({ item }) => item.startsWith("root volume"));
    assert.equal(disk?.quantity, 2000);
  });

  it("are refused where an override's is not in the plan", () => {
    const own = { launchTemplateSpecification: { launchTemplateId: "lt-0123456789abcdef0" } };
    assert.deepEqual(problems(...overridden([own], [base])), [
      "An override of group a names a launch template that is not in the plan, so its volumes have no price: make the template part of the program.",
    ]);
  });

  it("give a public address where one of them does", () => {
    const open = template("open", "c7a.large", 20, {
      networkInterfaces: [{ associatePublicIpAddress: "true" }],
    });
    const closed = template("shut", "c7a.large", 20, {
      networkInterfaces: [{ associatePublicIpAddress: "false" }],
    });
    const items = (templates: readonly ResourceRecord[]) =>
      price(...overridden([{ instanceType: "c7a.large" }], templates)).lines.map(({ item }) => item);
    assert.ok(items([closed, open]).includes("public IPv4 address"));
    assert.ok(!items([closed]).includes("public IPv4 address"));
  });
});

describe("dedicated hardware and detailed monitoring", () => {
  const root = { rootBlockDevice: { volumeSize: 8, volumeType: "gp3" } };
  const box = (inputs: Inputs) =>
    record("aws:ec2/instance:Instance", "box", { instanceType: "c7a.large", ...root, ...inputs });

  it("refuses dedicated hardware, for which there is no price", () => {
    for (const [inputs, words] of [
      [{ tenancy: "dedicated" }, "tenancy of instance box asks for dedicated hardware"],
      [{ tenancy: "host" }, "tenancy of instance box asks for dedicated hardware"],
      [{ hostId: "h-0123456789abcdef0" }, "hostId of instance box asks for dedicated hardware"],
      [{ tenancy: UNKNOWN }, "tenancy of instance box is not known before AWS is asked"],
    ] as const) {
      assert.deepEqual(problems(box(inputs)), [`The ${words}, which has no price: use the default tenancy.`]);
    }
    assert.deepEqual(problems(box({ tenancy: "default" })), []);
  });

  it("refuses it in a launch template, a launch configuration and a VPC as well", () => {
    const dedicated = template("base", "c7a.large", 20, { placement: { tenancy: "dedicated" } });
    assert.equal(problems(...overridden([], [dedicated])).length, 1);
    const configuration = record("aws:ec2/launchConfiguration:LaunchConfiguration", "old", {
      instanceType: "c7a.large",
      placementTenancy: "dedicated",
    });
    const group = record(
      "aws:autoscaling/group:Group",
      "a",
      { maxSize: 1 },
      { dependsOn: { launchConfiguration: [configuration.urn] } },
    );
    assert.equal(problems(configuration, group).length, 1);
    const vpc = (instanceTenancy: string) => record("aws:ec2/vpc:Vpc", "net", { instanceTenancy });
    assert.equal(problems(vpc("dedicated")).length, 1);
    assert.deepEqual(problems(vpc("default")), []);
  });

  it("names what detailed monitoring adds", () => {
    const said = (monitoring: unknown) =>
      price(box({ monitoring })).notes.filter((note) => note.includes("detailed monitoring"));
    assert.deepEqual(said(true), [
      "Not priced: detailed monitoring, at most 2.10 USD a month for each instance: instance box.",
    ]);
    assert.deepEqual(said(false), []);
  });
});

describe("volumes of snapshots", () => {
  it("FM-48: are refused without a size, wherever they are stated", () => {
    const snapshotId = "snap-0123456789abcdef0";
    const volume = (inputs: Inputs) => record("aws:ebs/volume:Volume", "disk", { type: "gp3", ...inputs });
    assert.deepEqual(problems(volume({ snapshotId })), [
      "The size of the volume of disk is that of its snapshot, which only AWS knows, so it has no price: state it as a number.",
    ]);
    assert.equal(problems(volume({ snapshotId: UNKNOWN })).length, 1);
    assert.deepEqual(problems(volume({ snapshotId, size: 10 })), []);
    const mapped = template("base", "c7a.large", 20, {
      blockDeviceMappings: [{ deviceName: "/dev/sdb", ebs: { snapshotId } }],
    });
    assert.equal(problems(...overridden([], [mapped])).length, 1);
  });
});

describe("the budget of a plan", () => {
  const budget = (name: string, inputs: Inputs) =>
    record("aws:budgets/budget:Budget", name, {
      budgetType: "COST",
      timeUnit: "DAILY",
      limitAmount: "10",
      limitUnit: "USD",
      ...inputs,
    });
  const bound = (...resources: readonly ResourceRecord[]) => price(...resources).budgetUsdPerDay;
  const team = { costFilters: [{ name: "TagKeyValue", values: ["user:team$storage"] }] };

  it("is the limit of an AWS budget, the tightest of several, where no component states one", () => {
    assert.equal(bound(), null);
    assert.equal(bound(budget("day", {})), 10);
    assert.equal(bound(budget("month", { timeUnit: "MONTHLY", limitAmount: "304" })), 10);
    assert.equal(bound(budget("a", {}), budget("b", { limitAmount: "4" })), 4);
    assert.equal(bound(budget("day", team)), 10);
    assert.equal(bound(budget("day", {}), budget("team", { ...team, limitAmount: "1" })), 10);
  });

  it("is no budget of usage, of another service, of a year, in another currency or of an unknown amount", () => {
    for (const inputs of [
      { budgetType: "USAGE" },
      { costFilters: [{ name: "Service", values: ["Amazon Bedrock"] }] },
      { timeUnit: "ANNUALLY" },
      { limitUnit: "EUR" },
      { limitAmount: UNKNOWN },
    ])
      assert.equal(bound(budget("day", inputs)), null, JSON.stringify(inputs));
  });

  it("is what the component says, where there is one", () => {
    const component = (inputs: Inputs) => record("proving-ground:infra:Budget", "budget", inputs);
    assert.equal(bound(budget("day", {}), component({ usdPerDay: 20 })), 20);
    assert.equal(bound(budget("day", {}), component({ unbudgeted: "A course." })), null);
  });
});
