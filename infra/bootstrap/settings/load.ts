import * as pulumi from "@pulumi/pulumi";
import { SECRET } from "../../../model/resource.ts";
import { BootstrapSettingsError, parseSettings } from "./parse.ts";
import type { Settings } from "./schema.ts";

/** Settings that are one text: an account number is no number. */
const TEXTS: ReadonlySet<string> = new Set(["owner", "awsAccount", "region", "stateBucket", "pullRequests"]);

/**
 * Reads the stack's configuration: the only place of this project that touches Pulumi's.
 *
 * @throws pulumi.RunError with every problem at once: the engine shows its message without a stack trace.
 */
export function loadSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const document = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => {
        const setting = key.slice(prefix.length);
        // The engine hands encrypted values over in clear: they stop here, before any message could show them.
        return [setting, isConfigSecret(key) ? SECRET : fromConfig(setting, text)];
      }),
  );
  try {
    return parseSettings(document, `Pulumi.${pulumi.getStack()}.yaml`);
  } catch (error) {
    throw error instanceof BootstrapSettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Exported by the SDK and left out of its types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** The engine hands every value over as text: objects, numbers and booleans as JSON, strings bare. */
function fromConfig(setting: string, text: string): unknown {
  if (TEXTS.has(setting)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
