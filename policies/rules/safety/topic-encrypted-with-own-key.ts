import { resourceRule } from "../../rule.ts";

/** End of the alias and of its ARN. */
const AMAZONS_KEY = "alias/aws/sns";

export const topicEncryptedWithOwnKey = resourceRule({
  name: "topic-encrypted-with-own-key",
  level: "mandatory",
  why: "Under Amazon's own key CloudWatch alarms and budgets are dropped in silence: the alarm that nobody hears.",
  fix: "set kmsMasterKeyId to a customer key whose policy lets the alarming services use it",
  outside: ["CKV_AWS_26", "Security Hub SNS.1"],
  *checkResource({ type, inputs }) {
    if (type !== "aws:sns/topic:Topic") return;
    const key = inputs["kmsMasterKeyId"];
    if (key === undefined || key === "") yield "the topic is not encrypted";
    // An unknown key is one the program makes, never Amazon's.
    else if (typeof key === "string" && key.endsWith(AMAZONS_KEY))
      yield `the topic is encrypted with ${key}, which alarms may not use`;
  },
});
