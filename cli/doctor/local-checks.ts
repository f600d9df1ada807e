import type { Check, Finding } from "./check.ts";
import type { Deployed } from "./github-protection.ts";
import type { RunProgram } from "./run-program.ts";
import { compareVersions, inRange, parseVersion } from "./version-range.ts";

export interface Machine {
  /** Of this Node, for example 20.19.0. */
  readonly nodeVersion: string;
  /** `engines.node` of the project. */
  readonly nodeRange: string;
  readonly run: RunProgram;
}

/**
 * The oldest Pulumi CLI the project works with. 3.131.0 is the first whose `--event-log` holds every event of the
 * engine, from which the pull-request comment takes the policies' verdicts. Source: Pulumi's changelog.
 */
const OLDEST_PULUMI = [3, 131, 0] as const;

/** What this machine brings: Node, the Pulumi CLI, and where the state lives. */
export function localChecks({ nodeVersion, nodeRange, run }: Machine): readonly Check[] {
  return [
    {
      id: "node",
      title: "Node",
      side: "machine",
      rights: "nothing",
      look: () => Promise.resolve(nodeFinding(nodeVersion, nodeRange)),
    },
    {
      id: "pulumi.version",
      title: "Pulumi CLI",
      side: "machine",
      rights: "nothing",
      look: async () => pulumiFinding((await run("pulumi", ["version"]))?.stdout),
    },
    {
      id: "pulumi.backend",
      title: "Pulumi state",
      side: "machine",
      rights: "nothing",
      async look() {
        const answer = await run("pulumi", ["whoami", "--json", "--non-interactive"]);
        if (answer === undefined) return { status: "skipped", found: "needs the Pulumi CLI, see above" };
        return backendFinding(answer);
      },
    },
  ];
}

export function nodeFinding(version: string, range: string): Finding {
  const parsed = parseVersion(version);
  if (parsed !== undefined && inRange(parsed, range))
    return { status: "ok", found: `${version}, allowed: ${range}` };
  return {
    status: "failed",
    found: `${version}, allowed: ${range}`,
    fix: "Install Node 24 (https://nodejs.org), or 22.12 or newer of 22.",
  };
}

/** @param output of `pulumi version`; undefined where there is no such program */
export function pulumiFinding(output: string | undefined): Finding {
  const fix = "Install the newest Pulumi CLI, https://www.pulumi.com/docs/install/.";
  if (output === undefined)
    return {
      status: "failed",
      found: "no pulumi on PATH: only plans can be made",
      fix: `${fix} npx pulumi works as well.`,
    };
  const version = parseVersion(output);
  if (version === undefined)
    return { status: "unknown", found: `pulumi says ${JSON.stringify(output.trim())} of its version`, fix };
  const found = version.join(".");
  if (compareVersions(version, OLDEST_PULUMI) >= 0) return { status: "ok", found };
  return {
    status: "failed",
    found: `${found} is older than ${OLDEST_PULUMI.join(".")}: its event log leaves out the policies' verdicts`,
    fix,
  };
}

export function backendFinding({ exitCode, stdout, stderr }: Answer): Finding {
  const fix = "pulumi login s3://BUCKET?region=REGION (docs/bootstrap.md), or --local.";
  if (exitCode !== 0) {
    const reason = stderr.split("\n").find((line) => line.trim() !== "") ?? `exit code ${String(exitCode)}`;
    return {
      status: "failed",
      found: `not logged in to where the state lives (${reason.trim().replace(/^error: /, "")})`,
      fix,
    };
  }
  const url = urlOf(stdout);
  if (url === undefined) return { status: "unknown", found: "pulumi did not say where the state lives", fix };
  return { status: "ok", found: url };
}

function urlOf(text: string): string | undefined {
  const answer = parsed(text);
  const url = typeof answer === "object" && answer !== null && "url" in answer ? answer.url : undefined;
  return typeof url === "string" ? url : undefined;
}

type Answer = NonNullable<Awaited<ReturnType<RunProgram>>>;

/** The stack's state as Pulumi has it; undefined where there is no Pulumi CLI. */
export function exportState(run: RunProgram, stack: string): Promise<Answer | undefined> {
  return run("pulumi", ["stack", "export", "--stack", stack, "--non-interactive"]);
}

/** Whether there is a state to deploy into: without one `up` stops before it asks anybody. */
export function stackCheck(stack: string, exported: () => Promise<Answer | undefined>): Check {
  return {
    id: "pulumi.stack",
    title: "Stack",
    side: "machine",
    rights: "nothing",
    async look() {
      return stackFinding(stack, await exported());
    },
  };
}

export function stackFinding(stack: string, answer: Answer | undefined): Finding {
  if (answer === undefined) return { status: "skipped", found: "needs the Pulumi CLI, see above" };
  if (answer.exitCode === 0) {
    const count = resourcesOf(parsed(answer.stdout)).length;
    return { status: "ok", found: count === 0 ? `${stack}, never deployed` : `${stack}, deployed` };
  }
  if (isAbsent(answer))
    return {
      status: "failed",
      found: `there is no stack ${stack} where the state lives: \`up\` would stop at once`,
      fix: `pulumi stack init ${stack}, with --secrets-provider where the account has a key for it (docs/bootstrap.md).`,
    };
  return { status: "skipped", found: "the state cannot be read, see above" };
}

/** Source: `no stack named 'NAME' found` of Pulumi's CLI, for every backend. */
function isAbsent({ stderr }: Answer): boolean {
  return stderr.includes("no stack named");
}

/**
 * What the stack made on GitHub at an earlier `up`, read from its state; undefined where that cannot be read. An
 * unknown stack was never deployed.
 */
export function deployedProtection(answer: Answer | undefined): Deployed | undefined {
  if (answer === undefined) return undefined;
  if (answer.exitCode !== 0) return isAbsent(answer) ? new Set() : undefined;
  return new Set(resourcesOf(parsed(answer.stdout)).flatMap(protectionOf));
}

function resourcesOf(state: unknown): readonly unknown[] {
  const deployment = fieldOf(state, "deployment");
  const resources = fieldOf(deployment, "resources");
  return Array.isArray(resources) ? resources : [];
}

/** In state the repository's id is its name, as GitHub's provider keeps it. */
function protectionOf(resource: unknown): string[] {
  if (fieldOf(resource, "type") !== "github:index/branchProtection:BranchProtection") return [];
  const inputs = fieldOf(resource, "inputs");
  const [repository, pattern] = [fieldOf(inputs, "repositoryId"), fieldOf(inputs, "pattern")];
  return typeof repository === "string" && typeof pattern === "string" ? [`${repository} ${pattern}`] : [];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
