import assert from "node:assert/strict";
import {
  AllocateAddressCommand,
  AttachVolumeCommand,
  CreateNetworkInterfaceCommand,
  CreateVolumeCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
  type ResourceType,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { cleanUp, type CleanupOptions, type Outcome } from "../../cli/cleanup/cleanup.ts";
import { ec2In, type Ec2 } from "../../cli/cleanup/aws.ts";
import { TAGS } from "../../model/tags.ts";
import { startMoto, type Moto } from "../support/moto.ts";
import { startAwsProxy, type AwsProxy } from "../support/aws-proxy.ts";

const DAY = 24 * 3_600_000;

describe("ground cleanup against moto (FM-18)", function () {
  this.timeout(60_000);
  let moto: Moto;
  let proxy: AwsProxy;
  let client: EC2Client;
  let ec2: Ec2;

  before(async function () {
    moto = await startMoto(this);
    proxy = await startAwsProxy(moto.url);
    const options = { ...moto.client, endpoint: proxy.url, maxAttempts: 1 };
    client = new EC2Client(options);
    ec2 = ec2In("us-west-2", options);
  });

  after(async () => {
    await (proxy as AwsProxy | undefined)?.stop();
    await (moto as Moto | undefined)?.stop();
  });

  beforeEach(async () => {
    await moto.reset();
    proxy.clear();
  });

  function tags(type: ResourceType, extra: Readonly<Record<string, string>> = {}): TagSpecification[] {
    const all = { [TAGS.project]: "proving-ground", [TAGS.environment]: "dev", ...extra };
    return [{ ResourceType: type, Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) }];
  }

  async function volume(
    extra: Readonly<Record<string, string>> = {},
    type: "gp3" | "st1" = "gp3",
  ): Promise<string> {
    const { VolumeId } = await client.send(
      new CreateVolumeCommand({
        AvailabilityZone: "us-west-2a",
        Size: 500,
        VolumeType: type,
        TagSpecifications: tags("volume", extra),
      }),
    );
    return VolumeId ?? "";
  }

  async function address(extra: Readonly<Record<string, string>> = {}): Promise<string> {
    const TagSpecifications = tags("elastic-ip", extra);
    return (
      (await client.send(new AllocateAddressCommand({ Domain: "vpc", TagSpecifications }))).AllocationId ?? ""
    );
  }

  async function networkInterface(): Promise<string> {
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
    const { NetworkInterface } = await client.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: Subnets[0]?.SubnetId,
        TagSpecifications: tags("network-interface"),
      }),
    );
    return NetworkInterface?.NetworkInterfaceId ?? "";
  }

  async function attach(VolumeId: string): Promise<void> {
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({
        ImageId: "ami-12345678",
        MinCount: 1,
        MaxCount: 1,
        InstanceType: "t3.micro",
      }),
    );
    const InstanceId = Instances[0]?.InstanceId;
    await client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: "/dev/sdf" }));
  }

  function run(options: Partial<CleanupOptions> = {}, over: Ec2 = ec2): Promise<readonly Outcome[]> {
    const defaults = { environment: "dev", yes: true, olderThan: DAY, now: Date.now(), planned: new Map() };
    return cleanUp(over, { ...defaults, ...options });
  }

  const results = (outcomes: readonly Outcome[]) =>
    Object.fromEntries(outcomes.map(({ id, result }) => [id, result]));
  const writes = () =>
    proxy.passed.filter(({ body }) => /Action=(Delete|Release|CreateTags)/.test(body.toString()));

  it("notes each kind at the first run, deletes at a later one past the age, and then finds nothing", async () => {
    const ids = [await volume(), await address(), await networkInterface()];
    const now = Date.now();
    assert.deepEqual(results(await run({ now })), Object.fromEntries(ids.map((id) => [id, "marked"])));
    const early = await run({ now: now + DAY - 60_000 });
    assert.deepEqual(new Set(early.map(({ result }) => result)), new Set(["kept"]));
    assert.deepEqual(
      results(await run({ now: now + DAY })),
      Object.fromEntries(ids.map((id) => [id, "deleted"])),
    );
    assert.deepEqual(await run({ now: now + DAY }), []);
  });

  it("starts anew where no run with --yes has looked for days: a disk may have been used since (FM-18)", async () => {
    const id = await volume();
    const now = Date.now();
    await run({ now });
    // Attached for a week, and detached a minute ago: nobody saw either.
    assert.deepEqual(results(await run({ now: now + 7 * DAY })), { [id]: "marked" });
    assert.deepEqual(results(await run({ now: now + 8 * DAY - 60_000 })), { [id]: "kept" });
    assert.deepEqual(results(await run({ now: now + 9 * DAY })), { [id]: "deleted" });
  });

  it("changes nothing without --yes, and names what each costs a month", async () => {
    const [disk, ip] = [await volume(), await address()];
    const cold = await volume({}, "st1");
    proxy.clear();
    const found = await run({ yes: false, olderThan: 0 });
    assert.deepEqual(writes(), []);
    assert.deepEqual(results(found), {
      [disk]: "would-delete",
      [ip]: "would-delete",
      [cold]: "would-delete",
    });
    const costs = Object.fromEntries(found.map(({ id, usdPerMonth }) => [id, usdPerMonth]));
    assert.equal(costs[disk], 40);
    assert.equal(costs[ip], 3.65);
    assert.equal(costs[cold], null, "a type without a price is unknown, not free");
  });

  it("leaves what is attached, kept, persistent, planned, or of another environment", async () => {
    const attached = await volume();
    await attach(attached);
    const kept = await volume({ [TAGS.keep]: "true" });
    const persistent = await volume({ [TAGS.life]: "persistent" });
    const planned = await address({ [TAGS.name]: "proving-ground-dev-network-nat" });
    const foreign = await volume({ [TAGS.environment]: "prod" });
    const outcomes = await run({
      olderThan: 0,
      planned: new Map([["address", new Set(["proving-ground-dev-network-nat"])]]),
    });
    assert.deepEqual(results(outcomes), { [kept]: "kept", [persistent]: "kept", [planned]: "kept" });
    const { Volumes = [] } = await client.send(new DescribeVolumesCommand({}));
    const left = Volumes.map(({ VolumeId }) => VolumeId);
    for (const id of [attached, kept, persistent, foreign]) assert.ok(left.includes(id), id);
  });

  it("takes the note back from what is in use again, so that its age starts anew", async () => {
    const id = await volume();
    await run();
    await attach(id);
    await run();
    const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    assert.equal(
      Volumes[0]?.Tags?.find(({ Key }) => Key === TAGS.orphanSince),
      undefined,
    );
  });

  it("looks again right before: what was attached between the list and the deletion stays", async () => {
    await volume();
    const raced: Ec2 = {
      ...ec2,
      async find(kind, environment, only) {
        if (only !== undefined) await attach(only);
        return ec2.find(kind, environment, only);
      },
    };
    const [outcome] = await run({ olderThan: 0 }, raced);
    assert.equal(outcome?.result, "kept");
    assert.equal(outcome.detail, "in use by now");
    assert.equal(writes().filter(({ body }) => body.includes("DeleteVolume")).length, 0);
  });

  it("takes it well when somebody else was faster, before the second look and after it", async () => {
    const [first, second] = [await volume(), await volume()];
    const raced: Ec2 = {
      ...ec2,
      async find(kind, environment, only) {
        if (only === first) await ec2.delete("volume", first);
        return ec2.find(kind, environment, only);
      },
      async delete(kind, id) {
        await ec2.delete(kind, id);
        await ec2.delete(kind, id);
      },
    };
    assert.deepEqual(results(await run({ olderThan: 0 }, raced)), { [first]: "gone", [second]: "gone" });
  });

  it("goes on where one cannot be deleted, and says which and why", async () => {
    const [denied, other] = [await volume(), await volume()];
    proxy.rule(({ body }) =>
      body.includes("Action=DeleteVolume") && body.includes(denied)
        ? {
            status: 403,
            body: "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.</Message></Error></Errors></Response>",
          }
        : undefined,
    );
    const outcomes = await run({ olderThan: 0 });
    assert.deepEqual(results(outcomes), { [denied]: "failed", [other]: "deleted" });
    const detail = outcomes.find(({ id }) => id === denied)?.detail ?? "";
    assert.match(detail, /not allowed \(docs\/rights\.md\): You are not authorized/);
  });

  it("reads every page of the list", async () => {
    const ids = [await volume(), await volume(), await volume()];
    // moto gives one page whatever MaxResults says; AWS gives several (EC2 API, "DescribeVolumes", NextToken).
    const page = (id: string, next: string) =>
      `<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><volumeSet><item><volumeId>${id}</volumeId><size>8</size><status>available</status><volumeType>gp3</volumeType><createTime>2026-01-01T00:00:00.000Z</createTime><tagSet><item><key>${TAGS.project}</key><value>proving-ground</value></item><item><key>${TAGS.environment}</key><value>dev</value></item></tagSet></item></volumeSet>${next === "" ? "" : `<nextToken>${next}</nextToken>`}</DescribeVolumesResponse>`;
    proxy.rule(({ body }) => {
      const text = body.toString();
      if (!text.includes("Action=DescribeVolumes") || text.includes("volume-id")) return undefined;
      const index = Number(/NextToken=page(\d)/.exec(text)?.[1] ?? 0);
      return { status: 200, body: page(ids[index] ?? "", index < 2 ? `page${String(index + 1)}` : "") };
    });
    assert.deepEqual(
      results(await run({ olderThan: 0 })),
      Object.fromEntries(ids.map((id) => [id, "deleted"])),
    );
  });
});
