import {
  CancelSpotInstanceRequestsCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeSpotPriceHistoryCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type Instance,
  type SpotInstanceRequest,
  type Tag,
} from "@aws-sdk/client-ec2";
import { TAGS } from "../../../model/tags.ts";
import type { GuardConfig } from "../config.ts";
import { INSTANCE_STATES, type InstanceState, type ObservedInstance } from "../observations.ts";
import type { Clock, Cloud } from "../ports.ts";
import { page, token } from "./pages.ts";

type Ec2Calls = Pick<Cloud, "instances" | "spotPrices" | "spotRequests" | "cancelSpotRequests" | "terminate">;

/** The most that EC2 gives in one page. */
const PAGE = 1_000;

/**
 * The longest that one call takes with all its attempts: the regions of an account are many, and one that hangs must
 * leave a tick the time to stop the others.
 */
const CALL_LIMIT_MS = 8_000;

const GROUP_TAG = "aws:autoscaling:groupName";

export function ec2Calls(
  clientOf: (region: string) => EC2Client,
  config: Pick<GuardConfig, "environment" | "slots">,
  clock: Pick<Clock, "now">,
  limitMs = CALL_LIMIT_MS,
): Ec2Calls {
  const limited = (): { readonly abortSignal: AbortSignal } => ({
    abortSignal: AbortSignal.timeout(limitMs),
  });
  const profiles = new Set(config.slots.map(({ profile }) => profile));
  return {
    async instances(region, next) {
      const { Reservations = [], NextToken } = await clientOf(region).send(
        new DescribeInstancesCommand({ MaxResults: PAGE, ...token(next) }),
        limited(),
      );
      const items = Reservations.flatMap(({ Instances = [] }) => Instances);
      return page(
        items.flatMap((instance) => observed(instance, region)),
        NextToken,
      );
    },

    async spotPrices(region, types, since, next) {
      const { SpotPriceHistory = [], NextToken } = await clientOf(region).send(
        new DescribeSpotPriceHistoryCommand({
          // A filter, since it takes types that are newer than this SDK.
          Filters: [
            { Name: "instance-type", Values: [...types] },
            { Name: "product-description", Values: ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"] },
          ],
          StartTime: new Date(since),
          MaxResults: PAGE,
          ...token(next),
        }),
        limited(),
      );
      const asOf = clock.now();
      const quotes = SpotPriceHistory.map(
        ({ AvailabilityZoneId, AvailabilityZone, InstanceType, SpotPrice }) => ({
          region,
          zone: AvailabilityZoneId ?? AvailabilityZone ?? "",
          type: InstanceType ?? "",
          usdPerHour: SpotPrice ?? "",
          asOf,
        }),
      );
      return page(quotes, NextToken);
    },

    async spotRequests(region, next) {
      const { SpotInstanceRequests = [], NextToken } = await clientOf(region).send(
        new DescribeSpotInstanceRequestsCommand({
          Filters: [
            { Name: "type", Values: ["persistent"] },
            { Name: "state", Values: ["open", "active", "disabled"] },
          ],
          MaxResults: PAGE,
          ...token(next),
        }),
        limited(),
      );
      const ours = SpotInstanceRequests.filter((request) => isOurs(request, config.environment, profiles));
      return page(
        ours.flatMap(({ SpotInstanceRequestId: id }) => (id === undefined ? [] : [{ id, region }])),
        NextToken,
      );
    },

    async cancelSpotRequests(region, ids) {
      await clientOf(region).send(
        new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [...ids] }),
        limited(),
      );
    },

    async terminate(region, ids) {
      await clientOf(region).send(new TerminateInstancesCommand({ InstanceIds: [...ids] }), limited());
    },
  };
}

/** Without a time of launch it counts since the meter knows the day: rather too much than too little. */
function observed(instance: Instance, region: string): readonly ObservedInstance[] {
  const { InstanceId: id, LaunchTime, InstanceType = "", Placement, VpcId, IamInstanceProfile } = instance;
  if (id === undefined) return [];
  const tags = tagsOf(instance.Tags);
  const group = tags[GROUP_TAG];
  const profile = IamInstanceProfile?.Arn?.split("/").at(-1);
  const endedAt = endOf(instance.StateTransitionReason);
  return [
    {
      id,
      region,
      zone: Placement?.AvailabilityZoneId ?? Placement?.AvailabilityZone ?? "",
      type: InstanceType,
      market: instance.InstanceLifecycle === "spot" ? "spot" : "on-demand",
      state: stateOf(instance.State?.Name),
      launchedAt: LaunchTime?.getTime() ?? 0,
      tags,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(group === undefined ? {} : { group }),
      ...(profile === undefined ? {} : { profile }),
      ...(VpcId === undefined ? {} : { vpc: VpcId }),
    },
  ];
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** A state that EC2 may add one day counts as running: rather too much than too little. */
function stateOf(name: string | undefined): InstanceState {
  return INSTANCE_STATES.find((state) => state === name) ?? "running";
}

/** For example `User initiated (2026-11-21 14:05:09 GMT)`: the one place where EC2 says when an instance ended. */
function endOf(reason = ""): number | undefined {
  const time = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/.exec(reason);
  return time === null ? undefined : Date.parse(`${time[1] ?? ""}T${time[2] ?? ""}Z`);
}

/**
 * By the environment's tag or, since `RequestSpotInstances` tags nothing by itself, by the profile of a slot.
 * Requests of persistent hosts stay.
 */
function isOurs(
  { Tags, LaunchSpecification }: SpotInstanceRequest,
  environment: string,
  profiles: ReadonlySet<string>,
): boolean {
  const tags = tagsOf(Tags);
  if (tags[TAGS.life] === "persistent") return false;
  const { Name, Arn } = LaunchSpecification?.IamInstanceProfile ?? {};
  return tags[TAGS.environment] === environment || profiles.has(Name ?? Arn?.split("/").at(-1) ?? "");
}
