import { z } from "zod";
import { TAGS, type Life } from "../../../model/tags.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { tagOf } from "../../../pricing/resource-index.ts";
import { resourceRule } from "../../rule.ts";

/** Types whose deletion loses data, or the key to it. */
const HOLDERS = new Set([
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:secretsmanager/secret:Secret",
  "aws:kms/key:Key",
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
]);

export const dataProtectedInProd = resourceRule({
  name: "data-protected-in-prod",
  level: "mandatory",
  why: "A renamed resource or a mistaken destroy deletes releases, secrets, the guard's ledger or the key that opens them.",
  fix: "set protect: true in its options",
  outside: ["Pulumi resource option protect", "AWS Well-Architected REL09-BP02"],
  parameters: z.strictObject({
    /** Stacks whose data must be protected. */
    stacks: z.array(z.string().min(1)).default(["prod"]),
  }),
  *checkResource(resource, { parameters, stack }) {
    if (!parameters.stacks.includes(stack) || resource.protect) return;
    if (HOLDERS.has(resource.type)) yield "holds data and is not protected against deletion";
    else if (isPersistentHost(resource)) yield "is a host for life and is not protected against deletion";
  },
});

function isPersistentHost({ type, inputs }: ResourceRecord): boolean {
  if (type !== "aws:ec2/instance:Instance") return false;
  const life = isUnknown(inputs["tags"]) ? inputs["tags"] : tagOf(inputs, TAGS.life);
  return life === ("persistent" satisfies Life) || isUnknown(life);
}
