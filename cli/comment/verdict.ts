import { count, type Change } from "../delivery/run.ts";
import { EXIT } from "../exit-codes.ts";
import { code } from "./markdown.ts";
import type { StackReport } from "./report.ts";

/** The comment in a line: the worst of all stacks, and what it would do to what exists. */
export function verdictLine(reports: readonly StackReport[]): string {
  if (reports.length === 0) return "❌ There is no plan to show";
  const failed = reports.filter(({ exitCode }) => exitCode !== EXIT.ok && exitCode !== EXIT.policyViolation);
  const refused = reports.filter(({ exitCode }) => exitCode === EXIT.policyViolation);
  const effect = effectOf(reports.flatMap(({ changes }) => changes));
  if (failed.length > 0 || refused.length > 0) {
    const refusals = refused.flatMap(({ verdicts }) => verdicts.filter(({ level }) => level === "mandatory"));
    const all = [
      ...failed.map(failure),
      ...(refusals.length === 0
        ? []
        : [`refused by ${count(refusals.length, "mandatory verdict")} in ${named(refused)}`]),
      ...(effect.loses ? [effect.words] : []),
    ];
    return `❌ ${capital(all.join("; "))}`;
  }
  return `${effect.loses ? "⚠️" : "✅"} ${capital(effect.words)}`;
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}

function failure({ stack, source, operation }: StackReport): string {
  const what = source === "none" ? "the plan" : operation === "up" ? "the deployment" : `the ${operation}`;
  return `${what} of ${code(stack)} failed`;
}

function named(reports: readonly StackReport[]): string {
  return reports.map(({ stack }) => code(stack)).join(", ");
}

function effectOf(changes: readonly Change[]): { readonly loses: boolean; readonly words: string } {
  const number = (kind: Change["kind"]): number => changes.filter((change) => change.kind === kind).length;
  const losses = [
    ...(number("replace") === 0 ? [] : [`${count(number("replace"), "resource")} replaced`]),
    ...(number("delete") === 0 ? [] : [`${count(number("delete"), "resource")} deleted`]),
  ];
  if (losses.length > 0) return { loses: true, words: losses.join(", ") };
  if (changes.length === 0) return { loses: false, words: "no changes" };
  const others = (["update", "create", "import"] as const).filter((kind) => number(kind) > 0);
  const said = others.map((kind) => `${String(number(kind))} ${PARTICIPLES[kind]}`).join(", ");
  return { loses: false, words: `nothing is replaced or deleted; ${said}` };
}

const PARTICIPLES = { update: "updated", create: "created", import: "adopted" } as const;
