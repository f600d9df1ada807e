import { isTrue } from "../../../model/inputs.ts";
import { isUnknown } from "../../../model/resource.ts";
import { shown } from "../../companions.ts";
import { resourceRule } from "../../rule.ts";

export const kmsRotation = resourceRule({
  name: "kms-rotation",
  level: "mandatory",
  why: "Key material that never changes opens every byte ever written once it is exposed.",
  fix: "set enableKeyRotation: true",
  outside: ["CKV_AWS_7", "CIS AWS 3.6", "Security Hub KMS.4"],
  *checkResource({ type, inputs }) {
    if (type !== "aws:kms/key:Key" || !isSymmetric(inputs["customerMasterKeySpec"])) return;
    const rotation = inputs["enableKeyRotation"];
    if (!isTrue(rotation)) yield `enableKeyRotation is ${shown(rotation, isUnknown(rotation))}`;
  },
});

/** AWS rotates symmetric keys only. */
function isSymmetric(spec: unknown): boolean {
  return spec === undefined || spec === "SYMMETRIC_DEFAULT" || isUnknown(spec);
}
