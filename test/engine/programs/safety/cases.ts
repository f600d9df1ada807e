import { githubRules } from "./github-rules.ts";
import { lateRights, resourceRules } from "./resource-rules.ts";
import { buckets, functions, network, slots } from "./stack-rules.ts";

type Expected = readonly [rule: string, level: "mandatory" | "advisory", resource: string];

interface Case {
  readonly make: () => void;
  /** Every verdict of the safety rules. */
  readonly verdicts: readonly Expected[];
  /** False where the fault is unknown at preview and seen at the update; default: true. */
  readonly previewed?: false;
}

function bad(rule: string, level: "mandatory" | "advisory" = "mandatory"): Expected {
  return [rule, level, `${rule}-bad`];
}

/** By the value of `safety:case`. */
export const CASES: Readonly<Record<string, Case>> = {
  resources: {
    make: resourceRules,
    verdicts: [
      ...[
        "required-tags",
        "ebs-encrypted",
        "topic-encrypted-with-own-key",
        "queue-encrypted",
        "kms-rotation",
      ].map((rule) => bad(rule)),
      ...["no-secret-text", "imdsv2", "no-public-ingress", "no-port-22", "no-wildcard-actions"].map((rule) =>
        bad(rule),
      ),
      ...[
        "no-wildcard-resources",
        "no-open-principals",
        "oidc-trust-exact",
        "no-admin-policy-attachment",
      ].map((rule) => bad(rule)),
      ...["no-iam-users", "no-instance-key-pair", "data-protected-in-prod"].map((rule) => bad(rule)),
      bad("log-group-encrypted", "advisory"),
      // Port 22 open to everybody is a public ingress too.
      ["no-public-ingress", "mandatory", "no-port-22-bad"],
      // These networks are there for their tags alone.
      ...["required-tags-bad", "required-tags-good"].flatMap((vpc): Expected[] => [
        ["default-security-group-closed", "mandatory", vpc],
        ["flow-logs", "mandatory", vpc],
      ]),
    ],
  },
  buckets: {
    make: buckets,
    verdicts: ["bucket-encrypted", "bucket-tls-only", "bucket-public-access-blocked", "bucket-versioned"].map(
      (rule) => bad(rule),
    ),
  },
  network: {
    make: network,
    verdicts: [
      bad("default-security-group-closed"),
      bad("flow-logs"),
      bad("egress-stated"),
      ["egress-stated", "mandatory", "egress-stated-silent-bad"],
    ],
  },
  functions: {
    make: functions,
    verdicts: [bad("function-failures-seen"), bad("function-failures-seen")],
  },
  slots: { make: slots, verdicts: [bad("one-role-per-slot")] },
  late: {
    make: lateRights,
    previewed: false,
    verdicts: [bad("no-wildcard-actions")],
  },
  github: {
    make: githubRules,
    verdicts: [
      bad("repository-protected"),
      bad("required-checks-reported"),
      ["required-checks-reported", "mandatory", "required-checks-reported-unverified-bad"],
      ["required-checks-reported", "mandatory", "required-checks-reported-beside-bad"],
      bad("repository-visibility-stated", "advisory"),
      bad("actions-restricted", "advisory"),
      bad("workflow-token-bounded", "advisory"),
      bad("github-secret-values-encrypted"),
    ],
  },
};
