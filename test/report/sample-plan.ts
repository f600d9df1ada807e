import type { CostLine, CostSummary } from "../../model/cost.ts";
import type { Plan, PlannedResource, PolicyViolation } from "../../model/plan.ts";
import { UNKNOWN, SECRET, unknownOutput } from "../../model/resource.ts";

/** Slots of a role: how many, the type, and US dollars an hour on spot and on demand. */
interface SampleRole {
  readonly role: string;
  readonly count: number;
  readonly instanceType: string;
  readonly spot: number;
  readonly onDemand: number;
}

export interface SampleOptions {
  readonly stack?: string;
  readonly roles?: readonly SampleRole[];
  readonly hours?: number;
  readonly budget?: number | null;
  readonly ceiling?: number | null;
  readonly policies?: readonly PolicyViolation[];
  /** Further queues in the last component, to make a plan large. */
  readonly extra?: number;
  readonly notes?: readonly string[];
}

export const LARGE: readonly SampleRole[] = [
  { role: "storage", count: 5, instanceType: "i4i.2xlarge", spot: 0.36, onDemand: 0.686 },
  { role: "fuse-client", count: 1, instanceType: "c7a.xlarge", spot: 0.09, onDemand: 0.20528 },
  { role: "nfs-smb-client", count: 1, instanceType: "c7a.xlarge", spot: 0.09, onDemand: 0.20528 },
  { role: "conduit", count: 1, instanceType: "t3.medium", spot: 0.0188, onDemand: 0.0416 },
  { role: "jepsen", count: 1, instanceType: "c7a.xlarge", spot: 0.09, onDemand: 0.20528 },
];

/** A plan of the project's own shape: components under the stack, slots under the cluster. */
export function samplePlan(options: SampleOptions = {}): Plan {
  const { stack = "prod", roles = LARGE, hours = 8, extra = 0, policies = [] } = options;
  const builder = new Builder(stack);
  const provider = builder.custom("pulumi:providers:aws", "aws", null, { region: "us-west-2" });
  const network = builder.component("Network", "network");
  const vpc = builder.custom(
    "aws:ec2/vpc:Vpc",
    "network-vpc",
    network,
    { cidrBlock: "10.22.0.0/16", tags: { Name: "network" } },
    [provider],
  );
  const subnets = ["usw2-az2", "usw2-az3", "usw2-az4"].map((zone, index) =>
    builder.custom(
      "aws:ec2/subnet:Subnet",
      `network-${zone}`,
      network,
      {
        availabilityZoneId: zone,
        cidrBlock: `10.22.${String(index * 16)}.0/20`,
        vpcId: unknownOutput("network-vpc", "id"),
      },
      [vpc],
    ),
  );
  const group = builder.custom(
    "aws:ec2/securityGroup:SecurityGroup",
    "network-hosts",
    network,
    { vpcId: unknownOutput("network-vpc", "id") },
    [vpc],
  );
  builder.custom(
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "network-hosts-out",
    network,
    { type: "egress" },
    [group],
  );

  const store = builder.component("ArtifactStore", "artifacts");
  const bucket = builder.custom(
    "aws:s3/bucket:Bucket",
    "artifacts-bucket",
    store,
    { bucket: `proving-ground-${stack}` },
    [],
    true,
  );
  builder.custom(
    "aws:s3/bucketVersioning:BucketVersioning",
    "artifacts-versioning",
    bucket,
    { bucket: unknownOutput("artifacts-bucket", "id") },
    [bucket],
  );

  const orchestrator = builder.component("Orchestrator", "orchestrator");
  const instance = builder.custom(
    "aws:ec2/instance:Instance",
    "orchestrator-instance",
    orchestrator,
    {
      instanceType: "c7a.2xlarge",
      rootBlockDevice: { volumeSize: 100, encrypted: true },
      userData: SECRET,
      availabilityZone: UNKNOWN,
    },
    [...subnets, group, bucket],
    true,
  );

  const cluster = builder.component("Cluster", "cluster");
  const lines: CostLine[] = [
    line(instance, "c7a.2xlarge", 24, "h", "on-demand", 9.85344, 9.85344),
    line(instance, "gp3 volume", 100, "GiB", "fixed", 0.2630136986, 0.2630136986),
    line(bucket, "S3 Standard", 100, "GiB", "fixed", 0.0756164384, 0.0756164384),
  ];
  for (const { role, count, instanceType, spot, onDemand } of roles) {
    for (let ordinal = 1; ordinal <= count; ordinal += 1) {
      const name = `${role}-${String(ordinal)}`;
      const slot = builder.component("Slot", name, cluster);
      const iam = builder.custom("aws:iam/role:Role", `${name}-role`, slot, { name: `pg-${stack}-${name}` });
      const template = builder.custom(
        "aws:ec2/launchTemplate:LaunchTemplate",
        `${name}-template`,
        slot,
        { userData: SECRET },
        [group, iam],
      );
      const asg = builder.custom(
        "aws:autoscaling/group:Group",
        `${name}-group`,
        slot,
        {
          minSize: 0,
          maxSize: 1,
          mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType }] } },
        },
        [template, ...subnets],
      );
      lines.push(line(asg, instanceType, hours, "h", "spot", spot * hours, onDemand * 24));
    }
  }

  const budget = builder.component("Budget", "budget");
  const alarm = builder.custom("aws:budgets/budget:Budget", "budget-daily", budget, {
    limitAmount: "100",
    limitUnit: "USD",
  });
  lines.push(line(alarm, "model API allowance", 1, "day", "allowance", 65, 65));
  for (let index = 0; index < extra; index += 1) {
    builder.custom("aws:sqs/queue:Queue", `queue-${String(index)}`, budget, {
      name: `queue-${String(index)}`,
      tags: { ordinal: String(index) },
    });
  }

  return {
    project: "proving-ground",
    stack,
    resources: builder.resources,
    outputs: {
      clusterEndpoints: ["storage-1.prod.internal"],
      artifactBucket: unknownOutput("artifacts-bucket", "id"),
    },
    cost: summary(lines, roles, hours, options),
    policies,
  };
}

function line(
  urn: string,
  item: string,
  quantity: number,
  unit: string,
  basis: CostLine["basis"],
  usdPerDay: number,
  worstCaseUsdPerDay: number,
): CostLine {
  return {
    urn,
    item,
    quantity,
    unit,
    basis,
    usdPerDay: exact(usdPerDay),
    worstCaseUsdPerDay: exact(worstCaseUsdPerDay),
  };
}

/** Without the noise of binary sums: a real plan's figures are exact decimals. */
function exact(amount: number): number {
  return Number(amount.toFixed(10));
}

function summary(
  lines: readonly CostLine[],
  roles: readonly SampleRole[],
  hours: number,
  options: SampleOptions,
): CostSummary {
  const add = (values: readonly number[]): number =>
    Number(values.reduce((total, value) => total + value, 0).toFixed(10));
  const day = add(lines.map(({ usdPerDay }) => usdPerDay));
  const clusterHour = add(roles.map(({ count, spot }) => count * spot));
  const fixedDay = day - clusterHour * hours;
  return {
    pricesAsOf: "2026-02-01",
    region: "us-west-2",
    usdPerHour: Number((fixedDay / 24 + clusterHour).toFixed(10)),
    usdPerDay: day,
    usdPerDayRange: { cheapestZone: Number((day - clusterHour * hours * 0.2).toFixed(10)), dearestZone: day },
    allDayUsdPerDay: Number((fixedDay + clusterHour * 24).toFixed(10)),
    usdPerMonth: Number(((day * 730) / 24).toFixed(10)),
    worstCaseUsdPerDay: add(lines.map(({ worstCaseUsdPerDay }) => worstCaseUsdPerDay)),
    budgetUsdPerDay: options.budget === undefined ? 100 : options.budget,
    worstCaseCeilingUsdPerDay: options.ceiling === undefined ? 190 : options.ceiling,
    clusterOnDemandUsdPerHour: add(roles.map(({ count, onDemand }) => count * onDemand)),
    greatestLoss: null,
    lines,
    notes: options.notes ?? [
      "i4i.2xlarge has no spot price in usw2-az4: the on-demand price, $0.69/h, stands in.",
    ],
  };
}

class Builder {
  readonly resources: PlannedResource[] = [];
  private readonly stack: string;
  private readonly root: string;

  constructor(stack: string) {
    this.stack = stack;
    this.root = `urn:pulumi:${stack}::proving-ground::pulumi:pulumi:Stack::proving-ground-${stack}`;
    this.resources.push({
      urn: this.root,
      type: "pulumi:pulumi:Stack",
      name: `proving-ground-${stack}`,
      parent: null,
      dependencies: [],
      protect: false,
      inputs: {},
    });
  }

  component(kind: string, name: string, parent: string = this.root): string {
    return this.custom(`proving-ground:infra:${kind}`, name, parent, {});
  }

  custom(
    type: string,
    name: string,
    parent: string | null,
    inputs: Readonly<Record<string, unknown>>,
    dependencies: readonly string[] = [],
    protect = false,
  ): string {
    const urn = `urn:pulumi:${this.stack}::proving-ground::${type}::${name}`;
    this.resources.push({ urn, type, name, parent: parent ?? this.root, dependencies, protect, inputs });
    return urn;
  }
}

/** What an attacker would put into a name, an input or a price note. */
export const HOSTILE = `</script><img src=x onerror="window.hacked=1">'"&\u001b[31m\u202Etxt`;

/** The sample with {@link HOSTILE} in every place that holds free text. */
export function hostilePlan(): Plan {
  const plan = samplePlan({
    notes: [HOSTILE],
    policies: [{ name: HOSTILE, level: "mandatory", urn: HOSTILE, message: HOSTILE }],
  });
  const resources = plan.resources.map((resource) => ({
    ...resource,
    name: resource.type.includes("/") ? `${HOSTILE}-${resource.name}` : resource.name,
    inputs: { ...resource.inputs, [HOSTILE]: HOSTILE },
  }));
  const unnamed: PlannedResource = {
    urn: `urn:${HOSTILE}`,
    type: `aws:${HOSTILE}/x:${HOSTILE}`,
    name: HOSTILE,
    parent: HOSTILE,
    dependencies: [HOSTILE],
    protect: false,
    inputs: {},
  };
  const component: PlannedResource = {
    ...unnamed,
    urn: `urn:c${HOSTILE}`,
    type: `proving-ground:infra:A${HOSTILE.replaceAll("/", "")}`,
    parent: null,
  };
  const child: PlannedResource = { ...unnamed, urn: `urn:d${HOSTILE}`, parent: component.urn };
  return {
    ...plan,
    project: HOSTILE,
    stack: HOSTILE,
    resources: [...resources, unnamed, component, child],
    outputs: { [HOSTILE]: HOSTILE },
    cost: {
      ...plan.cost,
      pricesAsOf: HOSTILE,
      region: HOSTILE,
      lines: plan.cost.lines.map((item) => ({ ...item, item: HOSTILE, unit: HOSTILE })),
    },
  };
}
