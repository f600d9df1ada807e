import { listOf } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { resourceRule } from "../../rule.ts";

const ATTACHMENTS = new Set([
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
  "aws:iam/role:Role",
]);

/** AWS's own policies that let their holder give itself every right. */
const ADMINISTRATOR = /:aws:policy\/(?:.*\/)?(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

export const noAdminPolicyAttachment = resourceRule({
  name: "no-admin-policy-attachment",
  level: "mandatory",
  why: "Whoever takes over a job or a host with administrator's rights owns the account.",
  fix: "attach a policy that names what the role does",
  outside: ["CKV_AWS_274", "CIS AWS 1.16", "Security Hub IAM.1"],
  *checkResource(resource) {
    // An unknown ARN belongs to a policy the program makes, whose document is judged itself.
    for (const arn of attachedTo(resource)) {
      const [, policy] = ADMINISTRATOR.exec(arn) ?? [];
      if (policy !== undefined) yield `${policy} is attached`;
    }
  },
});

function attachedTo({ type, inputs }: ResourceRecord): string[] {
  if (!ATTACHMENTS.has(type)) return [];
  return [
    inputs["policyArn"],
    inputs["managedPolicyArn"],
    ...listOf(inputs["policyArns"]),
    ...listOf(inputs["managedPolicyArns"]),
  ].filter((arn) => typeof arn === "string");
}
