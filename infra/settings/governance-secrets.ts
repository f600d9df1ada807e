import type { Problem } from "./describe.ts";
import type { GovernanceSettings, SecretSource } from "./governance.ts";

/** One secret of a repository, and where its value comes from. */
export interface SecretReference {
  /** Path in the settings, for messages. */
  readonly path: string;
  readonly source: SecretSource;
}

/** Every secret of every repository and environment, in the order of the settings. */
export function secretReferences({ repositories }: GovernanceSettings): SecretReference[] {
  return Object.entries(repositories).flatMap(([name, repository]) => {
    const path = `governance.repositories.${name}`;
    return [
      ...referencesIn(`${path}.secrets`, repository.secrets),
      ...referencesIn(`${path}.dependabotSecrets`, repository.dependabotSecrets),
      ...Object.entries(repository.environments).flatMap(([environment, { secrets }]) =>
        referencesIn(`${path}.environments.${environment}.secrets`, secrets),
      ),
    ];
  });
}

/** The references by configuration key, for those whose value is in Pulumi's configuration. */
export function configSecretPaths(governance: GovernanceSettings | undefined): Map<string, string> {
  if (governance === undefined) return new Map();
  return new Map(
    secretReferences(governance).flatMap(({ path, source }) =>
      "config" in source ? [[source.config, path] as const] : [],
    ),
  );
}

function referencesIn(path: string, secrets: Readonly<Record<string, SecretSource>>): SecretReference[] {
  return Object.entries(secrets).map(([name, source]) => ({ path: `${path}.${name}`, source }));
}

/** How a configuration key stands in a stack. */
export type SecretState = "encrypted" | "clear" | "missing";

/** Secrets whose configuration key is not set, or stands in clear. No message holds a value. */
export function configSecretProblems(
  governance: GovernanceSettings | undefined,
  stateOf: (key: string) => SecretState,
): Problem[] {
  return [...configSecretPaths(governance)].flatMap(([key, path]) => {
    const state = stateOf(key);
    if (state === "encrypted") return [];
    const fault = state === "missing" ? "which is not set" : "which stands in clear in the stack file";
    const message = `takes its value from the configuration key ${key}, ${fault}; run: pulumi config set --secret ${key}`;
    return [{ path, value: undefined, message }];
  });
}
