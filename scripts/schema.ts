import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { PROJECT } from "../cli/stack-file.ts";
import { settingsSchema } from "../infra/settings/schema.ts";

/** Where editors find the schema: the first line of every stack file names it. */
export const SCHEMA_FILE = fileURLToPath(new URL("../schema/stack.schema.json", import.meta.url));

/**
 * JSON Schema of a whole stack file. Draft 7, since the YAML language server knows no later one
 * completely. Without what it cannot say: rules of several fields stay with `parseSettings`.
 */
export function stackSchema(): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = z.toJSONSchema(settingsSchema, {
    io: "input",
    target: "draft-7",
  });
  const keys = Object.keys(properties);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of proving-ground",
    description: "Pulumi.STACK.yaml: the settings of one environment.",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        description: `Settings under ${PROJECT}:, and those of providers, such as aws:profile.`,
        type: "object",
        properties: Object.fromEntries(keys.map((key) => [`${PROJECT}:${key}`, orText(properties[key])])),
        patternProperties: {
          // As in Pulumi, a key without a namespace is the project's. A pattern is no completion: editors propose the full key.
          ...Object.fromEntries(
            keys.map((key) => [`^${key}$`, { $ref: `#/properties/config/properties/${PROJECT}:${key}` }]),
          ),
          [`^(?!${PROJECT}:)[^:]+:[^:]+(:[^:]+)?$`]: { description: "Configuration of a provider." },
        },
        additionalProperties: false,
        allOf: [
          ...required.map(given),
          {
            if: WITHOUT_HOSTS,
            then: given("governance"),
            else: { allOf: [given("zones"), given("budget")] },
          },
        ],
      },
      environment: { description: "Pulumi ESC environments; the offline plan does not read them." },
      secretsprovider: { description: "What encrypts secrets, for example awskms://…", type: "string" },
      encryptedkey: {
        description: "Data key encrypted by the secrets provider; Pulumi writes it.",
        type: "string",
      },
      encryptionsalt: { description: "Salt of the passphrase; Pulumi writes it.", type: "string" },
    },
    additionalProperties: false,
  };
}

type Property = z.core.JSONSchema._JSONSchema;

/** Pulumi writes true, false and numbers at the top as texts when it touches a stack file, and reads both alike. */
function orText(property: Property | undefined): Property | undefined {
  if (typeof property !== "object") return property;
  const { description, default: standard, ...value } = property;
  const text = typeof value.type === "string" ? TEXT_FORMS[value.type] : undefined;
  if (text === undefined) return property;
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [value, { type: "string", pattern: text }],
  };
}

const TEXT_FORMS: Readonly<Record<string, string>> = {
  boolean: "^(true|false)$",
  integer: String.raw`^-?\d+$`,
  number: String.raw`^-?\d+(\.\d+)?([eE][+-]?\d+)?$`,
};

/** A setting that is there, with its namespace or without. */
function given(key: string): Readonly<Record<string, unknown>> {
  return { anyOf: [{ required: [`${PROJECT}:${key}`] }, { required: [key] }] };
}

const WITHOUT_HOSTS = {
  anyOf: [`${PROJECT}:hosts`, "hosts"].map((key) => ({
    required: [key],
    properties: { [key]: { enum: [false, "false"] } },
  })),
};

export function renderSchema(): string {
  return `${JSON.stringify(stackSchema(), undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, renderSchema());
