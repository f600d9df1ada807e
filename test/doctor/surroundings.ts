import type { CheckLine } from "../../cli/checklist.ts";
import { checksOf, diagnose, type Diagnosis, type Surroundings } from "../../cli/doctor/doctor.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import type { StackSettings } from "../../infra/settings/schema.ts";
import type { RunProgram } from "../../cli/doctor/run-program.ts";

/** A Pulumi CLI that is new enough and logged in, with a stack that was never deployed. */
export const pulumi: RunProgram = (_program, [command]) =>
  Promise.resolve(
    command === "version"
      ? { exitCode: 0, stdout: "v3.260.0\n", stderr: "" }
      : command === "whoami"
        ? { exitCode: 0, stdout: JSON.stringify({ user: "one", url: "s3://state" }), stderr: "" }
        : { exitCode: 0, stdout: JSON.stringify({ version: 3, deployment: { resources: [] } }), stderr: "" },
  );

/** The same, where nobody has run \`pulumi stack init\`. */
export const withoutStack: RunProgram = (program, words) =>
  words[0] === "stack"
    ? Promise.resolve({ exitCode: 255, stdout: "", stderr: "error: no stack named 'dev' found" })
    : pulumi(program, words);

/** Nothing to ask but this machine. */
export const ALONE: Surroundings = {
  nodeVersion: "24.1.0",
  nodeRange: "^20.19.0 || ^22.12.0 || >=24",
  run: pulumi,
  aws: {},
  gitHub: undefined,
  now: Date.now,
};

/** The cluster of systems.md, large, in a day's budget. */
export const HOSTS = {
  owner: "team",
  region: "us-west-2",
  zones: ["usw2-az2", "usw2-az3"],
  awsAccount: "123456789012",
  orchestrator: { instanceType: "c7a.2xlarge" },
  cluster: { size: "large" },
  budget: { usdPerDay: 100, worstCaseUsdPerDay: 200, emails: ["oncall@example.com", "lead@example.com"] },
} as const;

export function settings(document: Readonly<Record<string, unknown>>): StackSettings {
  return parseSettings(document, { stack: "dev", source: "Pulumi.dev.yaml" });
}

export function doctor(
  of: StackSettings,
  surroundings: Surroundings,
  {
    fix = false,
    config = {},
  }: { readonly fix?: boolean; readonly config?: Readonly<Record<string, unknown>> } = {},
): Promise<Diagnosis> {
  return diagnose(checksOf({ settings: of, stack: "dev", config }, surroundings, fix));
}

/** @throws Error that names the lines there are. */
export function line({ lines }: Pick<Diagnosis, "lines">, id: string): CheckLine {
  const found = lines.find((one) => one.id === id);
  if (found === undefined)
    throw new Error(`no line ${id}; there are ${lines.map((one) => one.id).join(", ")}`);
  return found;
}

/** Lines that are not well. */
export function troubles({ lines }: Pick<Diagnosis, "lines">): readonly CheckLine[] {
  return lines.filter(({ status }) => status !== "ok" && status !== "skipped");
}
