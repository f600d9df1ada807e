import type { EC2Client, Filter, Tag } from "@aws-sdk/client-ec2";
import { TAGS } from "../../model/tags.ts";
import type { AwsOptions } from "../prices/aws.ts";
import { PROJECT } from "../stack-file.ts";
import type { Found, Kind } from "./orphan.ts";
import { addressUsdPerMonth, diskUsdPerMonth } from "./price.ts";

/** What a cleanup asks of EC2; every call is about one region. */
export interface Ec2 {
  /** Everything of an environment, or the one of that id, of one kind. */
  find(kind: Kind, environment: string, id?: string): Promise<readonly Found[]>;
  delete(kind: Kind, id: string): Promise<void>;
  mark(id: string, note: string): Promise<void>;
  unmark(id: string): Promise<void>;
}

/** Rights of a look; a dry run needs no others. */
export const LOOK_RIGHTS = "ec2:DescribeVolumes, ec2:DescribeAddresses and ec2:DescribeNetworkInterfaces";

/** EC2 through the AWS SDK, which is imported at the first call. */
export function ec2In(region: string, options: AwsOptions = {}): Ec2 {
  let client: Promise<EC2Client> | undefined;
  const open = (): Promise<EC2Client> =>
    (client ??= import("@aws-sdk/client-ec2").then(({ EC2Client }) => new EC2Client({ ...options, region })));
  const finders: Readonly<Record<Kind, (ec2: EC2Client, filters: Filter[]) => Promise<Found[]>>> = {
    volume: (ec2, filters) => volumes(ec2, filters, region),
    address: (ec2, filters) => addresses(ec2, filters, region),
    interface: interfaces,
  };
  return {
    async find(kind, environment, id) {
      const filters = [
        { Name: `tag:${TAGS.project}`, Values: [PROJECT] },
        { Name: `tag:${TAGS.environment}`, Values: [environment] },
        ...(id === undefined ? [] : [{ Name: ID_FILTERS[kind], Values: [id] }]),
      ];
      const found = await finders[kind](await open(), filters);
      // A second fence behind the filter: what is deleted below must be ours, whatever the answer holds.
      return found.filter(
        ({ tags }) => tags[TAGS.project] === PROJECT && tags[TAGS.environment] === environment,
      );
    },
    async delete(kind, id) {
      const [sdk, ec2] = await Promise.all([import("@aws-sdk/client-ec2"), open()]);
      if (kind === "volume") await ec2.send(new sdk.DeleteVolumeCommand({ VolumeId: id }));
      else if (kind === "address") await ec2.send(new sdk.ReleaseAddressCommand({ AllocationId: id }));
      else await ec2.send(new sdk.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
    },
    async mark(id, note) {
      const [{ CreateTagsCommand }, ec2] = await Promise.all([import("@aws-sdk/client-ec2"), open()]);
      await ec2.send(
        new CreateTagsCommand({ Resources: [id], Tags: [{ Key: TAGS.orphanSince, Value: note }] }),
      );
    },
    async unmark(id) {
      const [{ DeleteTagsCommand }, ec2] = await Promise.all([import("@aws-sdk/client-ec2"), open()]);
      await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: TAGS.orphanSince }] }));
    },
  };
}

/** By filter rather than by id: what is gone by then is an empty list and no error. */
const ID_FILTERS: Readonly<Record<Kind, string>> = {
  volume: "volume-id",
  address: "allocation-id",
  interface: "network-interface-id",
};

async function volumes(client: EC2Client, Filters: Filter[], region: string): Promise<Found[]> {
  const { paginateDescribeVolumes } = await import("@aws-sdk/client-ec2");
  const found: Found[] = [];
  for await (const page of paginateDescribeVolumes({ client }, { Filters, MaxResults: 500 }))
    for (const {
      VolumeId,
      State,
      Attachments = [],
      CreateTime,
      Size = 0,
      VolumeType = "",
      Iops,
      Throughput,
      Tags,
    } of page.Volumes ?? []) {
      if (VolumeId === undefined) continue;
      found.push({
        kind: "volume",
        id: VolumeId,
        tags: tagsOf(Tags),
        inUse: State !== "available" || Attachments.length > 0,
        created: CreateTime?.getTime(),
        about: `${String(Size)} GiB ${VolumeType}`,
        usdPerMonth: diskUsdPerMonth(region, {
          type: VolumeType,
          gib: Size,
          iops: Iops ?? 0,
          mibps: Throughput ?? 0,
        }),
      });
    }
  return found;
}

/** The one call of the three that has no pages. */
async function addresses(client: EC2Client, Filters: Filter[], region: string): Promise<Found[]> {
  const { DescribeAddressesCommand } = await import("@aws-sdk/client-ec2");
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({ Filters }));
  return Addresses.flatMap(
    ({
      AllocationId,
      AssociationId,
      InstanceId,
      NetworkInterfaceId,
      PublicIp = "",
      ServiceManaged,
      Tags,
    }) => {
      if (AllocationId === undefined) return [];
      const holders = [AssociationId, InstanceId, NetworkInterfaceId, ServiceManaged];
      return {
        kind: "address",
        id: AllocationId,
        tags: tagsOf(Tags),
        inUse: holders.some((holder) => holder !== undefined && holder !== ""),
        about: PublicIp,
        usdPerMonth: addressUsdPerMonth(region),
      };
    },
  );
}

async function interfaces(client: EC2Client, Filters: Filter[]): Promise<Found[]> {
  const { paginateDescribeNetworkInterfaces } = await import("@aws-sdk/client-ec2");
  const found: Found[] = [];
  for await (const page of paginateDescribeNetworkInterfaces({ client }, { Filters, MaxResults: 500 }))
    for (const {
      NetworkInterfaceId,
      Status,
      Attachment,
      RequesterManaged,
      Description,
      TagSet,
    } of page.NetworkInterfaces ?? []) {
      if (NetworkInterfaceId === undefined) continue;
      found.push({
        kind: "interface",
        id: NetworkInterfaceId,
        tags: tagsOf(TagSet),
        // A service of AWS deletes its own interfaces; nobody else may.
        inUse: Status !== "available" || Attachment !== undefined || RequesterManaged === true,
        about: Description ?? "",
        usdPerMonth: 0,
      });
    }
  return found;
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
