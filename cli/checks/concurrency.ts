import { isMapping } from "@actions/workflow-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { valueIfKnown, type Scope } from "./expressions.ts";

/**
 * The group of a `concurrency` where nothing in it tells one pull request from another: a group holds one run and one
 * that waits, and cancels the others. Source: GitHub Docs, "Control the concurrency of workflows and jobs".
 */
export function sharedGroupOf(concurrency: TemplateToken | undefined, scope: Scope): string | undefined {
  if (concurrency === undefined) return undefined;
  const group = isMapping(concurrency) ? concurrency.find("group") : concurrency;
  return group === undefined ? undefined : valueIfKnown(group, scope)?.coerceString();
}
