import { z } from "zod";
import { numberOf } from "../../../model/inputs.ts";
import { resourceRule } from "../../rule.ts";
import { inWords } from "../../words.ts";

export const logRetention = resourceRule({
  name: "log-retention",
  level: "mandatory",
  why: "A log group without a retention keeps, and charges for, every line for ever.",
  fix: "set retentionInDays to what somebody will read, or raise parameters.log-retention.days",
  outside: ["CKV_AWS_66", "AWS Security Hub CloudWatch.16"],
  parameters: z.strictObject({
    days: z.int().min(1).max(3653).default(400).describe("Longest retention, days."),
  }),
  *checkResource({ type, inputs }, { parameters }) {
    if (type !== "aws:cloudwatch/logGroup:LogGroup") return;
    const stated = inputs["retentionInDays"];
    const days = numberOf(stated);
    if (days === undefined) yield `its retention is ${inWords(stated)}`;
    else if (days <= 0) yield "keeps its logs for ever";
    else if (days > parameters.days)
      yield `keeps its logs for ${String(days)} days, at most ${String(parameters.days)} are allowed`;
  },
});
