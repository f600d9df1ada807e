import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { parseSettings, SettingsError } from "../../infra/settings/parse.ts";
import { settingsSchema } from "../../infra/settings/schema.ts";
import { stackSchema } from "../../scripts/schema.ts";
import { COMMITTED, GOOD, ROOT } from "./stack-files.ts";

function settingsIn(file: string) {
  return settingsOf(readStackFile(join(ROOT, file)), { stack: "dev" });
}

/** Every path of settings that a JSON Schema describes, for example `cluster.roles.storage.count`. */
function pathsOf(schema: unknown, path: string): string[] {
  const {
    properties = {},
    anyOf = [],
    additionalProperties,
  } = schema as {
    properties?: Record<string, unknown>;
    anyOf?: unknown[];
    additionalProperties?: unknown;
  };
  const inner = Object.entries(properties).flatMap(([key, value]) => pathsOf(value, `${path}.${key}`));
  const values = typeof additionalProperties === "object" ? pathsOf(additionalProperties, `${path}.*`) : [];
  return [
    path,
    ...inner,
    ...values,
    ...anyOf.slice(0, 1).flatMap((member) => pathsOf(member, path).slice(1)),
  ];
}

describe("settings that are right", () => {
  for (const file of [...COMMITTED, ...GOOD]) {
    it(`FM-40: accepts ${file}`, () => {
      const settings = settingsIn(file);
      assert(settings.hosts ? settings.zones.length >= 2 : settings.governance.owner !== "");
      assert.notEqual(settings.owner, "");
    });
  }

  it("fills in every default of a minimal file", () => {
    assert.deepEqual(settingsIn("test/settings/good/minimal.yaml"), {
      owner: "claudefs",
      environment: "dev",
      hosts: true,
      region: "us-west-2",
      zones: ["usw2-az2", "usw2-az3"],
      network: { cidr: "10.20.0.0/16", otherCidrs: [], mode: "public", flowLogRetentionDays: 30 },
      orchestrator: {
        instanceType: "c7a.2xlarge",
        diskGib: 100,
        protect: false,
        image: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
      },
      artifacts: {
        runLogsExpireDays: 30,
        hostBundlesExpireDays: 180,
        expectedGib: 50,
        destroyWhenNotEmpty: false,
      },
      budget: { unbudgeted: true, reason: "runs in a prepaid account" },
      guard: {
        intervalMinutes: 5,
        warnPercent: 80,
        rearm: "next-day",
        deadManMinutes: 30,
        unknownInstances: "count",
        leaseWarningMinutes: 30,
        reservedConcurrency: false,
        logRetentionDays: 30,
        modelPrices: [],
      },
      secrets: { names: [], create: false },
    });
  });

  it("reads keys as Pulumi does: project's without a namespace, providers' left alone", () => {
    const file = readStackFile(join(ROOT, "test/settings/good/without-namespace.yaml"));
    assert.deepEqual(Object.keys(file.settings), ["owner", "zones", "budget"]);
    assert.deepEqual(file.encrypted, ["github:token"]);
    assert.equal(settingsOf(file, { stack: "dev" }).region, "us-west-2");
    assert.deepEqual(pulumiConfig(file), {
      config: {
        "proving-ground:owner": "claudefs",
        "proving-ground:zones": '["usw2-az2","usw2-az3"]',
        "proving-ground:budget": '{"usdPerDay":20,"worstCaseUsdPerDay":40,"emails":["oncall@example.com"]}',
        "aws:region": "eu-central-1",
        "github:token": "[secret]",
      },
      secretKeys: ["github:token"],
    });
  });

  it("has one file that sets everything", () => {
    const { settings } = readStackFile(join(ROOT, "test/settings/good/everything.yaml"));
    const { config } = stackSchema()["properties"] as { config: { properties: Record<string, unknown> } };
    const all = Object.entries(config.properties).flatMap(([key, schema]) =>
      pathsOf(schema, key.split(":")[1] ?? ""),
    );
    const unset = all.filter(
      (path) =>
        path.split(".").reduce<unknown[]>(children, [settings]).length === 0 && !path.startsWith(FREE),
    );
    assert(all.length > 40);
    assert.deepEqual(unset, []);
  });

  it("runs a further check on the settings that are sound, and adds its problems to the others", () => {
    const file = readStackFile(join(ROOT, "test/settings/good/minimal.yaml"));
    const check = () => [{ path: "orchestrator.instanceType", value: '"x1.large"', message: "has no price" }];
    assert.throws(() => settingsOf(file, { stack: "dev", check }), {
      name: "SettingsError",
      message: /1 problem\n {2}orchestrator.instanceType = "x1.large": has no price$/,
    });
    const settings = { ...file.settings, owner: 7 };
    const seen: string[] = [];
    const note = (sound: object) => {
      seen.push(...Object.keys(sound));
      return check();
    };
    assert.throws(() => parseSettings(settings, { stack: "dev", source: "x", check: note }), {
      name: "SettingsError",
      message:
        /^x: 2 problems\n {2}owner = 7: .*\n {2}orchestrator\.instanceType = "x1\.large": has no price$/,
    });
    assert(seen.includes("orchestrator") && !seen.includes("owner"));
  });

  it("takes the stack's name as environment only where it can be one (FM-40)", () => {
    const { settings } = readStackFile(join(ROOT, "test/settings/good/minimal.yaml"));
    assert.equal(parseSettings(settings, { stack: "qa-7", source: "x" }).environment, "qa-7");
    assert.throws(
      () => parseSettings(settings, { stack: "QA_7", source: "x" }),
      /environment: is missing, and the stack's name "QA_7" cannot stand for it/,
    );
  });

  it("FM-40: answers any values with settings or a SettingsError", () => {
    const key = fc.constantFrom(...Object.keys(settingsSchema.shape), "secure", "colour");
    const document = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(document, (values) => {
        try {
          parseSettings(values, { stack: "dev", source: "any" });
        } catch (error) {
          assert(error instanceof SettingsError);
          assert.equal(error.message.split("\n").length, error.problems.length + 1);
        }
      }),
    );
  });
});

/** Levels and parameters of policies by the rule's name: the rules know them, not the schema. */
const FREE = "policies.parameters.";

/** What stands below some values under a key; `*` is any key of a map. */
function children(values: unknown[], key: string): unknown[] {
  return values.flatMap((value) => {
    const table = (value ?? {}) as Readonly<Record<string, unknown>>;
    const found = key === "*" ? Object.values(table) : [table[key]];
    return found.filter((item) => item !== undefined);
  });
}
