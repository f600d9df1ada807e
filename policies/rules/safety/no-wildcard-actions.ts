import { allowsOf, documentsOf, type PolicyStatement } from "../../documents.ts";
import { resourceRule } from "../../rule.ts";

/** `*`, `s3:*`, `*:*`, and the same with further wildcards, `s3:?*`: no letter of an action is named. */
const EVERY_ACTION = /^(?:[^:]*:)?[*?]+$/;
const ACCOUNT_ROOT = /^arn:[^:]*:iam::[^:]+:root$/;

export const noWildcardActions = resourceRule({
  name: "no-wildcard-actions",
  level: "mandatory",
  why: "A right to every action of a service includes deleting it, changing its policy and every action AWS adds later.",
  fix: "name the actions the program calls",
  outside: [
    "CKV_AWS_62",
    "CKV_AWS_63",
    "CKV_AWS_286",
    "CKV_AWS_290",
    "CIS AWS 1.16",
    "Security Hub IAM.1",
    "Security Hub IAM.21",
  ],
  *checkResource(resource) {
    for (const { property, statements } of documentsOf(resource))
      if (statements === undefined) yield `${property} is no policy document`;
    for (const { label, actions } of allowsOf(resource, "identity", "trust", "resource"))
      yield* everyAction(label, actions);
    // AWS demands that somebody can always administer a key, and recommends this statement by letter.
    for (const statement of allowsOf(resource, "key"))
      if (!isAccountRoot(statement)) yield* everyAction(statement.label, statement.actions);
    for (const { label, notActions } of allowsOf(resource, "identity", "trust", "resource", "key"))
      if (notActions.length > 0) yield `${label} allows everything but ${notActions.join(", ")}`;
  },
});

function* everyAction(label: string, actions: readonly string[]): Iterable<string> {
  const wide = actions.filter((action) => EVERY_ACTION.test(action));
  if (wide.length > 0) yield `${label} allows ${wide.join(", ")}`;
}

function isAccountRoot({ principals }: PolicyStatement): boolean {
  const all = Object.entries(principals).flatMap(([kind, names]) => names.map((name) => ({ kind, name })));
  return all.length > 0 && all.every(({ kind, name }) => kind === "AWS" && ACCOUNT_ROOT.test(name));
}
