import { EXIT } from "../exit-codes.ts";
import { count, type Change } from "../delivery/run.ts";
import { parseUrn } from "../delivery/urn.ts";
import { forgotten } from "../report/tree.ts";
import { gravestFirst, VERDICT_WORDS } from "../report/verdicts.ts";
import { joinWithin, type Block } from "./limit.ts";
import { code, codeInTable, fenced, firstOf, prose } from "./markdown.ts";
import { moneyTable } from "./money-table.ts";
import type { StackReport } from "./report.ts";
import { MARKER, MOST_CHARACTERS } from "./sticky.ts";
import { verdictLine } from "./verdict.ts";

export interface CommentContext {
  /** 40 hexadecimal digits. */
  readonly commit?: string;
  /** Address of the run that made it. */
  readonly runUrl?: string;
}

/** The comment, or step summary: markdown of at most GitHub's limit, with replacements and deletions before all else. */
export function renderComment(reports: readonly StackReport[], context: CommentContext): string {
  const table = joinWithin(MOST_OF_TABLE, [moneyTable(reports)]);
  const head = `${MARKER}\n### ${verdictLine(reports)}\n\n${table}`;
  const foot = `\n${footer(reports, context)}\n`;
  const blocks = [losses(reports), errors(reports), onGitHub(reports), policies(reports), rest(reports)];
  return `${head}${joinWithin(MOST_CHARACTERS - head.length - foot.length, blocks)}${foot}`;
}

/** Characters that the table of stacks may take from what is lost and refused. */
const MOST_OF_TABLE = MOST_CHARACTERS / 4;

function isLoss({ kind }: Change): boolean {
  return kind === "replace" || kind === "delete";
}

function losses(reports: readonly StackReport[]): Block {
  const several = reports.length > 1;
  const rows = reports.flatMap(({ stack, changes }) =>
    changes.filter(isLoss).map((change) => {
      const what = change.kind === "replace" ? "**replace**" : change.retained ? "**forget**" : "**delete**";
      const why =
        change.kind === "replace" && change.properties.length > 0
          ? ` for a new ${change.properties.map(code).join(", ")}`
          : "";
      const where = several ? ` in ${code(stack)}` : "";
      return `- ${what} ${code(change.name)} ${code(change.type)}${why}${where}${fate(change)}`;
    }),
  );
  return {
    before: "\n#### Replaced and deleted\n\n",
    rows,
    after: "",
    leftOut: (missing) => `- … and ${String(missing)} more of them, in the log of the run\n`,
  };
}

function fate({ kind, type, retained, isProtected }: Change): string {
  if (retained)
    return kind === "delete" ? ` — ${forgotten(type)}` : " — kept where it is, only no longer managed";
  return isProtected ? " — protected: the engine will refuse" : "";
}

function errors(reports: readonly StackReport[]): Block {
  return {
    before: "\n#### What failed\n\n",
    // Lines that a message indents belong to the one above.
    rows: reports.flatMap(({ stack, errors: texts }) =>
      texts.map((text) =>
        /^\s/.test(text) ? `  - ${prose(text.trim())}` : `- ${code(stack)} ${prose(text)}`,
      ),
    ),
    after: "",
    leftOut: (missing) => `- … and ${count(missing, "more line")}, in the log of the run\n`,
  };
}

/** In words, what guards less first; a stack's resources say only that something of a rule differs. */
function onGitHub(reports: readonly StackReport[]): Block {
  const changes = reports.flatMap(({ governed }) => governed);
  const ordered = [...changes.filter(({ weakens }) => weakens), ...changes.filter(({ weakens }) => !weakens)];
  return {
    before: "\n#### On GitHub\n\n",
    rows: ordered.map(
      ({ repository, topic, words, weakens }) =>
        `- ${weakens ? "⚠️ " : ""}${code(repository)} ${prose(topic)}: ${prose(words)}`,
    ),
    after: "",
    leftOut: (missing) => `- … and ${count(missing, "more change")} on GitHub, in the log of the run\n`,
  };
}

/** All stacks' refusals before any stack's advice; resources of which a rule says the same stand together. */
function policies(reports: readonly StackReport[]): Block {
  const verdicts = reports.flatMap(({ stack, verdicts: found }) =>
    gravestFirst(found).map((verdict) => ({ stack, ...verdict })),
  );
  const rows = new Map<
    string,
    { readonly verdict: (typeof verdicts)[number]; readonly resources: Set<string> }
  >();
  for (const verdict of verdicts) {
    const { level, name, stack, message, urn } = verdict;
    const key = JSON.stringify([level, name, stack, message]);
    const row = rows.get(key) ?? { verdict, resources: new Set() };
    rows.set(key, row);
    row.resources.add(parseUrn(urn).name || urn);
  }
  const levels = Object.keys(VERDICT_WORDS);
  // Where there is one stack its column would only take room from the words.
  const several = reports.length > 1;
  const heads = ["verdict", "rule", ...(several ? ["stack"] : []), "resource", "why, and what to do"];
  return {
    before: `\n#### Policies\n\n| ${heads.join(" | ")} |\n|${"---|".repeat(heads.length)}\n`,
    rows: [...rows.values()]
      .sort((a, b) => levels.indexOf(a.verdict.level) - levels.indexOf(b.verdict.level))
      .map(({ verdict: { level, name, stack, message }, resources }) => {
        const { word } = VERDICT_WORDS[level];
        const cells = [
          level === "mandatory" ? `**${word}**` : word,
          codeInTable(name),
          ...(several ? [codeInTable(stack)] : []),
          firstOf([...resources].map(codeInTable), NAMED),
          prose(message),
        ];
        return `| ${cells.join(" | ")} |`;
      }),
    after: "",
    leftOut: (missing) => `\n… and ${count(missing, "more verdict")}, in the log of the run\n`,
  };
}

/** Resources named in a row of the policy table, and stacks in a sentence; the rest is counted. */
const NAMED = 8;

const SIGNS: Readonly<Record<Change["kind"], string>> = {
  replace: "-+",
  delete: "-",
  update: "!",
  create: "+",
  import: "+",
};

function rest(reports: readonly StackReport[]): Block {
  const several = reports.length > 1;
  const rows = reports.flatMap(({ stack, changes }) => {
    const lines = changes
      .filter((change) => !isLoss(change))
      .map(({ kind, type, name, properties }) => {
        const which = properties.length === 0 ? "" : ` (${properties.join(", ")})`;
        return `${SIGNS[kind]} ${fenced(`${type} ${name}${which}${kind === "import" ? " adopted" : ""}`)}`;
      });
    return lines.length > 0 && several ? [`@@ ${fenced(stack)} @@`, ...lines] : lines;
  });
  const changes = reports.flatMap((report) => report.changes.filter((change) => !isLoss(change)));
  return {
    before: `\n<details><summary>${count(changes.length, "other change")}</summary>\n\n\`\`\`diff\n`,
    rows,
    after: "```\n\n</details>\n",
    leftOut: (missing) => `\n… and ${count(missing, "more line")} of other changes, in the log of the run\n`,
  };
}

function footer(reports: readonly StackReport[], { commit, runUrl }: CommentContext): string {
  const dates = [
    ...new Set(reports.flatMap(({ cost, free }) => (cost === undefined || free ? [] : [cost.pricesAsOf]))),
  ];
  const offline = reports.filter(({ source }) => source === "offline").map(({ stack }) => code(stack));
  const failed = reports.some(({ exitCode }) => exitCode !== EXIT.ok);
  const parts = [
    ...(dates.length === 0 ? [] : [`prices as of ${firstOf(dates.map(prose), NAMED)}, before tax`]),
    ...(commit === undefined ? [] : [`commit ${code(commit.slice(0, 12))}`]),
    ...(runUrl === undefined ? [] : [`[run](${runUrl})`]),
  ];
  const lines = [
    ...(offline.length === 0
      ? []
      : [
          `Offline plan of ${firstOf(offline, NAMED)}: compared with the base, not with the account; it cannot tell an update from a replacement.`,
        ]),
    ...(failed ? ["What each failure means, and what to do: `docs/delivery.md`."] : []),
    parts.join(" · "),
  ];
  // Paragraphs: GitHub gives small print no height, so that lines of one paragraph would lie upon each other.
  return lines
    .filter((line) => line !== "")
    .map((line) => `<sub>${line}</sub>`)
    .join("\n\n");
}
