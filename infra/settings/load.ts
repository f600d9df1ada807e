import * as pulumi from "@pulumi/pulumi";
import { SECRET } from "../../model/resource.ts";
import type { GovernanceSettings } from "./governance.ts";
import { configSecretPaths, configSecretProblems } from "./governance-secrets.ts";
import { parseSettings, SettingsError } from "./parse.ts";
import type { StackSettings } from "./schema.ts";

/**
 * Reads the stack's configuration: the only place that touches Pulumi's configuration.
 *
 * @throws pulumi.RunError with every problem at once: the engine shows its message without a stack trace.
 */
export function loadSettings(): StackSettings {
  const prefix = `${pulumi.getProject()}:`;
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const document = Object.fromEntries(
    entries.map(([key, text]) => {
      const setting = key.slice(prefix.length);
      // The engine hands encrypted values over in clear: they stop here, before any message could show them.
      return [setting, isConfigSecret(key) ? SECRET : text];
    }),
  );
  const stack = pulumi.getStack();
  return asRunError(() => parseSettings(document, { stack, source: ownFile() }));
}

/**
 * The values of the secrets that repositories take from the configuration, by key, marked as secrets.
 *
 * @throws pulumi.RunError naming every key that is not set, or not encrypted.
 */
export function loadConfigSecrets(
  governance: GovernanceSettings | undefined,
): ReadonlyMap<string, pulumi.Output<string>> {
  const config = pulumi.runtime.allConfig();
  const problems = configSecretProblems(governance, (key) =>
    config[key] === undefined ? "missing" : isConfigSecret(key) ? "encrypted" : "clear",
  );
  if (problems.length > 0) throw new pulumi.RunError(new SettingsError(ownFile(), problems).message);
  const keys = [...configSecretPaths(governance).keys()];
  return new Map(
    keys.map((key) => {
      const [namespace = "", name = ""] = key.split(":");
      return [key, new pulumi.Config(namespace).requireSecret(name)];
    }),
  );
}

/** How GitHub's provider talks to GitHub. */
export interface GithubOptions {
  /** Address of the API; default: GITHUB_BASE_URL, else github.com's. */
  readonly baseUrl?: string;
  /** Milliseconds between changes; default: the provider's, 1000, as GitHub asks of its users. */
  readonly writeDelayMs?: number;
}

/** `github:baseUrl` and `github:writeDelayMs`: the provider that the program makes itself would not read them. */
export function loadGithubOptions(): GithubOptions {
  const config = new pulumi.Config("github");
  const baseUrl = config.get("baseUrl");
  const writeDelayMs = config.getNumber("writeDelayMs");
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(writeDelayMs === undefined ? {} : { writeDelayMs }),
  };
}

/** The same work, its problems as an error that the engine shows without a stack trace. */
export function asRunError<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Name of the stack's file. */
export function ownFile(): string {
  return `Pulumi.${pulumi.getStack()}.yaml`;
}

/** Exported by the SDK and left out of its types; the other way to know is the engine's environment variable. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
