import assert from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "../support/plans.ts";

const PRELUDE = `
import { Budget } from "../../infra/components/budget.ts";
import { Cluster, type ClusterArgs } from "../../infra/components/cluster.ts";
import type { Scope } from "../../infra/lib/names.ts";
export { Budget, Cluster };
export declare const place: { readonly scope: Scope; readonly keyArn: string };
export declare const args: Omit<ClusterArgs, "budget">;
export declare const budget: Budget;
export declare const topicArn: Budget["topicArn"];
`;

const NOT_ASSIGNABLE = 2345;

/** What a program may say about money, and the errors of the compiler for it. */
const SNIPPETS: readonly (readonly [title: string, code: string, errors: readonly number[]])[] = [
  ["a cluster with a budget", "new Cluster('c', { ...args, budget });", []],
  ["a cluster without a budget", "new Cluster('c', args);", [NOT_ASSIGNABLE]],
  ["a cluster whose budget is undefined", "new Cluster('c', { ...args, budget: undefined });", [2322]],
  ["a cluster whose budget is a look-alike", "new Cluster('c', { ...args, budget: { topicArn } });", [2740]],
  [
    "a budget with its figures",
    "new Budget('b', { ...place, usdPerDay: 1, worstCaseUsdPerDay: 2, alarmsAtPercent: [80], emails: [] });",
    [],
  ],
  [
    "a budget done without for a reason",
    "new Budget('b', { ...place, unbudgeted: true, reason: 'an hour' });",
    [],
  ],
  ["a budget that says nothing", "new Budget('b', place);", [NOT_ASSIGNABLE]],
  [
    "a budget done without for no reason",
    "new Budget('b', { ...place, unbudgeted: true });",
    [NOT_ASSIGNABLE],
  ],
  [
    "an unbudgeted budget that is not",
    "new Budget('b', { ...place, unbudgeted: false, reason: 'x' });",
    [2322],
  ],
  [
    "a budget without its worst case",
    "new Budget('b', { ...place, usdPerDay: 1, alarmsAtPercent: [80], emails: [] });",
    [NOT_ASSIGNABLE],
  ],
];

/** Compiles texts as files of this folder with the project's own options; nothing is written. */
function diagnosticsOf(texts: readonly string[]): number[][] {
  const { config, error } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)) as {
    config: unknown;
    error?: ts.Diagnostic;
  };
  assert.equal(error, undefined);
  const { options } = ts.parseJsonConfigFileContent({ ...(config as object), files: [] }, ts.sys, ROOT);
  const files = texts.map((_, index) => join(ROOT, `test/infra/snippet-${String(index)}.ts`));
  const virtual = new Map(files.map((file, index) => [file, texts[index] ?? ""]));
  const host = ts.createCompilerHost(options);
  host.fileExists = (file) => virtual.has(file) || ts.sys.fileExists(file);
  host.readFile = (file) => virtual.get(file) ?? ts.sys.readFile(file);
  const program = ts.createProgram(files, options, host);
  return files.map((file) => {
    const source = program.getSourceFile(file);
    assert.ok(source !== undefined, file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ code }) => code,
    );
  });
}

describe("money in the type", () => {
  let found: readonly (readonly number[])[] = [];

  before(function () {
    // The compiler reads the declarations of the AWS provider, which are large.
    this.timeout(60_000);
    found = diagnosticsOf(SNIPPETS.map(([, code]) => PRELUDE + code));
  });

  for (const [index, [title, , errors]] of SNIPPETS.entries()) {
    it(`${errors.length === 0 ? "compiles" : "does not compile"} ${title}`, () => {
      assert.deepEqual(found[index], errors);
    });
  }
});
