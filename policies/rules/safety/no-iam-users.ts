import { resourceRule } from "../../rule.ts";

const FAULTS: Readonly<Record<string, string>> = {
  "aws:iam/user:User": "the program makes an IAM user",
  "aws:iam/accessKey:AccessKey": "the program makes an access key, whose secret stays in the state",
  "aws:iam/userLoginProfile:UserLoginProfile":
    "the program makes a console password, which stays in the state",
};

export const noIamUsers = resourceRule({
  name: "no-iam-users",
  level: "mandatory",
  why: "An access key never expires; one found in a log or a laptop spends the account's money until somebody notices.",
  fix: "use a role: OIDC for workflows, an instance profile for hosts, IAM Identity Center for people",
  outside: ["CKV_AWS_273", "CIS AWS 1.14", "Security Hub IAM.22"],
  *checkResource({ type }) {
    const fault = FAULTS[type];
    if (fault !== undefined) yield fault;
  },
});
