import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { SECRET } from "../../model/resource.ts";
import { parseSettings, SettingsError } from "./parse.ts";
import { settingsSchema, type Settings } from "./schema.ts";

/**
 * Reads the stack's configuration: the only place that touches Pulumi's configuration.
 *
 * @throws pulumi.RunError with every problem at once: the engine shows its message without a stack trace.
 */
export function loadSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const document = Object.fromEntries(
    entries.map(([key, text]) => {
      const setting = key.slice(prefix.length);
      // The engine hands encrypted values over in clear: they stop here, before any message could show them.
      return [setting, isConfigSecret(key) ? SECRET : fromConfig(setting, text)];
    }),
  );
  const stack = pulumi.getStack();
  try {
    return parseSettings(document, { stack, source: `Pulumi.${stack}.yaml` });
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Exported by the SDK and left out of its types; the other way to know is the engine's environment variable. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** Settings that are one text. */
const TEXTS = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
  const field = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return field instanceof z.ZodString || field instanceof z.ZodEnum ? [key] : [];
});

/**
 * The engine hands every value over as text: objects, numbers and booleans as JSON, strings bare.
 * A text setting stays as it is: an account number is no number.
 */
function fromConfig(setting: string, text: string): unknown {
  if (TEXTS.includes(setting)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
