import { NAME_RULE } from "../../infra/settings/fields.ts";
import { parseSettings, SettingsError, type Problem } from "../../infra/settings/parse.ts";
import { DEFAULT_REGION, REGIONS, type Region } from "../../model/regions.ts";
import { SIZE_NAMES, type SizeName } from "../../model/sizes.ts";
import { proposedBudget, proposedWorstCase, proposedZones, SIZE_DEFAULTS } from "./defaults.ts";

/** The questions of `ground init` in their order. Answers are texts, from a flag or from the keyboard. */
export const QUESTIONS = [
  { key: "name", title: "Name of the stack" },
  { key: "owner", title: "Team or person who answers for the cost" },
  { key: "email", title: "Mail addresses for alarms" },
  { key: "region", title: "AWS region" },
  { key: "zones", title: "Zone ids, 2 or 3" },
  { key: "size", title: `Cluster size: ${SIZE_NAMES.join(", ")}` },
  { key: "hours", title: "Hours a day, or working days from-to such as 8-16 Europe/Berlin" },
  { key: "modelApi", title: "Model API allowance, US dollars a day, 0 for none" },
  { key: "budget", title: "Daily budget, US dollars" },
  { key: "worstCase", title: "Ceiling for the worst day, US dollars" },
] as const;

export type AnswerKey = (typeof QUESTIONS)[number]["key"];
export type Answers = Readonly<Partial<Record<AnswerKey, string>>>;

/** Settings by the answers: the document of a stack file. */
export interface Draft {
  readonly stack: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** What is wrong with one answer. */
export interface AnswerProblem {
  readonly key: AnswerKey;
  readonly value: string | undefined;
  readonly message: string;
}

/** What stands for an answer that was not given; undefined where only a person can know. */
export function proposal(key: AnswerKey, answers: Answers): string | undefined {
  const size = sizeOf(answers);
  const region = regionOf(answers);
  const defaults = SIZE_DEFAULTS[size];
  const amounts = {
    size,
    region,
    hoursPerDay: plannedHours(answers.hours) ?? defaults.hoursPerDay,
    modelApiUsdPerDay: numberOf(answers.modelApi) ?? defaults.modelApiUsdPerDay,
  };
  const proposals: Readonly<Record<AnswerKey, string | undefined>> = {
    name: "dev",
    owner: undefined,
    region: DEFAULT_REGION,
    zones: proposedZones(region).join(","),
    size: "small",
    hours: String(defaults.hoursPerDay),
    modelApi: String(defaults.modelApiUsdPerDay),
    budget: String(proposedBudget(amounts)),
    worstCase: String(Math.max(proposedWorstCase(amounts), numberOf(answers.budget) ?? 0)),
    email: undefined,
  };
  return proposals[key];
}

/** The answers as settings, proposals filled in; not yet checked. */
export function draftOf(answers: Answers): Draft {
  const answer = (key: AnswerKey) => answers[key] ?? proposal(key, answers);
  const size = answer("size");
  const defaults = SIZE_DEFAULTS[sizeOf(answers)];
  const hours = answer("hours") ?? "";
  const schedule = scheduleOf(hours);
  const modelApi = numberOr(answer("modelApi"));
  return {
    stack: answer("name") ?? "",
    document: {
      ...(answers.owner === undefined ? {} : { owner: answers.owner }),
      region: answer("region"),
      zones: listOf(answer("zones")),
      orchestrator: { instanceType: defaults.orchestratorType, diskGib: defaults.orchestratorDiskGib },
      cluster: {
        size,
        ...(schedule === undefined ? { hoursPerDay: numberOr(hours) } : { schedules: [schedule] }),
      },
      budget: {
        usdPerDay: numberOr(answer("budget")),
        worstCaseUsdPerDay: numberOr(answer("worstCase")),
        ...(answers.email === undefined ? {} : { emails: listOf(answers.email) }),
      },
      ...(modelApi === 0 ? {} : { modelApi: { usdPerDay: modelApi } }),
    },
  };
}

/** Every problem of the answers and of the proposals beside them; empty for sound ones. */
export function problemsOf(answers: Answers): AnswerProblem[] {
  const { stack, document } = draftOf(answers);
  return settingsProblems(document, stack).map(({ path, value, message }) => {
    const key = keyOf(path);
    if (key === "name") return { key, value: JSON.stringify(stack), message: NAME_RULE };
    return { key, value, message: value === undefined ? "is needed" : message };
  });
}

function settingsProblems(document: Draft["document"], stack: string): readonly Problem[] {
  try {
    parseSettings(document, { stack, source: "" });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** The answer that a setting comes from. */
function keyOf(path: string): AnswerKey {
  const [key] = PATHS.find(([, starts]) => starts.some((start) => path.startsWith(start))) ?? [];
  if (key === undefined) throw new Error(`no question of ground init answers ${path}`);
  return key;
}

const PATHS: readonly (readonly [AnswerKey, readonly string[]])[] = [
  ["name", ["environment"]],
  ["owner", ["owner"]],
  ["region", ["region"]],
  ["zones", ["zones"]],
  ["size", ["cluster.size"]],
  ["hours", ["cluster.hoursPerDay", "cluster.schedules"]],
  ["modelApi", ["modelApi"]],
  ["worstCase", ["budget.worstCaseUsdPerDay"]],
  ["email", ["budget.emails"]],
  ["budget", ["budget"]],
];

/** `8-16` or `8-16 Europe/Berlin`: start and stop on working days. Undefined for anything else. */
function scheduleOf(
  text: string,
): { name: string; start: string; stop: string; timeZone: string } | undefined {
  const [, start, stop, timeZone = "UTC"] =
    /^(\d{1,2})\s*-\s*(\d{1,2})(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
  if (start === undefined || stop === undefined) return undefined;
  const workingDays = (hour: string) => `0 ${String(Number(hour))} * * 1-5`;
  return { name: "working-days", start: workingDays(start), stop: workingDays(stop), timeZone };
}

function plannedHours(text: string | undefined): number | undefined {
  const [, start, stop] = /^(\d{1,2})\s*-\s*(\d{1,2})/.exec(text?.trim() ?? "") ?? [];
  if (start === undefined || stop === undefined) return numberOf(text);
  // A schedule over midnight: 22-6 is eight hours.
  return (Number(stop) - Number(start) + 24) % 24;
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** The number a text says, or the text itself, for the settings' own check to refuse. */
function numberOr(text: string | undefined): number | string | undefined {
  return numberOf(text) ?? text;
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((item) => item !== "");
}

function sizeOf(answers: Answers): SizeName {
  return SIZE_NAMES.find((size) => size === answers.size) ?? "small";
}

function regionOf(answers: Answers): Region {
  return REGIONS.find((region) => region === answers.region) ?? DEFAULT_REGION;
}
