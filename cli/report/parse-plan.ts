import { z } from "zod";
import { COST_BASES } from "../../model/cost.ts";
import { POLICY_LEVELS, type Plan } from "../../model/plan.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { printable } from "./printable.ts";

/** Problems named before the rest is only counted: a wrong kind of file has hundreds. */
const PROBLEMS_SHOWN = 12;

const record = z.record(z.string(), z.unknown());
const usd = z.number();
const exposure = z.object({ minutes: z.number(), usd });

const planSchema = z.object({
  project: z.string(),
  stack: z.string(),
  resources: z.array(
    z.object({
      urn: z.string(),
      type: z.string(),
      name: z.string(),
      parent: z.string().nullable(),
      dependencies: z.array(z.string()),
      protect: z.boolean(),
      retainOnDelete: z.literal(true).exactOptional(),
      inputs: record,
    }),
  ),
  outputs: record,
  cost: z.object({
    pricesAsOf: z.string(),
    region: z.string(),
    usdPerHour: usd,
    usdPerDay: usd,
    usdPerDayRange: z.object({ cheapestZone: usd, dearestZone: usd }),
    allDayUsdPerDay: usd,
    usdPerMonth: usd,
    worstCaseUsdPerDay: usd,
    budgetUsdPerDay: usd.nullable(),
    worstCaseCeilingUsdPerDay: usd.nullable(),
    clusterOnDemandUsdPerHour: usd,
    greatestLoss: z
      .object({ usdPerHour: usd, guard: z.object({ healthy: exposure, gone: exposure }).nullable() })
      .nullable()
      // Plans printed before there was a guard do not say it.
      .default(null),
    lines: z.array(
      z.object({
        urn: z.string(),
        item: z.string(),
        quantity: z.number(),
        unit: z.string(),
        basis: z.enum(COST_BASES),
        usdPerDay: usd,
        worstCaseUsdPerDay: usd,
      }),
    ),
    notes: z.array(z.string()),
  }),
  policies: z.array(
    z.object({ name: z.string(), level: z.enum(POLICY_LEVELS), urn: z.string(), message: z.string() }),
  ),
});

/**
 * Reads what an earlier `ground plan --json` printed. Fields this version does not know are dropped,
 * so that plans of later versions can still be compared.
 *
 * @throws GroundError (exit 2) naming every problem, or saying how to make such a file.
 */
export function parsePlan(text: string, fileName: string): Plan {
  const document = parseJson(text, fileName);
  const result = planSchema.safeParse(document, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(describe);
  const rest = problems.length - PROBLEMS_SHOWN;
  throw refuse(fileName, [
    "is JSON, but not a plan:",
    ...problems.slice(0, PROBLEMS_SHOWN),
    ...(rest > 0 ? [`  and ${String(rest)} more`] : []),
  ]);
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function describe(issue: z.core.$ZodIssue): string {
  const place = `  ${pathOf(issue.path)}`;
  const allowed =
    issue.code === "invalid_type"
      ? (KINDS[issue.expected] ?? issue.expected)
      : issue.code === "invalid_value"
        ? `one of ${issue.values.map(String).join(", ")}`
        : undefined;
  if (allowed === undefined) return `${place}: ${issue.message}`;
  if (issue.input === undefined) return `${place} is missing; must be ${allowed}`;
  const shown = JSON.stringify(issue.input);
  return `${place} = ${shown.length > 60 ? `${shown.slice(0, 59)}…` : shown}: must be ${allowed}`;
}

function parseJson(text: string, fileName: string): unknown {
  // PowerShell 5 writes a byte order mark when it redirects output.
  const content = text.replace(/^\uFEFF/, "");
  if (content.trim() === "") throw refuse(fileName, ["is empty."]);
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const hint = /^\s*>/.test(content) ? " npm's banner stands before the plan: npm run needs -s." : "";
    throw refuse(fileName, [
      `is not JSON: ${error instanceof Error ? error.message : String(error)}.${hint}`,
    ]);
  }
}

function refuse(fileName: string, [first = "", ...lines]: readonly string[]): GroundError {
  const remedy = "Write one with: npm run -s plan -- --json > earlier.json";
  return new GroundError(
    [`${fileName} ${first}`, ...lines, remedy].map(printable).join("\n"),
    EXIT.badConfiguration,
  );
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${String(key)}]` : `.${String(key)}`)).join("");
  return text === "" ? "the document" : text.replace(/^\./, "");
}
