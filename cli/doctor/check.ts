import { isRefusal } from "../aws-errors.ts";
import type { CheckLine, CheckStatus } from "../checklist.ts";
import { NETWORK_FIX, unreachable } from "../network-errors.ts";

/** Whose answer a check needs: this machine's, AWS's or GitHub's. */
export type Side = "machine" | "aws" | "github";

/** How one thing stands; a fix for whatever is neither ok nor skipped. */
export type Finding =
  | { readonly status: "ok" | "skipped"; readonly found: string }
  | { readonly status: Exclude<CheckStatus, "ok" | "skipped">; readonly found: string; readonly fix: string };

/** One thing that `ground doctor` looks at. It changes nothing, except with `--fix` what is safe. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly side: Side;
  /** AWS actions or GitHub scopes the look takes, for whoever has to grant them. */
  readonly rights: string;
  look(): Promise<Finding>;
}

/** Something this check builds on is not well; its own line says so, and this one is skipped. */
export class Blocked extends Error {
  override readonly name = "Blocked";
}

/** No usable credentials: what stops every check of a side. */
export class NoCredentials extends Error {
  override readonly name = "NoCredentials";
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** A line, and whether it is one for want of credentials only. */
export interface Looked {
  readonly line: CheckLine;
  readonly side: Side;
  readonly noCredentials: boolean;
}

/** Looks, and turns whatever goes wrong into a line of its own: one broken check never hides another. */
export async function look(check: Check): Promise<Looked> {
  const { id, title, side } = check;
  try {
    return { line: { id, title, ...(await check.look()) }, side, noCredentials: false };
  } catch (error) {
    return {
      line: { id, title, ...findingOf(error, check) },
      side,
      noCredentials:
        error instanceof NoCredentials || (error instanceof Blocked && error.cause === "credentials"),
    };
  }
}

function findingOf(error: unknown, { rights }: Check): Finding {
  if (error instanceof Blocked) return { status: "skipped", found: error.message };
  if (error instanceof NoCredentials) return { status: "failed", found: error.message, fix: error.fix };
  if (isRefusal(error)) {
    const found = `AWS refused to tell: ${error.name}: ${firstLine(error.message)}`;
    return { status: "unknown", found, fix: `Grant ${rights} to look at it (docs/rights.md).` };
  }
  const network = unreachable(error);
  if (network !== undefined) return { status: "unknown", found: network, fix: NETWORK_FIX };
  const status = statusOf(error);
  if (status === 401 || status === 403)
    return {
      status: "unknown",
      found: `GitHub refused to tell (${String(status)})`,
      fix: `Use a token with ${rights} (docs/rights.md).`,
    };
  return {
    status: "unknown",
    found: `no answer: ${described(error, status)}`,
    fix: "Run it again; what it asks for stands in docs/rights.md.",
  };
}

function described(error: unknown, status: number | undefined): string {
  if (!(error instanceof Error)) return String(error);
  const text = firstLine(error.message);
  return status === undefined
    ? `${error.name}: ${text}`
    : `HTTP ${String(status)}${text === "" ? "" : `: ${text}`}`;
}

/** HTTP status of an answer of GitHub, where the error is one. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" ? status : undefined;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** True where all that needs credentials was asked in vain: then nothing could be looked at, exit code 3. */
export function nothingSeen(looked: readonly Looked[]): boolean {
  const remote = looked.filter(({ side }) => side !== "machine");
  return remote.length > 0 && remote.every(({ noCredentials }) => noCredentials);
}
