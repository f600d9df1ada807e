import type { Rule } from "../../rule.ts";
import { actionsRestricted } from "./actions-restricted.ts";
import { bucketEncrypted } from "./bucket-encrypted.ts";
import { bucketPublicAccessBlocked } from "./bucket-public-access-blocked.ts";
import { bucketTlsOnly } from "./bucket-tls-only.ts";
import { bucketVersioned } from "./bucket-versioned.ts";
import { dataProtectedInProd } from "./data-protected-in-prod.ts";
import { defaultSecurityGroupClosed } from "./default-security-group-closed.ts";
import { ebsEncrypted } from "./ebs-encrypted.ts";
import { egressStated } from "./egress-stated.ts";
import { flowLogs } from "./flow-logs.ts";
import { functionFailuresSeen } from "./function-failures-seen.ts";
import { imdsv2 } from "./imdsv2.ts";
import { kmsRotation } from "./kms-rotation.ts";
import { logGroupEncrypted } from "./log-group-encrypted.ts";
import { noAdminPolicyAttachment } from "./no-admin-policy-attachment.ts";
import { noIamUsers } from "./no-iam-users.ts";
import { noInstanceKeyPair } from "./no-instance-key-pair.ts";
import { noOpenPrincipals } from "./no-open-principals.ts";
import { noPort22 } from "./no-port-22.ts";
import { noPublicIngress } from "./no-public-ingress.ts";
import { noSecretText } from "./no-secret-text.ts";
import { noWildcardActions } from "./no-wildcard-actions.ts";
import { noWildcardResources } from "./no-wildcard-resources.ts";
import { oidcTrustExact } from "./oidc-trust-exact.ts";
import { oneRolePerSlot } from "./one-role-per-slot.ts";
import { queueEncrypted } from "./queue-encrypted.ts";
import { repositoryProtected } from "./repository-protected.ts";
import { repositoryVisibilityStated } from "./repository-visibility-stated.ts";
import { requiredChecksReported } from "./required-checks-reported.ts";
import { requiredTags } from "./required-tags.ts";
import { topicEncryptedWithOwnKey } from "./topic-encrypted-with-own-key.ts";
import { githubSecretValuesEncrypted } from "./github-secret-values-encrypted.ts";
import { workflowTokenBounded } from "./workflow-token-bounded.ts";

/** Rules against losing data, secrets, control of hosts and of the account, in the order reports show them. */
export const SAFETY_RULES: readonly Rule[] = [
  requiredTags,
  ebsEncrypted,
  bucketEncrypted,
  topicEncryptedWithOwnKey,
  queueEncrypted,
  logGroupEncrypted,
  kmsRotation,
  noSecretText,
  imdsv2,
  noPublicIngress,
  noPort22,
  egressStated,
  defaultSecurityGroupClosed,
  flowLogs,
  bucketTlsOnly,
  bucketPublicAccessBlocked,
  bucketVersioned,
  noWildcardActions,
  noWildcardResources,
  noOpenPrincipals,
  oidcTrustExact,
  noAdminPolicyAttachment,
  noIamUsers,
  noInstanceKeyPair,
  oneRolePerSlot,
  dataProtectedInProd,
  functionFailuresSeen,
  repositoryProtected,
  requiredChecksReported,
  repositoryVisibilityStated,
  actionsRestricted,
  workflowTokenBounded,
  githubSecretValuesEncrypted,
];
