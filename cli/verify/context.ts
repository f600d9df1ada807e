import type { Instance } from "@aws-sdk/client-ec2";
import type { StackSettings } from "../../infra/settings/schema.ts";
import type { Plan } from "../../model/plan.ts";
import type { AwsAccount } from "../doctor/aws-account.ts";
import type { Finding } from "../doctor/check.ts";

/** What every line about AWS builds on: the plan says what should be, the account what is. */
export interface AwsContext {
  readonly plan: Plan;
  readonly settings: StackSettings;
  readonly account: AwsAccount;
  /** Artifact bucket, where it should not be looked up. */
  readonly bucket?: string | undefined;
  /** Version of the artifacts; default: the one deployed last. */
  readonly version?: string | undefined;
  /** Read every content, rather than ask S3 for its checksum. */
  readonly deep: boolean;
}

/** Differences as one finding: none of them is ok. */
export function findingOf(differences: readonly string[], found: string, fix: string): Finding {
  return differences.length === 0
    ? { status: "ok", found }
    : { status: "failed", found: shortened(differences).join("\n"), fix };
}

const SHOWN = 20;

function shortened(lines: readonly string[]): readonly string[] {
  return lines.length <= SHOWN
    ? lines
    : [...lines.slice(0, SHOWN), `… and ${String(lines.length - SHOWN)} more`];
}

export const UP =
  "Run `pulumi up` for this stack; if it shows no change, somebody changed it by hand: `pulumi up --refresh`.";

/** Running and pending instances with all of these tags. */
export async function instancesWith(
  account: AwsAccount,
  tags: Readonly<Record<string, string>>,
): Promise<Instance[]> {
  const instances = await account.instances();
  return instances.filter(({ Tags = [] }) => {
    const found = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
    return Object.entries(tags).every(([key, value]) => found.get(key) === value);
  });
}

/** Tags as the plan has them in a resource's inputs. */
export function tagsOf(inputs: Readonly<Record<string, unknown>>): Record<string, string> {
  const { tags } = inputs;
  if (typeof tags !== "object" || tags === null) return {};
  return Object.fromEntries(
    Object.entries(tags).filter((tag): tag is [string, string] => typeof tag[1] === "string"),
  );
}
