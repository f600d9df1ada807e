import { resourceRule } from "../../rule.ts";

export const logGroupEncrypted = resourceRule({
  name: "log-group-encrypted",
  level: "advisory",
  why: "Logs repeat what programs handle; without a key of one's own every reader of CloudWatch Logs reads them.",
  fix: "set kmsKeyId to the environment's key",
  outside: ["CKV_AWS_158"],
  *checkResource({ type, inputs }) {
    if (type !== "aws:cloudwatch/logGroup:LogGroup") return;
    // An unknown key is one the program makes.
    if (inputs["kmsKeyId"] === undefined || inputs["kmsKeyId"] === "")
      yield "the log group has no key of its own";
  },
});
