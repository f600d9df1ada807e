import { textOf } from "../model/inputs.ts";
import type { ResourceRecord } from "../model/resource.ts";

/**
 * Resources of a type that name `target` in an input: by the dependency Pulumi recorded, which holds while the
 * id is unknown, or by the same literal name on both sides.
 */
export function companionsOf(
  resources: readonly ResourceRecord[],
  target: ResourceRecord,
  { types, property, targetName }: { types: readonly string[]; property: string; targetName?: string },
): ResourceRecord[] {
  const literal = targetName === undefined ? undefined : textOf(target.inputs[targetName]);
  return types
    .flatMap((type) => ofType(resources, type))
    .filter(
      ({ inputs, propertyDependencies }) =>
        propertyDependencies[property]?.includes(target.urn) === true ||
        (literal !== undefined && inputs[property] === literal),
    );
}

const byType = new WeakMap<readonly ResourceRecord[], ReadonlyMap<string, readonly ResourceRecord[]>>();

/** Resources of a type, looked up: a dozen rules ask for each of hundreds of resources. */
export function ofType(resources: readonly ResourceRecord[], type: string): readonly ResourceRecord[] {
  const index = byType.get(resources) ?? grouped(resources);
  byType.set(resources, index);
  return index.get(type) ?? [];
}

function grouped(resources: readonly ResourceRecord[]): ReadonlyMap<string, readonly ResourceRecord[]> {
  const groups = new Map<string, ResourceRecord[]>();
  for (const resource of resources) {
    const group = groups.get(resource.type);
    if (group === undefined) groups.set(resource.type, [resource]);
    else group.push(resource);
  }
  return groups;
}

/** Both generations of the bucket: the provider renamed `BucketV2` back to `Bucket`. */
export const BUCKETS: readonly string[] = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

/** Resources that configure a bucket from the side, by their name in the provider. */
export function sidesOfBucket(
  resources: readonly ResourceRecord[],
  bucket: ResourceRecord,
  side: string,
): ResourceRecord[] {
  const token = (name: string) => `aws:s3/${name}:${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const types = [token(side), token(`${side}V2`)];
  return companionsOf(resources, bucket, { types, property: "bucket", targetName: "bucket" });
}

/** A value for a message. */
export function shown(value: unknown, unknown: boolean): string {
  if (value === undefined || value === null) return "not set";
  return unknown ? "unknown before deployment" : JSON.stringify(value);
}
