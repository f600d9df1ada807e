import type * as pulumi from "@pulumi/pulumi";
import { unknownOutput } from "../../model/resource.ts";

/**
 * Outputs beyond `id` and `arn` that AWS and GitHub compute and programs read. An output that is missing here
 * is unknown to the plan, as it is in a preview of the engine, and shows as `[unknown]`.
 */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/eip:Eip": ["publicIp", "allocationId"],
  "aws:ec2/instance:Instance": ["privateIp", "publicIp"],
  "aws:ec2/launchTemplate:LaunchTemplate": ["latestVersion"],
  "aws:kms/key:Key": ["keyId"],
  "aws:route53/zone:Zone": ["zoneId"],
  "aws:sqs/queue:Queue": ["url"],
  "github:index/repository:Repository": ["htmlUrl", "nodeId"],
  "random:index/randomBytes:RandomBytes": ["base64"],
  "random:index/randomId:RandomId": ["hex"],
};

/** State of a resource as a plan knows it: its inputs, and a marker for each output that only the provider will give. */
export function knownOutputs(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): pulumi.runtime.MockResourceResult {
  if (!/^(aws|github|random):/.test(type)) return { id: "", state: inputs };
  const computed: Record<string, unknown> = {};
  for (const property of [...(type.startsWith("aws:") ? ["arn"] : []), ...(COMPUTED[type] ?? [])])
    computed[property] = unknownOutput(name, property);
  return { id: unknownOutput(name, "id"), state: { ...computed, ...inputs } };
}
