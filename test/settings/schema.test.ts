import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT } from "../../cli/stack-file.ts";
import { settingsSchema } from "../../infra/settings/schema.ts";
import { renderSchema, SCHEMA_FILE, stackSchema } from "../../scripts/schema.ts";
import { COMMITTED, GOOD, ROOT } from "./stack-files.ts";

type Schema = Readonly<Record<string, unknown>>;

function yaml(file: string): unknown {
  return parse(readFileSync(join(ROOT, file), "utf8"));
}

describe("JSON Schema of stack files", () => {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
  addFormats.default(ajv);
  const validate = ajv.compile(stackSchema());

  it("is up to date", () => {
    assert.equal(
      readFileSync(SCHEMA_FILE, "utf8"),
      renderSchema(),
      "schema/stack.schema.json is stale: run npm run schema",
    );
  });

  for (const file of [...COMMITTED, ...GOOD]) {
    it(`accepts ${file}`, () => {
      validate(yaml(file));
      assert.deepEqual(validate.errors ?? [], []);
    });
  }

  for (const name of [
    "misspelt-key",
    "misspelt-nested-key",
    "wrong-type",
    "negative-count",
    "unknown-region",
    "too-many-zones",
    "budget-zero",
    "budget-missing",
    "alarm-at-300",
    "no-mail",
    "bad-mail",
    "unknown-size",
    "retention-not-allowed",
    "image-look-alike",
    "account-unquoted",
    "config-misspelt",
    "unnamespaced-misspelt-key",
    "unbudgeted-without-reason",
  ]) {
    it(`FM-40: marks ${name} in the editor`, () => {
      assert(!validate(yaml(`test/settings/bad/${name}.yaml`)));
    });
  }

  it("accepts true and false as Pulumi rewrites them, and no other text", () => {
    const file = (hosts: unknown) => ({
      config: {
        owner: "octo",
        "proving-ground:hosts": hosts,
        governance: { owner: "octo", ownerKind: "user", repositories: {} },
      },
    });
    assert.deepEqual(
      [false, "false", "no"].map((hosts) => validate(file(hosts))),
      [true, true, false],
    );
  });

  it("describes every setting, those inside maps too", () => {
    const { config } = stackSchema()["properties"] as { config: { properties: Record<string, Schema> } };
    const undescribed = Object.entries(config.properties).flatMap(([key, schema]) =>
      withoutDescription(schema, key),
    );
    // Parameters and levels of policies are described by their rules, in docs/policies.md.
    const own = undescribed.filter((path) => !/policies\.(levels|parameters)\./.test(path));
    assert.deepEqual(own, []);
  });
});

function withoutDescription(schema: Schema, path: string): string[] {
  const {
    properties = {},
    anyOf = [],
    additionalProperties,
  } = schema as {
    properties?: Record<string, Schema>;
    anyOf?: Schema[];
    additionalProperties?: Schema | false;
  };
  const own = schema["description"] === undefined ? [path] : [];
  const inner = Object.entries(properties).flatMap(([key, value]) =>
    withoutDescription(value, `${path}.${key}`),
  );
  // Of a map, the values: governance.repositories.NAME.branches.NAME and so on.
  const values =
    typeof additionalProperties === "object" ? withoutDescription(additionalProperties, `${path}.NAME`) : [];
  return [
    ...own,
    ...inner,
    ...values,
    ...anyOf.flatMap((member) => withoutDescription({ description: "", ...member }, path)),
  ];
}

/** What stands for "not set" where the engine wants a value. */
const STAND_INS: Readonly<Record<string, unknown>> = { object: {}, array: [] };

interface Declaration {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly description: string;
  readonly default?: unknown;
}

describe("Pulumi.yaml", () => {
  const project = yaml("Pulumi.yaml") as {
    readonly name: string;
    readonly config: Readonly<Record<string, Declaration>>;
    readonly template: { readonly config: Readonly<Record<string, { readonly description: string }>> };
  };
  const { properties = {}, required = [] } = z.toJSONSchema(settingsSchema, { io: "input" }) as {
    properties?: Record<string, Schema>;
    required?: string[];
  };

  it("has the project's name", () => {
    assert.equal(project.name, PROJECT);
  });

  it("declares every setting and no other, in order, with the settings' own description", () => {
    assert.deepEqual(
      Object.entries(project.config).map(([key, { description }]) => [key, description]),
      Object.entries(properties).map(([key, schema]) => [key, schema["description"]]),
    );
  });

  for (const [key, schema] of Object.entries(properties)) {
    it(`declares ${key} with its type, and a default where the engine would demand a value`, () => {
      const declared = project.config[key];
      assert(declared);
      assert.equal(declared.type, schema["type"] ?? "object");
      const standIn = STAND_INS[declared.type] ?? "";
      const expected = required.includes(key) ? undefined : (schema["default"] ?? standIn);
      assert.deepEqual(declared.default, expected);
      assert.equal(declared.items?.type, schema["type"] === "array" ? "string" : undefined);
    });
  }

  it("asks in its template for settings only", () => {
    for (const key of Object.keys(project.template.config)) {
      const [namespace, setting = ""] = key.split(":");
      assert.equal(namespace, PROJECT);
      assert(Object.hasOwn(properties, setting), key);
    }
  });
});
