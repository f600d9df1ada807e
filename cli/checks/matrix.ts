import { data } from "@actions/expressions";
import { equals } from "@actions/expressions/result";
import { isDictionary } from "@actions/expressions/data/dictionary";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isMapping } from "@actions/workflow-parser";
import { UnknownValue, valueOf, type Scope } from "./expressions.ts";

/**
 * The jobs a matrix makes, after GitHub's own rules: `MatrixBuilder` and `JobNameBuilder` in the public source of
 * actions/runner (src/Sdk/WorkflowParser), and GitHub Docs, "Running variations of jobs in a workflow".
 */
export interface Combination {
  /** The context `matrix` of the job. */
  readonly values: data.Dictionary;
  /** What stands in brackets after the job's name; keys that `include` adds to a combination do not. */
  readonly shown: readonly string[];
}

/** GitHub makes no more jobs of one matrix. Source: GitHub Docs, "Actions limits". */
export const MOST_COMBINATIONS = 256;

/** True where a `strategy` has a matrix, or may have one: `fail-fast` and `max-parallel` may stand without. */
export function mayHaveMatrix(strategy: TemplateToken | undefined): boolean {
  return strategy !== undefined && (!isMapping(strategy) || strategy.find("matrix") !== undefined);
}

/**
 * The combinations of a job's `strategy`; undefined where there is no matrix.
 *
 * @throws UnknownValue where the matrix depends on what only a run knows, such as `fromJSON(needs.…)`.
 * @throws RangeError where GitHub fails the job: no vector, an empty one, or more than 256 jobs.
 */
export function combinationsOf(strategy: TemplateToken | undefined, scope: Scope): Combination[] | undefined {
  if (strategy === undefined) return undefined;
  const matrix = isMapping(strategy)
    ? strategy.find("matrix")
    : dictionary(valueOf(strategy, scope)).get("matrix");
  if (matrix === undefined) return undefined;
  return expand(dictionary("kind" in matrix ? matrix : valueOf(matrix, scope)));
}

function expand(matrix: data.Dictionary): Combination[] {
  const vectors = matrix
    .pairs()
    .filter(({ key }) => !["include", "exclude"].includes(key))
    .map(({ key, value }) => ({ key, values: items(value) }));
  const size = vectors.reduce((product, { values }) => product * values.length, vectors.length > 0 ? 1 : 0);
  const includes = items(matrix.get("include")).map(dictionary);
  // Source: GitHub's own messages, as quoted in public issues; what `exclude` leaves empty is no fault.
  if (vectors.length === 0 && includes.length === 0)
    throw new RangeError("the matrix must define at least one vector");
  for (const { key, values } of vectors)
    if (values.length === 0) throw new RangeError(`the matrix vector ${key} does not contain any values`);
  refuseMoreThanAllowed(size);

  const excludes = items(matrix.get("exclude")).map(dictionary);
  const keys = new Set(vectors.map(({ key }) => key.toLowerCase()));
  const own = (include: data.Dictionary, wanted: boolean) =>
    include.pairs().filter(({ key }) => keys.has(key.toLowerCase()) === wanted);
  const used = new Set<data.Dictionary>();

  const combinations = product(vectors)
    .filter((base) => !excludes.some((exclude) => agrees(base, exclude.pairs())))
    .map((base): Combination => {
      const matching = includes.filter((include) => agrees(base, own(include, true)));
      for (const include of matching) used.add(include);
      // What a later entry adds replaces what an earlier one added, never a value of the matrix itself.
      const added = new Map(
        matching.flatMap((include) => own(include, false)).map((pair) => [pair.key.toLowerCase(), pair]),
      );
      return { values: new data.Dictionary(...base.pairs(), ...added.values()), shown: leaves(base) };
    });
  const alone = includes
    .filter((include) => !used.has(include))
    .map((include): Combination => {
      const values = new data.Dictionary(...own(include, true), ...own(include, false));
      return { values, shown: leaves(values) };
    });
  const all = [...combinations, ...alone];
  refuseMoreThanAllowed(all.length);
  return all;
}

function refuseMoreThanAllowed(count: number): void {
  if (count > MOST_COMBINATIONS)
    throw new RangeError(
      `the matrix makes ${String(count)} jobs; GitHub makes at most ${String(MOST_COMBINATIONS)}`,
    );
}

/** Every combination of the vectors, the last one changing fastest. */
function product(
  vectors: readonly { readonly key: string; readonly values: readonly data.ExpressionData[] }[],
): data.Dictionary[] {
  if (vectors.length === 0) return [];
  return vectors
    .reduce<data.ExpressionData[][]>(
      (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
      [[]],
    )
    .map(
      (row) =>
        new data.Dictionary(
          ...vectors.map(({ key }, index) => ({ key, value: row[index] ?? new data.Null() })),
        ),
    );
}

/** True where every leaf of the filter equals the value at its place, as `==` compares in expressions. */
function agrees(
  base: data.Dictionary,
  filter: readonly { key: string; value: data.ExpressionData }[],
): boolean {
  return filter.every(({ key, value }) => matches(base.get(key), value));
}

function matches(found: data.ExpressionData | undefined, filter: data.ExpressionData): boolean {
  if (isDictionary(filter))
    return filter
      .pairs()
      .every(({ key, value }) =>
        matches(found !== undefined && isDictionary(found) ? found.get(key) : undefined, value),
      );
  if (filter instanceof data.Array)
    return filter
      .values()
      .every((value, index) =>
        matches(found instanceof data.Array ? found.values()[index] : undefined, value),
      );
  return equals(found ?? new data.Null(), filter);
}

/** Every text, number and truth value inside, in order; empty texts and nulls are not shown. */
function leaves(value: data.ExpressionData): string[] {
  if (isDictionary(value)) return value.values().flatMap(leaves);
  if (value instanceof data.Array) return value.values().flatMap(leaves);
  const text = value instanceof data.Null ? "" : value.coerceString();
  return text === "" ? [] : [text];
}

function items(value: data.ExpressionData | undefined): readonly data.ExpressionData[] {
  if (value === undefined) return [];
  if (value instanceof data.Array) return value.values();
  throw new UnknownValue("a matrix entry that is no list");
}

function dictionary(value: data.ExpressionData): data.Dictionary {
  if (isDictionary(value)) return value;
  throw new UnknownValue("a matrix that is no map");
}
