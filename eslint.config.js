import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, globalIgnores } from "eslint/config";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const ROOT = dirname(fileURLToPath(import.meta.url));

/**
 * Which folder or file may import which: `values` at run time, `types` as types only. Files in no
 * layer (command, tests, scripts, benchmarks) join all parts and may import anything; nothing in a
 * layer may import them. A file belongs to the first layer that holds it.
 *
 * @typedef {{ files: string, values: string[], types?: string[], pulumi: boolean }} Layer
 * @type {readonly Layer[]}
 */
export const LAYERS = [
  { files: "model", values: ["model"], pulumi: false },
  { files: "pricing", values: ["pricing", "model"], pulumi: false },
  { files: "runtime", values: ["runtime", "pricing", "model"], pulumi: false },
  { files: "policies", values: ["policies", "pricing", "model"], pulumi: true },
  { files: "infra/settings/load.ts", values: ["infra/settings", "model"], pulumi: true },
  { files: "infra/settings", values: ["infra/settings", "model"], pulumi: false },
  { files: "infra/lib", values: ["infra/lib", "model"], pulumi: true },
  {
    files: "infra/components",
    values: ["infra/lib", "model"],
    types: ["infra/components", "infra/settings"],
    pulumi: true,
  },
  {
    files: "infra/environment.ts",
    values: ["infra/components", "infra/settings", "model"],
    types: ["infra/lib", "infra/guard-config.ts"],
    pulumi: true,
  },
  // Settings become what the guard is told: the one place where the program needs prices.
  ...["infra/guard-config.ts", "infra/guard-fixed-cost.ts"].map((files) => ({
    files,
    values: [
      "infra/settings",
      "infra/lib/names.ts",
      "infra/guard-fixed-cost.ts",
      "runtime/guard",
      "pricing",
      "model",
    ],
    pulumi: false,
  })),
  { files: "infra/guard-program.ts", values: ["model"], types: ["infra/components"], pulumi: true },
  { files: "infra/host-program.ts", values: ["model"], types: ["infra/components"], pulumi: true },
  { files: "infra/bootstrap", values: ["infra/bootstrap", "infra/lib", "model"], pulumi: true },
  {
    files: "infra",
    values: [
      "infra/settings",
      "infra/environment.ts",
      "infra/guard-config.ts",
      "infra/guard-program.ts",
      "infra/host-program.ts",
      "infra/lib/debug-log.ts",
      "infra/lib/sdk-stacks.ts",
      "pricing/catalogue.ts",
      "model",
    ],
    pulumi: true,
  },
];

/**
 * Lets a file import some folders as types only, except for the parts of itself: `network.ts` may use
 * `network-flow-logs.ts`, not `cluster.ts`. The rule `no-restricted-imports` cannot say so, since it
 * does not know which file imports.
 *
 * @type {import("eslint").Rule.RuleModule}
 */
const typesOnly = {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { root: {}, folders: {} }, additionalProperties: false }],
    messages: {
      value: "Of {{folder}}, only types may be imported here, and parts of the file itself ({{stem}}-….ts).",
    },
  },
  create(context) {
    const { root, folders } = context.options[0];
    const stem = context.filename.replace(/\.ts$/, "");
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string" || !specifier.startsWith(".") || isTypeOnly(node)) return;
      const target = resolve(dirname(context.filename), specifier);
      const folder = folders.find((candidate) => target.startsWith(`${resolve(root, candidate)}/`));
      if (folder === undefined || target.startsWith(`${stem}-`)) return;
      context.report({ node, messageId: "value", data: { folder, stem: relative(root, stem) } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

function isTypeOnly({ importKind, exportKind, specifiers = [] }) {
  if (importKind === "type" || exportKind === "type") return true;
  return specifiers.length > 0 && specifiers.every((one) => (one.importKind ?? one.exportKind) === "type");
}

/** The rules of one layer's files; those of an earlier layer are left out. */
function layerRules({ files, values, types = [], pulumi }, index, root) {
  const glob = (path) => (path.endsWith(".ts") ? path : `${path}/**`);
  const zone = {
    target: files,
    from: ".",
    except: [...values, ...types, "node_modules"],
    message: `eslint.config.js lets ${files} import ${[...values, ...types].join(", ")}.`,
  };
  const packages = { group: ["@pulumi/*"], message: `${files} works without Pulumi.` };
  return {
    name: `layers/${files}`,
    files: [files.endsWith(".ts") ? files : `${files}/**/*.ts`],
    ignores: LAYERS.slice(0, index).map((earlier) => glob(earlier.files)),
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: root, zones: [zone] }],
      "@typescript-eslint/no-restricted-imports": ["error", { patterns: pulumi ? [] : [packages] }],
      "layers/types-only": ["error", { root, folders: types }],
    },
  };
}

/**
 * The import rules of the design, for a project in any folder.
 *
 * @param {string} root folder that the layers are relative to
 */
export function importRules(root) {
  return [
    {
      name: "layers",
      plugins: {
        "import-x": importX,
        "@typescript-eslint": tseslint.plugin,
        layers: { rules: { "types-only": typesOnly } },
      },
      settings: {
        "import-x/extensions": [".ts"],
        "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
        "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js"] })],
      },
    },
    ...LAYERS.map((layer, index) => layerRules(layer, index, root)),
    {
      name: "layers/no-cycle",
      files: ["**/*.ts"],
      rules: { "import-x/no-cycle": ["error", { ignoreExternal: true }] },
    },
  ];
}

export default defineConfig(
  globalIgnores(["dist", "coverage", "policies/index.mjs", "schema"]),
  {
    name: "typescript",
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: ROOT } },
  },
  {
    name: "javascript",
    files: ["**/*.{js,mjs,cjs}"],
    extends: [tseslint.configs.recommended],
  },
  {
    name: "commonjs",
    files: ["**/*.cjs"],
    // Mocha's reporters are loaded by require, so they are CommonJS.
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  ...importRules(ROOT),
);
