import type {
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
  ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import type { PlannedResource } from "../../model/plan.ts";
import { Blocked, type Check, type Finding } from "../doctor/check.ts";
import { findingOf, instancesWith, tagsOf, UP, type AwsContext } from "./context.ts";
import { ofType, textOf } from "./expected.ts";
import { once } from "./roles.ts";
import type { PlannedSlot } from "./slots.ts";

const RIGHTS =
  "route53:ListHostedZonesByName, route53:ListTagsForResource, route53:ListResourceRecordSets and ec2:DescribeInstances";

interface Zone {
  readonly id: string;
  /** A records by name, without the last dot. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** A line for the private zone, one for the orchestrator's name, one for that of each slot. */
export function dnsChecks(context: AwsContext, slots: readonly PlannedSlot[]): readonly Check[] {
  const [zone] = ofType(context.plan, "aws:route53/zone:Zone");
  if (zone === undefined) return [];
  const domain = textOf(zone, "name");
  const live = once(() => liveZone(context, zone));
  const addresses = async () => {
    const found = await live();
    if (typeof found === "string") throw new Blocked("the zone is not as it should be, see above");
    return found.addresses;
  };
  const check = (name: string, look: () => Promise<Finding>): Check => ({
    id: `aws.dns.${name}`,
    title: `DNS ${name}`,
    side: "aws",
    rights: RIGHTS,
    look,
  });
  return [
    check(domain, async () => {
      const found = await live();
      return typeof found === "string"
        ? findingOf([found], "", UP)
        : findingOf([], `private zone ${found.id}`, UP);
    }),
    ...orchestratorCheck(context, addresses, check),
    ...slots.map(({ name, look }) => {
      const record = `${name}.${domain}`;
      return check(record, async () => {
        const { instance, status } = await look();
        if (instance === undefined) return { status: "skipped", found: "the slot is at rest" };
        if (status?.state !== "ready" || status.instanceId !== instance.InstanceId)
          return { status: "skipped", found: "the slot is not ready, see its line" };
        return recordFinding(
          record,
          await addresses(),
          instance.PrivateIpAddress,
          "The host writes it at boot: restart it, or stop and start the slot.",
        );
      });
    }),
  ];
}

type MakeCheck = (name: string, look: () => Promise<Finding>) => Check;

function orchestratorCheck(
  { plan, account }: AwsContext,
  addresses: () => Promise<Zone["addresses"]>,
  check: MakeCheck,
): readonly Check[] {
  const [instance] = ofType(plan, "aws:ec2/instance:Instance");
  return ofType(plan, "aws:route53/record:Record").flatMap((record) => {
    const name = textOf(record, "name");
    if (instance === undefined || textOf(record, "type") !== "A") return [];
    return [
      check(name, async () => {
        await account.ready();
        const running = await instancesWith(account, tagsOf(instance.inputs));
        const [only] = running;
        if (only === undefined || running.length > 1)
          return findingOf([`${String(running.length)} orchestrators run, stack says 1`], "", UP);
        return recordFinding(name, await addresses(), only.PrivateIpAddress, UP);
      }),
    ];
  });
}

function recordFinding(
  name: string,
  addresses: Zone["addresses"],
  address: string | undefined,
  fix: string,
): Finding {
  const live = addresses.get(name)?.join(", ");
  const wanted = String(address);
  if (live === undefined) return findingOf([`no A record ${name}; the instance has ${wanted}`], "", fix);
  const differences = live === wanted ? [] : [`${name} is ${live}; the instance has ${wanted}`];
  return findingOf(differences, `${name} is ${live}`, fix);
}

/** The zone, or what is wrong with it. Names are not unique in Route 53: the stack's tags tell its own. */
async function liveZone({ account }: AwsContext, planned: PlannedResource): Promise<Zone | string> {
  await account.ready();
  const sdk = await import("@aws-sdk/client-route-53");
  const client = new sdk.Route53Client({ ...account.client, region: account.region });
  const name = textOf(planned, "name");
  const { HostedZones = [] } = await client.send(new sdk.ListHostedZonesByNameCommand({ DNSName: name }));
  const named = HostedZones.filter((zone) => zone.Name === `${name}.`);
  const ours: string[] = [];
  for (const { Id = "" } of named) {
    const ResourceId = Id.replace(/^\/hostedzone\//, "");
    const command = new sdk.ListTagsForResourceCommand({ ResourceType: "hostedzone", ResourceId });
    const tags = new Map(
      (await client.send(command)).ResourceTagSet?.Tags?.map(({ Key, Value }) => [Key, Value]),
    );
    if (Object.entries(tagsOf(planned.inputs)).every(([key, value]) => tags.get(key) === value))
      ours.push(ResourceId);
  }
  const [id] = ours;
  if (id === undefined)
    return `no zone ${name} with this stack's tags (${String(named.length)} of that name)`;
  if (ours.length > 1) return `${String(ours.length)} zones ${name} of this stack: ${ours.join(", ")}`;
  const isPrivate = named.find(({ Id }) => Id?.endsWith(id))?.Config?.PrivateZone;
  if (isPrivate !== true) return `zone ${id} is public: its names are for everybody to read`;
  return { id, addresses: await addressesOf(client, id) };
}

/** Route 53's list has no paginator in the SDK: each answer names the record that the next one starts with. */
async function addressesOf(client: Route53Client, HostedZoneId: string): Promise<Zone["addresses"]> {
  const { ListResourceRecordSetsCommand } = await import("@aws-sdk/client-route-53");
  const records: ResourceRecordSet[] = [];
  let next: Omit<ListResourceRecordSetsCommandInput, "HostedZoneId"> | undefined = {};
  while (next !== undefined) {
    const page: ListResourceRecordSetsCommandOutput = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId, ...next }),
    );
    records.push(...(page.ResourceRecordSets ?? []));
    next =
      page.IsTruncated === true
        ? {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
  }
  return new Map(
    records.flatMap(({ Type, Name, ResourceRecords = [] }) =>
      Type === "A" && Name !== undefined
        ? [[Name.replace(/\.$/, ""), ResourceRecords.flatMap(({ Value }) => Value ?? [])] as const]
        : [],
    ),
  );
}
