import type { S3Client } from "@aws-sdk/client-s3";
import type { Plan } from "../../model/plan.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

/**
 * What the plan says of the artifact bucket. Its name ends in letters that only the deployment knows, which the plan
 * shows as `[RESOURCE.PROPERTY]`.
 */
export interface PlannedBucket {
  /** Up to the first letter that is not known. */
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** @throws GroundError (exit code 2) where the stack plans no artifact store. */
export function plannedBucket({ resources, stack }: Pick<Plan, "resources" | "stack">): PlannedBucket {
  const store = resources.find(({ type }) => type === "proving-ground:infra:ArtifactStore");
  const bucket = resources.find(
    ({ type, parent }) => type === "aws:s3/bucket:Bucket" && parent === store?.urn,
  );
  const name = bucket?.inputs["bucket"];
  if (bucket === undefined || typeof name !== "string")
    throw new GroundError(`Stack ${stack} has no artifact store.`, EXIT.badConfiguration);
  const tags = Object.entries(bucket.inputs["tags"] ?? {}).filter(
    (tag): tag is [string, string] => typeof tag[1] === "string",
  );
  return { prefix: name.split("[")[0] ?? name, tags: Object.fromEntries(tags) };
}

/**
 * The bucket of an environment in the caller's account: by the name's known part and by its tags, which tell it from
 * one that another team named alike.
 *
 * @throws GroundError (exit code 4) where there is none, or more than one; the SDK's own errors.
 */
export async function findBucket(client: S3Client, { prefix, tags }: PlannedBucket): Promise<string> {
  const named = await bucketsWithPrefix(client, prefix);
  const ours: string[] = [];
  for (const name of named) {
    const found = await tagsOf(client, name);
    if (Object.entries(tags).every(([key, value]) => found.get(key) === value)) ours.push(name);
  }
  const [bucket, ...more] = ours;
  if (bucket === undefined)
    throw new GroundError(
      `No artifact bucket ${prefix}… with this stack's tags in this account${named.length === 0 ? "" : ` (others: ${named.join(", ")})`}: run \`pulumi up\` first, or check which account the credentials are for.`,
      EXIT.resourceFailed,
    );
  if (more.length > 0)
    throw new GroundError(
      `More than one artifact bucket of this stack: ${ours.join(", ")}. Say which: --bucket NAME.`,
      EXIT.resourceFailed,
    );
  return bucket;
}

async function bucketsWithPrefix(client: S3Client, prefix: string): Promise<string[]> {
  const { paginateListBuckets } = await import("@aws-sdk/client-s3");
  const names: string[] = [];
  for await (const { Buckets } of paginateListBuckets({ client }, { Prefix: prefix }))
    names.push(...(Buckets ?? []).flatMap(({ Name }) => (Name?.startsWith(prefix) === true ? [Name] : [])));
  return names;
}

/** None for a bucket without tags, which S3 reports as an error. */
async function tagsOf(client: S3Client, bucket: string): Promise<ReadonlyMap<string, string>> {
  const { GetBucketTaggingCommand } = await import("@aws-sdk/client-s3");
  try {
    const { TagSet = [] } = await client.send(new GetBucketTaggingCommand({ Bucket: bucket }));
    return new Map(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchTagSet") return new Map();
    throw error;
  }
}
