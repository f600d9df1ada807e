import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { ROOT } from "../support/plans.ts";

/** A statement of the program's source that sets conditions. */
export interface SourceCondition {
  /** File and line. */
  readonly where: string;
  /** The statement's Sid; undefined where it is no plain text. */
  readonly sid: string | undefined;
}

/**
 * Every object in `infra` that is a statement with `conditions`, read from the source: one that no plan reaches, behind
 * a setting that no stack file has, is found all the same.
 */
export function conditionsInSource(): SourceCondition[] {
  const folder = join(ROOT, "infra");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => conditionsOf(join(folder, name), readFileSync(join(folder, name), "utf8")));
}

export function conditionsOf(file: string, text: string): SourceCondition[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: SourceCondition[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && setsConditions(node) && has(node, "actions")) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ where: `${relative(ROOT, file)}:${String(line + 1)}`, sid: sidOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** By itself, or by an object that is spread into it. */
function setsConditions(object: ts.ObjectLiteralExpression): boolean {
  return (
    has(object, "conditions") ||
    object.properties.some((one) => ts.isSpreadAssignment(one) && /\bconditions\b/.test(one.getText()))
  );
}

function has(object: ts.ObjectLiteralExpression, name: string): boolean {
  return object.properties.some((property) => property.name?.getText() === name);
}

function sidOf(object: ts.ObjectLiteralExpression): string | undefined {
  for (const property of object.properties)
    if (
      ts.isPropertyAssignment(property) &&
      property.name.getText() === "sid" &&
      ts.isStringLiteral(property.initializer)
    )
      return property.initializer.text;
  return undefined;
}
