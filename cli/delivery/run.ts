import { z } from "zod";
import { POLICY_LEVELS } from "../../model/plan.ts";
import { secretsIn } from "../../model/secret-shapes.ts";
import { redact } from "../../runtime/host/redact.ts";
import { EXIT } from "../exit-codes.ts";
import type { ExitCode } from "../errors.ts";
import { readEvents, type EngineOperation, type EngineStep } from "./events.ts";

/** What happens to a resource; the first two lose what it holds, and are shown first everywhere. */
export const CHANGE_KINDS = ["replace", "delete", "update", "create", "import"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

const changeSchema = z.object({
  kind: z.enum(CHANGE_KINDS),
  urn: z.string(),
  type: z.string(),
  name: z.string(),
  /** Names of the properties at fault for a replacement, else of those that differ; never their values. */
  properties: z.array(z.string()),
  /** Given up by the program and kept by the provider: no loss. */
  retained: z.boolean(),
  /** The engine will refuse to delete or replace it. */
  isProtected: z.boolean(),
});
export type Change = z.infer<typeof changeSchema>;

/**
 * An event log without values: what may leave the machine that made it. The log itself must not, since the engine
 * writes decrypted secrets into its debug messages (seen with Pulumi 3.260: "RegisterResource RPC finished").
 */
export const runSchema = z.object({
  stack: z.string(),
  operation: z.enum(["preview", "up", "refresh", "destroy"]),
  /** The engine's own; verdicts decide where it is 1. */
  exitCode: z.number().int(),
  /** False where the engine was killed, or stopped before it could sum up. */
  complete: z.boolean(),
  changes: z.array(changeSchema),
  verdicts: z.array(
    z.object({ name: z.string(), level: z.enum(POLICY_LEVELS), urn: z.string(), message: z.string() }),
  ),
  policiesAsked: z.number().int(),
  errors: z.array(z.string()),
});
export type Run = z.infer<typeof runSchema>;

/** Reads a run from its event log. Texts of errors are searched for what looks like a secret. */
export function runOf(
  log: string,
  given: { readonly stack: string; readonly operation: EngineOperation; readonly exitCode: number },
): Run {
  const events = readEvents(given.operation, log);
  return {
    ...given,
    complete: events.complete && events.unreadable === 0,
    changes: changesOf(events.steps),
    verdicts: events.verdicts.map(({ name, level, urn, message }) => ({
      name,
      level,
      urn,
      message: ownWords(message),
    })),
    policiesAsked: events.policiesAsked.length,
    errors: events.errors.filter((text) => !SUMMARIES.test(text)).map(redact),
  };
}

/**
 * What a rule said about the resource; the engine puts the rule's description on a line before it. Our rules name no
 * value that may be secret, another pack's might. Only where a secret is seen: `redact` would also take "required" from
 * `httpTokens: "required"`.
 */
function ownWords(message: string): string {
  const [description = "", ...own] = message.trim().split("\n");
  const text = own.length === 0 ? description : own.join(" ");
  return secretsIn(text).length === 0 ? text : redact(text);
}

/** What the engine says last where anything failed; it names nothing. */
const SUMMARIES = /^(preview|update|refresh|destroy) failed$/;

const KIND_OF_OPERATION: Readonly<Record<string, ChangeKind>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "import",
  "import-replacement": "replace",
};

/**
 * One change a resource, its gravest: a replacement is three steps of one URN. Components are left out, since they
 * hold nothing.
 */
function changesOf(steps: readonly EngineStep[]): Change[] {
  const found = new Map<string, Change>();
  for (const step of steps) {
    const kind = KIND_OF_OPERATION[step.op];
    if (kind === undefined || !step.custom) continue;
    const known = found.get(step.urn);
    const gravest = known === undefined || graver(kind, known.kind) ? kind : known.kind;
    const properties = gravest === "replace" && step.keys.length > 0 ? step.keys : step.diffs;
    found.set(step.urn, {
      kind: gravest,
      urn: step.urn,
      type: step.type,
      name: step.name,
      properties: [...new Set([...(known?.properties ?? []), ...properties])],
      retained: step.retained || known?.retained === true,
      isProtected: step.isProtected || known?.isProtected === true,
    });
  }
  return [...found.values()].sort(
    (a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind) || (a.urn < b.urn ? -1 : 1),
  );
}

function graver(kind: ChangeKind, than: ChangeKind): boolean {
  return CHANGE_KINDS.indexOf(kind) < CHANGE_KINDS.indexOf(than);
}

/**
 * The exit code that a run deserves. The engine ends with 1 for a mandatory violation as for anything else, so its
 * verdicts are asked first; a log without an end is no success whatever the code says.
 */
export function verdictOf(run: Run): { readonly exitCode: ExitCode; readonly words: string } {
  const refusals = run.verdicts.filter(({ level }) => level === "mandatory").length;
  if (refusals > 0)
    return { exitCode: EXIT.policyViolation, words: count(refusals, "mandatory policy violation") };
  if (run.exitCode === 0)
    return run.complete
      ? { exitCode: EXIT.ok, words: "no mandatory policy violation, no error" }
      : {
          exitCode: EXIT.resourceFailed,
          words: "the event log has no end: the engine was killed, or wrote it elsewhere",
        };
  const known = Object.values(EXIT).find((code) => code === run.exitCode);
  const meant = known === undefined || known === EXIT.ownFault ? EXIT.resourceFailed : known;
  const words =
    meant === EXIT.unexpectedChanges
      ? `${count(run.changes.length, "change")} where none was expected`
      : `the engine ended with ${String(run.exitCode)}, ${count(run.errors.length, "error")}`;
  return { exitCode: meant, words };
}

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}
