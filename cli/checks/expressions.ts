import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { Grouping, Logical, Unary, type Expr } from "@actions/expressions/ast";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";
import { TokenType } from "@actions/expressions/lexer";
import { truthy } from "@actions/expressions/result";
import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
} from "@actions/workflow-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

/** Whether a condition holds, as far as it can be told without running anything. */
export type Truth = "yes" | "no" | "sometimes";

/** Thrown where a value is known only while the workflow runs. */
export class UnknownValue extends Error {
  constructor(what: string) {
    super(`${what} is known only while the workflow runs`);
    this.name = "UnknownValue";
  }
}

/** A context such as `github` of which only some values are known; all others are unknown, not absent. */
export class PartlyKnown extends data.Dictionary {
  readonly #name: string;

  constructor(name: string, known: Readonly<Record<string, data.ExpressionData>> = {}) {
    super(...Object.entries(known).map(([key, value]) => ({ key, value })));
    this.#name = name;
  }

  override get(key: string): data.ExpressionData {
    const value = super.get(key);
    if (value === undefined) throw new UnknownValue(`${this.#name}.${key}`);
    return value;
  }

  override values(): never {
    throw new UnknownValue(this.#name);
  }

  override pairs(): never {
    throw new UnknownValue(this.#name);
  }
}

/** Values by context name; a context that is not named here is unknown. */
export type Scope = Readonly<Record<string, data.ExpressionData>>;

const CONTEXTS = ["github", "inputs", "vars", "needs", "strategy", "matrix"];

/**
 * What the status functions of a job's `if` give. `success` is false after a job that was skipped; where `failure`
 * and `cancelled` are not given, nothing fails and nobody cancels.
 */
export interface StatusFunctions {
  readonly success: Truth;
  readonly failure?: Truth;
  readonly cancelled?: Truth;
}

function statusFunctions({
  success,
  failure = "no",
  cancelled = "no",
}: StatusFunctions): Map<string, FunctionDefinition> {
  const constant = (name: string, value: Truth): [string, FunctionDefinition] => [
    name,
    {
      name,
      minArgs: 0,
      maxArgs: Number.MAX_SAFE_INTEGER,
      call: () => {
        if (value === "sometimes") throw new UnknownValue(`${name}()`);
        return new data.BooleanData(value === "yes");
      },
    },
  ];
  return new Map([
    constant("success", success),
    constant("always", "yes"),
    constant("failure", failure),
    constant("cancelled", cancelled),
  ]);
}

/** Whether an `if` holds. An unknown part decides nothing by itself: `false && unknown` is no. */
export function truthOf(expression: string, scope: Scope, status: StatusFunctions): Truth {
  const functions = statusFunctions(status);
  return truth(parse(expression, functions), scope, functions);
}

function truth(expr: Expr, scope: Scope, functions: Map<string, FunctionDefinition>): Truth {
  if (expr instanceof Grouping) return truth(expr.group, scope, functions);
  if (expr instanceof Unary) return OPPOSITE[truth(expr.expr, scope, functions)];
  if (expr instanceof Logical) {
    const parts = expr.args.map((part) => truth(part, scope, functions));
    const decisive = expr.operator.type === TokenType.AND ? "no" : "yes";
    if (parts.includes(decisive)) return decisive;
    return parts.includes("sometimes") ? "sometimes" : OPPOSITE[decisive];
  }
  try {
    return truthy(evaluate(expr, scope, functions)) ? "yes" : "no";
  } catch (error) {
    if (error instanceof UnknownValue) return "sometimes";
    throw error;
  }
}

const OPPOSITE = { yes: "no", no: "yes", sometimes: "sometimes" } as const satisfies Record<Truth, Truth>;

/**
 * The value of a part of a workflow with its expressions worked out.
 *
 * @throws UnknownValue where it depends on anything that only a run knows.
 */
export function valueOf(token: TemplateToken, scope: Scope): data.ExpressionData {
  if (isBasicExpression(token)) return evaluate(parse(token.expression, new Map()), scope, new Map());
  if (isString(token)) return new data.StringData(token.value);
  if (isNumber(token)) return new data.NumberData(token.value);
  if (isBoolean(token)) return new data.BooleanData(token.value);
  if (isSequence(token)) return new data.Array(...[...token].map((item) => valueOf(item, scope)));
  if (isMapping(token))
    return new data.Dictionary(
      ...[...token].map(({ key, value }) => {
        if (!isString(key)) throw new UnknownValue("a key given by an expression");
        return { key: key.value, value: valueOf(value, scope) };
      }),
    );
  return new data.Null();
}

/** The same as {@link valueOf}; undefined where the value is unknown. */
export function valueIfKnown(token: TemplateToken, scope: Scope): data.ExpressionData | undefined {
  try {
    return valueOf(token, scope);
  } catch (error) {
    if (error instanceof UnknownValue) return undefined;
    throw error;
  }
}

function parse(expression: string, functions: Map<string, FunctionDefinition>): Expr {
  return new Parser(new Lexer(expression).lex().tokens, CONTEXTS, [...functions.values()]).parse();
}

function evaluate(expr: Expr, scope: Scope, functions: Map<string, FunctionDefinition>): data.ExpressionData {
  const unknown = CONTEXTS.filter((name) => !Object.hasOwn(scope, name)).map((name) => ({
    key: name,
    value: new PartlyKnown(name),
  }));
  const known = Object.entries(scope).map(([key, value]) => ({ key, value }));
  try {
    return new Evaluator(expr, new data.Dictionary(...known, ...unknown), functions).evaluate();
  } catch (error) {
    // `fromJSON` of a text that is no JSON and the like: GitHub fails such a run, so nothing is known of it.
    if (error instanceof UnknownValue) throw error;
    throw new UnknownValue(error instanceof Error ? error.message : String(error));
  }
}
