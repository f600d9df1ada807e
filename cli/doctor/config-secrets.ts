import { configSecretPaths } from "../../infra/settings/governance-secrets.ts";
import type { GovernanceSettings } from "../../infra/settings/governance.ts";
import type { StackFile } from "../stack-file.ts";
import type { Check, Finding } from "./check.ts";

/**
 * Secrets for GitHub whose value is in Pulumi's configuration; none where there are none. By the keys of the stack file
 * alone: values stay sealed. One in clear is refused before any check runs.
 */
export function configSecretChecks(
  governance: GovernanceSettings | undefined,
  { stack, config }: { readonly stack: string; readonly config: StackFile["config"] },
): readonly Check[] {
  const keys = [...configSecretPaths(governance).keys()];
  if (keys.length === 0) return [];
  return [
    {
      id: "pulumi.config-secrets",
      title: "Configuration secrets",
      side: "machine",
      rights: "nothing",
      look: () => Promise.resolve(configSecretFinding(stack, keys, new Set(Object.keys(config)))),
    },
  ];
}

export function configSecretFinding(
  stack: string,
  keys: readonly string[],
  set: ReadonlySet<string>,
): Finding {
  const missing = keys.filter((key) => !set.has(key));
  if (missing.length === 0) return { status: "ok", found: `${keys.join(", ")}: set` };
  return {
    status: "failed",
    found: `${missing.join(", ")}: not set, though the stack hands it to GitHub: \`up\` would stop`,
    fix: missing.map((key) => `pulumi config set --secret ${key} --stack ${stack}`).join("\n"),
  };
}
