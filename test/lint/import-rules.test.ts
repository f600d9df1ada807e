import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ESLint, type Linter } from "eslint";
import tseslint from "typescript-eslint";

/** ESLint reads its configuration as JavaScript, so its types are stated here. */
const {
  default: config,
  importRules,
  LAYERS,
} = (await import(new URL("../../eslint.config.js", import.meta.url).href)) as {
  default: Linter.Config[];
  importRules: (root: string) => Linter.Config[];
  LAYERS: readonly { files: string }[];
};

/** A project of one line a file: the layers are judged by where a file lies, not by what it holds. */
const FILES = [
  "model/roles.ts",
  "pricing/estimate.ts",
  "runtime/guard/decide.ts",
  "policies/rules/budget.ts",
  "infra/settings/schema.ts",
  "infra/lib/names.ts",
  "infra/components/network.ts",
  "infra/components/network-parts.ts",
  "infra/components/cluster.ts",
  "infra/environment.ts",
  "infra/index.ts",
  "cli/errors.ts",
  "test/support/helper.ts",
] as const;

const ALLOWED: readonly (readonly [file: string, code: string])[] = [
  ["infra/index.ts", 'import { a } from "./settings/load.ts"; import { b } from "./environment.ts"; a(b);'],
  [
    "infra/environment.ts",
    'import { a } from "./components/network.ts"; import { b } from "../model/roles.ts"; a(b);',
  ],
  ["infra/environment.ts", 'import { a } from "./settings/schema.ts"; a();'],
  [
    "infra/components/cluster.ts",
    'import { a } from "../lib/names.ts"; import { b } from "../../model/roles.ts"; a(b);',
  ],
  ["infra/components/cluster.ts", 'import type { A } from "./network.ts"; export type B = A;'],
  ["infra/components/cluster.ts", 'import { type A } from "../settings/schema.ts"; export type B = A;'],
  ["infra/components/cluster.ts", 'import * as aws from "@pulumi/aws"; aws.getRegion();'],
  ["infra/components/network.ts", 'import { a } from "./network-parts.ts"; a();'],
  [
    "policies/rules/budget.ts",
    'import { a } from "../../pricing/estimate.ts"; import { b } from "@pulumi/policy"; a(b);',
  ],
  [
    "runtime/guard/decide.ts",
    'import { a } from "../../pricing/estimate.ts"; import { b } from "@aws-sdk/client-ec2"; a(b);',
  ],
  ["infra/settings/load.ts", 'import * as pulumi from "@pulumi/pulumi"; pulumi.getStack();'],
  [
    "cli/main.ts",
    'import { a } from "../infra/index.ts"; import { b } from "../policies/rules/budget.ts"; a(b);',
  ],
  ["test/settings/one.test.ts", 'import { a } from "../../cli/errors.ts"; a();'],
];

const PATHS = "import-x/no-restricted-paths";
const PACKAGES = "@typescript-eslint/no-restricted-imports";
const TYPES = "layers/types-only";

const REFUSED: readonly (readonly [file: string, code: string, rule: string])[] = [
  ["model/roles.ts", 'import { a } from "../pricing/estimate.ts"; a();', PATHS],
  ["model/roles.ts", 'import type { A } from "../infra/settings/schema.ts"; export type B = A;', PATHS],
  ["model/roles.ts", 'import * as pulumi from "@pulumi/pulumi"; pulumi.getStack();', PACKAGES],
  [
    "pricing/estimate.ts",
    'import type { Output } from "@pulumi/pulumi"; export type A = Output<string>;',
    PACKAGES,
  ],
  ["pricing/estimate.ts", 'import { a } from "../runtime/guard/decide.ts"; a();', PATHS],
  ["runtime/guard/decide.ts", 'import * as aws from "@pulumi/aws"; aws.getRegion();', PACKAGES],
  ["runtime/guard/decide.ts", 'import { a } from "../../infra/lib/names.ts"; a();', PATHS],
  [
    "policies/rules/budget.ts",
    'import type { A } from "../../infra/settings/schema.ts"; export type B = A;',
    PATHS,
  ],
  ["policies/rules/budget.ts", 'import { a } from "../../runtime/guard/decide.ts"; a();', PATHS],
  ["infra/settings/schema.ts", 'import * as pulumi from "@pulumi/pulumi"; pulumi.getStack();', PACKAGES],
  ["infra/settings/schema.ts", 'import { a } from "../lib/names.ts"; a();', PATHS],
  ["infra/settings/load.ts", 'import { a } from "../components/network.ts"; a();', PATHS],
  ["infra/lib/names.ts", 'import { a } from "../components/network.ts"; a();', PATHS],
  ["infra/components/cluster.ts", 'import { Network } from "./network.ts"; new Network();', TYPES],
  ["infra/components/cluster.ts", 'export { Network } from "./network.ts";', TYPES],
  ["infra/components/cluster.ts", 'export * from "./network.ts";', TYPES],
  [
    "infra/components/cluster.ts",
    'import { type A, Network } from "./network.ts"; new Network() satisfies A;',
    TYPES,
  ],
  ["infra/components/cluster.ts", 'export const a = () => import("./network.ts");', TYPES],
  ["infra/components/network-parts.ts", 'import { Network } from "./network.ts"; new Network();', TYPES],
  ["infra/components/cluster.ts", 'import { parse } from "../settings/schema.ts"; parse();', TYPES],
  ["infra/components/cluster.ts", 'import { a } from "../../pricing/estimate.ts"; a();', PATHS],
  ["infra/components/cluster.ts", 'import { a } from "../environment.ts"; a();', PATHS],
  ["infra/environment.ts", 'import { a } from "../policies/rules/budget.ts"; a();', PATHS],
  ["infra/environment.ts", 'import { a } from "./lib/names.ts"; a();', TYPES],
  ["infra/index.ts", 'import { Network } from "./components/network.ts"; new Network();', PATHS],
  ["infra/index.ts", 'import { a } from "../cli/errors.ts"; a();', PATHS],
  ["runtime/guard/decide.ts", 'import { a } from "../../cli/errors.ts"; a();', PATHS],
  ["policies/rules/budget.ts", 'import { a } from "../../test/support/helper.ts"; a();', PATHS],
  ["cli/errors.ts", 'import { a } from "./circle.ts"; export const b = a;', "import-x/no-cycle"],
];

describe("import rules", () => {
  let root: string;
  let eslint: ESLint;

  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "import-rules-")));
    for (const file of FILES) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), "export const a = 1;\n");
    }
    writeFileSync(join(root, "infra/settings/load.ts"), "export const a = 1;\n");
    writeFileSync(join(root, "cli/circle.ts"), 'export { b as a } from "./errors.ts";\n');
    const parser: Linter.Config = {
      files: ["**/*.ts"],
      languageOptions: { parser: tseslint.parser },
    };
    eslint = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: [parser, ...importRules(root)],
    });
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  async function brokenBy(file: string, code: string): Promise<(string | null)[]> {
    const results = await eslint.lintText(code, { filePath: join(root, file) });
    return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
  }

  for (const [file, code] of ALLOWED) {
    it(`lets ${file} say ${code}`, async () => {
      assert.deepEqual(await brokenBy(file, code), []);
    });
  }

  for (const [file, code, rule] of REFUSED) {
    it(`refuses in ${file}: ${code}`, async () => {
      assert.deepEqual(await brokenBy(file, code), [rule]);
    });
  }

  it("are part of the project's lint, as errors", async () => {
    const project = new ESLint({ overrideConfigFile: true, overrideConfig: config });
    for (const { files } of LAYERS) {
      const file = files.endsWith(".ts") ? files : `${files}/some-file.ts`;
      const { rules } = (await project.calculateConfigForFile(file)) as { rules: Record<string, unknown[]> };
      for (const rule of [PATHS, TYPES, PACKAGES, "import-x/no-cycle"])
        assert.equal(rules[rule]?.[0], 2, `${file}: ${rule}`);
    }
  });
});
