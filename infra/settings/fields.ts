import { closest } from "fastest-levenshtein";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { cronProblem } from "./cron.ts";

/** The single values that settings are made of; each says in its message what is allowed. */

export const NAME_PATTERN = /^[a-z][a-z0-9-]{1,20}$/;
export const NAME_RULE = "must be 2 to 21 lower-case letters, digits or dashes, starting with a letter";

export const name = z.string().regex(NAME_PATTERN, NAME_RULE);

export const instanceType = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "must be an EC2 instance type such as i4i.2xlarge");

export const usd = z
  .number()
  .positive("must be more than 0 US dollars")
  .max(100_000, "must be at most 100000 US dollars");

export const email = z.email("must be a mail address such as oncall@example.com");

export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, "must be a Secrets Manager name such as cfs/github-token");

/** Source: IAM user guide, "IAM and AWS STS quotas", names; the policy may be AWS's own. */
export const policy = z
  .string()
  .regex(
    /^(?:[\w+=,.@-]{1,128}|arn:aws:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]{1,512})$/,
    "must be the name or the ARN of an IAM policy, such as proving-ground-bootstrap-host-boundary-dev",
  );

/** Characters that every AWS service takes in a tag. Source: "Tagging AWS resources", restrictions. */
export const tagValue = z
  .string()
  .refine(
    (text) => /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u.test(text),
    "must hold letters, digits, spaces and _ . : / = + - @ only, since it becomes a tag",
  );

/** Whether the zone is of the region is a rule of two fields: see `rules.ts`. */
export const zoneId = z.string();

export const cidr = z
  .string()
  .refine((text) => ipaddr.IPv4.isValidCIDR(text), "must be an IPv4 range such as 10.20.0.0/16");

/** The address block of a network: large enough for three zones, small enough for a VPC. */
export const vpcCidr = z.string().refine((text) => {
  if (!ipaddr.IPv4.isValidCIDR(text)) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  return (
    prefix >= 16 && prefix <= 24 && ipaddr.IPv4.networkAddressFromCIDR(text).toString() === address.toString()
  );
}, "must be a network address between /16 and /24, such as 10.20.0.0/16");

/** True where two valid CIDR blocks share an address. */
export function overlap(first: string, second: string): boolean {
  const [a, aBits] = ipaddr.IPv4.parseCIDR(first);
  const [b, bBits] = ipaddr.IPv4.parseCIDR(second);
  return aBits <= bBits ? b.match(a, aBits) : a.match(b, bBits);
}

export const cron = z.string().superRefine((text, context) => {
  const message = cronProblem(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** A date that there is, whatever the time zone. */
export const calendarDate = z.string().refine((text) => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}, "must be a date such as 2026-12-24, in quotes");

const TIME_ZONE_RULE = "must be an IANA time zone such as America/Los_Angeles or UTC";

/** AWS takes names of the IANA list only, in their own case; `Intl` alone would also let offsets pass. */
export const timeZone = z.string().superRefine((zone, context) => {
  const known = ["UTC", ...Intl.supportedValuesOf("timeZone")];
  if (known.includes(zone) || isAlias(zone, known)) return;
  context.addIssue({
    code: "custom",
    message: `${TIME_ZONE_RULE}; did you mean ${JSON.stringify(closest(zone, known))}?`,
  });
});

/** An older name such as `Asia/Calcutta`, which the list leaves out. A name in the wrong case is none. */
function isAlias(zone: string, known: readonly string[]): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)+$/.test(zone)) return false;
  if (known.some((other) => other.toLowerCase() === zone.toLowerCase())) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Retention periods of CloudWatch Logs up to a year. Source: its API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] as const;
export const retentionDays = z.literal(RETENTION_DAYS);

/**
 * Amazon Linux 2023 only: host boot installs Node from its repository. The parameters live under
 * `/aws/`, a prefix no account but AWS's own can write to; an image found by name could be anybody's.
 */
export const image = z
  .string()
  .regex(
    /^(ami-[0-9a-f]{8}|ami-[0-9a-f]{17}|\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-[\w.-]+-(x86_64|arm64))$/,
    "must be an image id (ami- and 8 or 17 hexadecimal digits) or Amazon's own parameter, /aws/service/ami-amazon-linux-latest/al2023-ami-…-x86_64 or …-arm64",
  )
  .default("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
  .describe(
    "Machine image: a pinned id, or Amazon's own parameter for Amazon Linux 2023, which nobody else can write.",
  );

/** A list of `least` to `most` different items; AWS refuses most lists of these settings that hold one twice. */
export function list<Item extends z.ZodType<string | number>>(
  item: Item,
  least: number,
  most: number,
  what: string,
) {
  const count = least === most ? String(least) : `${String(least)} to ${String(most)}`;
  const message = `must name ${count} ${what}`;
  return z
    .array(item)
    .min(least, message)
    .max(most, message)
    .superRefine((items, context) => {
      for (const [index, value] of items.entries()) {
        if (items.indexOf(value) === index) continue;
        context.addIssue({ code: "custom", path: [index], message: "must not be named twice" });
      }
    });
}
