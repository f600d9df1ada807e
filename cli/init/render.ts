import { stringify } from "yaml";
import { isRecord } from "../../infra/settings/describe.ts";
import type { Draft } from "./answers.ts";

/** One line of reason for each choice, by path; they are what a person reads before changing it. */
const COMMENTS: Readonly<Record<string, string>> = {
  owner: "Tag on everything that costs money: whom to ask about it.",
  region: "Prices, quotas and zones are the region's; it cannot be changed later without a new stack.",
  zones: "Zone ids, the same place in every account; more zones mean more spot pools to find capacity in.",
  orchestrator: "Runs all day on demand: the largest fixed cost, so no larger than the agents need.",
  cluster: "Spot hosts, started and stopped together.",
  "cluster.size": "small: 1 storage node and the test harness; medium: 3 nodes, every role; large: 5 nodes.",
  "cluster.hoursPerDay":
    "Planned hours a day; the estimate counts them, nothing enforces them: a schedule does.",
  "cluster.schedules": "Starts and stops every slot on working days; the estimate counts these hours.",
  budget:
    "No plan above usdPerDay passes; the guard stops the cluster before a day crosses it, and AWS Budgets tells people.",
  "budget.worstCaseUsdPerDay":
    "No plan passes that could cost more on a day with everything on at on-demand prices.",
  "budget.emails": "Told at 80 and 100 % of the budget.",
  modelApi: "The part of the budget set aside for Amazon Bedrock.",
};

const SCHEMA_LINE = "# yaml-language-server: $schema=./schema/stack.schema.json";

/** The stack file of a draft, each choice with its reason. */
export function renderStackFile({ stack, document }: Draft): string {
  return [
    SCHEMA_LINE,
    `# Settings of the stack ${stack}. What it costs: ground plan --stack ${stack}`,
    "config:",
    ...Object.entries(document).flatMap(([key, value]) => entry(`proving-ground:${key}`, value, key, 1)),
    "",
  ].join("\n");
}

function entry(key: string, value: unknown, path: string, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const comment = COMMENTS[path];
  const above = comment === undefined ? [] : [`${indent}# ${comment}`];
  if (!isRecord(value)) return [...above, `${indent}${key}: ${inline(value)}`];
  const inner = Object.entries(value).flatMap(([name, item]) =>
    entry(name, item, `${path}.${name}`, depth + 1),
  );
  return [...above, `${indent}${key}:`, ...inner];
}

/** A text, number or list on one line, in quotes only where YAML needs them. */
function inline(value: unknown): string {
  const options = {
    collectionStyle: "flow",
    flowCollectionPadding: false,
    blockQuote: false,
    lineWidth: 0,
  } as const;
  return stringify(value, options).trimEnd();
}
