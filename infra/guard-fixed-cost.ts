import { SERVICE_ENDPOINTS } from "../model/endpoints.ts";
import { GUARD_ALARMS, GUARD_MEMORY_MB } from "../model/guard.ts";
import type { ResourceRecord } from "../model/resource.ts";
import type { Catalogue } from "../pricing/catalogue.ts";
import { estimate } from "../pricing/estimate.ts";
import { GUARD_COMPONENT } from "../pricing/serverless.ts";
import { guardFigures } from "./settings/guard.ts";
import type { Settings } from "./settings/schema.ts";

/**
 * What an environment costs a day whether or not a host runs, US dollars: storage, keys, logs, endpoints, the guard
 * itself. The program cannot ask the estimate of its own plan, since a plan is there only when the program has
 * ended; so the resources that cost something are listed here and priced by the same estimate. A test holds the sum
 * against the plans of all stacks.
 */
export function fixedUsdPerDay(settings: Settings, catalogue: Catalogue): number {
  const { region, zones, network, artifacts, secrets } = settings;
  const records = [
    record("pulumi:providers:aws", "provider", { region }),
    record("aws:kms/key:Key", "key"),
    record("aws:route53/zone:Zone", "zone"),
    ...bucket(artifacts.expectedGib),
    record("aws:cloudwatch/logGroup:LogGroup", "flow-logs", {
      retentionInDays: network.flowLogRetentionDays,
    }),
    record("aws:ec2/flowLog:FlowLog", "flow-log", {}, { logDestination: [urnOf("flow-logs")] }),
    ...(secrets.create ? secrets.names.map((name) => record("aws:secretsmanager/secret:Secret", name)) : []),
    ...(network.mode === "private" ? privateSide(zones.length) : []),
    ...guardItself(settings),
  ];
  return estimate(records, catalogue).usdPerDay;
}

function guardItself(settings: Settings): ResourceRecord[] {
  const { guard } = settings;
  return [
    record(GUARD_COMPONENT, "guard", guardFigures(settings)),
    record("aws:dynamodb/table:Table", "table", {
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
    }),
    record("aws:sqs/queue:Queue", "events"),
    record("aws:sqs/queue:Queue", "failures"),
    record("aws:cloudwatch/logGroup:LogGroup", "log", { retentionInDays: guard.logRetentionDays }),
    record(
      "aws:lambda/function:Function",
      "function",
      { memorySize: GUARD_MEMORY_MB, architectures: ["arm64"] },
      { loggingConfig: [urnOf("log")] },
    ),
    record(
      "aws:scheduler/schedule:Schedule",
      "schedule",
      { scheduleExpression: `rate(${String(guard.intervalMinutes)} minutes)` },
      { target: [urnOf("function")] },
    ),
    ...GUARD_ALARMS.map((alarm) => record("aws:cloudwatch/metricAlarm:MetricAlarm", alarm)),
  ];
}

/** Hosts without addresses: a NAT gateway with one, and an interface endpoint in every zone for each service. */
function privateSide(zones: number): ResourceRecord[] {
  const interfaces = Object.entries(SERVICE_ENDPOINTS).filter(([, kind]) => kind === "interface");
  return [
    record("aws:ec2/eip:Eip", "nat-address"),
    record("aws:ec2/natGateway:NatGateway", "nat"),
    ...interfaces.map(([service]) =>
      record("aws:ec2/vpcEndpoint:VpcEndpoint", service, {
        vpcEndpointType: "Interface",
        subnetIds: Array.from({ length: zones }, (_, index) => `subnet-${String(index)}`),
      }),
    ),
  ];
}

/** A bucket, and the component around it that states what it is expected to hold. */
function bucket(expectedGib: number): ResourceRecord[] {
  const component = record("proving-ground:infra:ArtifactStore", "artifacts", { expectedGib });
  return [component, { ...record("aws:s3/bucket:Bucket", "bucket"), parent: component.urn }];
}

function urnOf(name: string): string {
  return `urn:fixed::${name}`;
}

function record(
  type: string,
  name: string,
  inputs: ResourceRecord["inputs"] = {},
  propertyDependencies: ResourceRecord["propertyDependencies"] = {},
): ResourceRecord {
  return {
    urn: urnOf(name),
    type,
    name,
    parent: undefined,
    dependencies: [],
    propertyDependencies,
    protect: false,
    inputs,
  };
}
