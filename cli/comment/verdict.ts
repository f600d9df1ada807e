import { count, type Change } from "../delivery/run.ts";
import { EXIT } from "../exit-codes.ts";
import { code, firstOf } from "./markdown.ts";
import type { StackReport } from "./report.ts";

/** Stacks of one kind named in the line; it is never cut. */
const NAMED = 5;

/** The comment in a line: the worst of all stacks, and what it would do to what exists. */
export function verdictLine(reports: readonly StackReport[]): string {
  if (reports.length === 0) return "❌ There is no plan to show";
  const failed = reports.filter(({ exitCode }) => exitCode !== EXIT.ok && exitCode !== EXIT.policyViolation);
  const refused = reports.filter(({ exitCode }) => exitCode === EXIT.policyViolation);
  const effect = effectOf(
    reports.flatMap(({ changes }) => changes),
    reports.flatMap(({ governed }) => governed).filter(({ weakens }) => weakens).length,
  );
  if (failed.length > 0 || refused.length > 0) {
    const refusals = refused.flatMap(({ verdicts }) => verdicts.filter(({ level }) => level === "mandatory"));
    const all = [
      ...failed.slice(0, NAMED).map(failure),
      ...(failed.length > NAMED ? [`and ${String(failed.length - NAMED)} more`] : []),
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
  return firstOf(
    reports.map(({ stack }) => code(stack)),
    NAMED,
  );
}

function effectOf(
  changes: readonly Change[],
  weakened: number,
): { readonly loses: boolean; readonly words: string } {
  const number = (kind: Change["kind"]): number =>
    changes.filter((change) => change.kind === kind && !isForgotten(change)).length;
  const kept = changes.filter(isForgotten).length;
  const losses = [
    ...(number("replace") === 0 ? [] : [`${count(number("replace"), "resource")} replaced`]),
    ...(number("delete") === 0 ? [] : [`${count(number("delete"), "resource")} deleted`]),
    ...(weakened === 0 ? [] : [`${count(weakened, "safeguard")} on GitHub weakened`]),
  ];
  if (losses.length > 0) return { loses: true, words: losses.join(", ") };
  if (changes.length === 0) return { loses: false, words: "no changes" };
  const others = (["update", "create", "import"] as const).filter((kind) => number(kind) > 0);
  const said = [
    ...(kept === 0 ? [] : [`${String(kept)} forgotten`]),
    ...others.map((kind) => `${String(number(kind))} ${PARTICIPLES[kind]}`),
  ].join(", ");
  return { loses: false, words: `nothing is replaced or deleted; ${said}` };
}

/** Given up by the program, and left where it is. */
function isForgotten({ kind, retained }: Change): boolean {
  return kind === "delete" && retained;
}

const PARTICIPLES = { update: "updated", create: "created", import: "adopted" } as const;
