import { z } from "zod";
import { settingsSchema } from "./schema.ts";

/** Settings that are one text. */
const TEXTS = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
  const field = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return field instanceof z.ZodString || field instanceof z.ZodEnum ? [key] : [];
});

/**
 * A setting as the engine reads its text. It hands every value over as one: objects, numbers and booleans as
 * JSON, strings bare. And it writes a stack file likewise: after `pulumi stack init` or `pulumi config set`,
 * `hosts: false` stands there as `hosts: "false"`. A text setting stays as it is: an account number is no
 * number.
 */
export function fromEngineText(setting: string, value: unknown): unknown {
  if (typeof value !== "string" || TEXTS.includes(setting)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
