/** What an Auto Scaling group tried, as it tells it. */
export interface Activity {
  readonly group: string;
  readonly description: string;
  /** For example `Successful`, `Failed`, `InProgress`. */
  readonly status: string;
  readonly message: string;
  readonly at: number;
}

export type Failing =
  "capacity" | "price" | "quota" | "rights" | "key" | "template" | "place" | "throttled" | "other";

/** Why a slot did not get its host, for people. */
export interface Reason {
  readonly kind: Failing;
  readonly text: string;
}

/**
 * Codes that stand in the message of a failed activity, with what they mean. The first that is found counts, so
 * that what is more exact comes first.
 * Source: EC2 Auto Scaling User Guide, "Troubleshoot … launch failures"; EC2 API Reference, "Error codes".
 */
const MEANINGS: readonly (readonly [pattern: RegExp, kind: Failing, text: string])[] = [
  [
    /VcpuLimitExceeded|MaxSpotInstanceCountExceeded|InstanceLimitExceeded|vCPU (capacity|limit)/i,
    "quota",
    "the account's vCPU quota is used up: `ground doctor` names it and how to ask for more",
  ],
  [
    /SpotMaxPriceTooLow|max(imum)? price.* lower than/i,
    "price",
    "the spot price is above the highest that may be paid, the on-demand price",
  ],
  [
    /InsufficientInstanceCapacity|UnfulfillableCapacity|InsufficientHostCapacity|InsufficientReservedInstanceCapacity|no Spot capacity|sufficient .*capacity/i,
    "capacity",
    "AWS has no capacity of its types in its zones now",
  ],
  [
    /Unsupported|InvalidAvailabilityZone|not supported in your requested Availability Zone/i,
    "place",
    "AWS does not offer its types in its zones: choose others in the stack file",
  ],
  [
    /ServiceLinkedRole|UnauthorizedOperation|AccessDenied|not authorized/i,
    "rights",
    "AWS refused the group's rights: `ground doctor` looks at the service-linked roles",
  ],
  [
    /Client\.InternalError|KMS|InvalidKey|key .*(disabled|pending)/i,
    "key",
    "the host ended at its launch, as it does where the key of its volume may not be used",
  ],
  [
    /InvalidAMIID|InvalidLaunchTemplate|InvalidSnapshot|InvalidGroup|InvalidSubnet|InvalidParameter|Invalid IamInstanceProfile|launch template/i,
    "template",
    "its launch template names what is not there any more: run `pulumi up`",
  ],
  [
    /RequestLimitExceeded|Throttling|Rate exceeded/i,
    "throttled",
    "AWS answered too many requests; it tries again",
  ],
];

const INTERRUPTED =
  /EC2 instance rebalance|Spot (Instance )?interruption|instance was taken out of service in response to an? EC2 health check/i;

/** A failed launch in plain words; AWS's own, shortened, where it is none that is known. */
export function reasonOf({ message, description }: Pick<Activity, "message" | "description">): Reason {
  const found = MEANINGS.find(([pattern]) => pattern.test(message));
  if (found === undefined) return { kind: "other", text: sentence(message === "" ? description : message) };
  const [, kind, text] = found;
  const where = kind === "capacity" || kind === "place" ? placeIn(message) : "";
  return { kind, text: `${text}${where}` };
}

/**
 * What a group's latest activity says of a launch that did not come about; undefined where the latest launch went
 * well or is under way. Activities of another group, and those before `since`, tell nothing.
 */
export function launchFailure(
  activities: readonly Activity[],
  group: string,
  since: number,
): (Reason & { readonly at: number }) | undefined {
  const launches = activities.filter(
    (activity) =>
      activity.group === group && activity.at >= since && activity.description.startsWith("Launching"),
  );
  const latest = launches.reduce<Activity | undefined>(
    (last, one) => (last === undefined || one.at > last.at ? one : last),
    undefined,
  );
  if (latest === undefined || (latest.status !== "Failed" && latest.status !== "Cancelled")) return undefined;
  return { ...reasonOf(latest), at: latest.at };
}

/** When a group last lost a host that it did not give up itself; undefined where it lost none. */
export function lastInterruption(
  activities: readonly Activity[],
  group: string,
): Pick<Activity, "at"> | undefined {
  return activities
    .filter(
      ({ group: of, description, message }) =>
        of === group && description.startsWith("Terminating") && INTERRUPTED.test(message),
    )
    .toSorted((a, b) => b.at - a.at)[0];
}

/** The type and zone that AWS names, if it does. */
function placeIn(message: string): string {
  const type = /\b([a-z][a-z0-9-]*\d[a-z0-9-]*\.(?:\d*x?large|micro|nano|small|medium|metal[\w-]*))\b/.exec(
    message,
  )?.[1];
  const zone = /\b([a-z]{2}(?:-[a-z]+)+-\d[a-z])\b/.exec(message)?.[1];
  const named = [type, zone === undefined ? undefined : `in ${zone}`].filter((part) => part !== undefined);
  return named.length === 0 ? "" : ` (asked for: ${named.join(" ")})`;
}

/** Longer than a line of a table is useful. */
const LONGEST = 160;

function sentence(text: string): string {
  const [first = ""] = text.trim().split(/(?<=\.)\s/, 1);
  return first.length > LONGEST ? `${first.slice(0, LONGEST)} …` : first;
}
