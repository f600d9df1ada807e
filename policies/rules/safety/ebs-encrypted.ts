import { isTrue, listOf, tableOf, textOf, valueAt } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { shown } from "../../companions.ts";
import { resourceRule } from "../../rule.ts";

/** Types whose whole storage is one volume or a copy of one. */
const WHOLE = new Set([
  "aws:ebs/volume:Volume",
  "aws:ebs/snapshotCopy:SnapshotCopy",
  "aws:ebs/snapshotImport:SnapshotImport",
  "aws:ec2/amiCopy:AmiCopy",
]);

export const ebsEncrypted = resourceRule({
  name: "ebs-encrypted",
  level: "mandatory",
  why: "An unencrypted volume can be read by whoever gets hold of one of its snapshots, and cannot be encrypted in place later.",
  fix: "set encrypted: true on every volume, the root volume included",
  outside: ["CKV_AWS_3", "CKV_AWS_8", "CKV_AWS_106", "CKV_AWS_235", "CIS AWS 5.1.1", "Security Hub EC2.3"],
  *checkResource(resource) {
    for (const { what, encrypted } of volumesOf(resource))
      if (!isTrue(encrypted)) yield `${what}: encrypted is ${shown(encrypted, isUnknown(encrypted))}`;
  },
});

/** Types whose root volume stands beside the others. */
const ROOTED = new Set([
  "aws:ec2/instance:Instance",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
]);

interface Volume {
  readonly what: string;
  readonly encrypted: unknown;
}

function volumesOf({ type, inputs }: ResourceRecord): Volume[] {
  if (WHOLE.has(type)) return [{ what: "volume", encrypted: inputs["encrypted"] }];
  if (ROOTED.has(type)) {
    const root = inputs["rootBlockDevice"];
    // With a launch template the template says what the root volume is, and is judged itself.
    const fromTemplate = root === undefined && inputs["launchTemplate"] !== undefined;
    return [
      ...(fromTemplate ? [] : [{ what: "root volume", encrypted: valueAt(root, "encrypted") }]),
      ...mapped(inputs["ebsBlockDevices"], (device) => device),
    ];
  }
  if (type === "aws:ec2/launchTemplate:LaunchTemplate") {
    const mappings = inputs["blockDeviceMappings"];
    // Without a mapping the image decides, and images of the public leave the root volume in the clear.
    if (listOf(mappings).length === 0)
      return [{ what: "root volume", encrypted: isUnknown(mappings) ? mappings : undefined }];
    return mapped(mappings, (mapping) => valueAt(mapping, "ebs"));
  }
  return [];
}

function mapped(devices: unknown, ebsOf: (device: unknown) => unknown): Volume[] {
  if (isUnknown(devices)) return [{ what: "volumes", encrypted: devices }];
  return listOf(devices)
    .filter((device) => ebsOf(device) !== undefined && !isTrue(tableOf(device)["noDevice"]))
    .map((device) => ({
      what: `volume ${textOf(tableOf(device)["deviceName"]) ?? "without a device name"}`,
      encrypted: valueAt(ebsOf(device), "encrypted"),
    }));
}
