import { isTrue } from "../../../model/inputs.ts";
import { isUnknown } from "../../../model/resource.ts";
import { resourceRule } from "../../rule.ts";

export const queueEncrypted = resourceRule({
  name: "queue-encrypted",
  level: "mandatory",
  why: "A dead-letter queue keeps whole failed events for days, in the clear unless it is encrypted.",
  fix: "set kmsMasterKeyId, or sqsManagedSseEnabled: true",
  outside: ["CKV_AWS_27", "Security Hub SQS.1"],
  *checkResource({ type, inputs }) {
    if (type !== "aws:sqs/queue:Queue") return;
    const key = inputs["kmsMasterKeyId"];
    if ((key !== undefined && key !== "") || isTrue(inputs["sqsManagedSseEnabled"])) return;
    yield isUnknown(inputs["sqsManagedSseEnabled"])
      ? "whether the queue is encrypted is unknown before deployment"
      : "the queue is not encrypted";
  },
});
