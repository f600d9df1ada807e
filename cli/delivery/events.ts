import { z } from "zod";
import type { PolicyLevel } from "../../model/plan.ts";
import { parseUrn } from "./urn.ts";

export type EngineOperation = "preview" | "up" | "refresh" | "destroy";

/** One step the engine took, or at preview would take. Steps on the stack itself and on providers are left out. */
export interface EngineStep {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  /** The program gives it up, the provider keeps it. */
  readonly retained: boolean;
  readonly isProtected: boolean;
  /** Names of the properties that differ. */
  readonly diffs: readonly string[];
  /** Names of the properties that make a replacement of it. */
  readonly keys: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface PolicyVerdict {
  readonly name: string;
  readonly pack: string;
  readonly level: PolicyLevel;
  readonly urn: string;
  readonly message: string;
}

/** What an event log says of a run. */
export interface EngineLog {
  readonly steps: readonly EngineStep[];
  /** Number of steps by operation, without those that change nothing. */
  readonly changes: Readonly<Record<string, number>>;
  /** From the event log: `preview --json` has none, and the exit code does not tell them from failures. */
  readonly verdicts: readonly PolicyVerdict[];
  /** Names of the policies that were asked, whatever they answered. */
  readonly policiesAsked: readonly string[];
  /** Texts of errors and warnings. */
  readonly diagnostics: readonly string[];
  /** Texts of errors alone. */
  readonly errors: readonly string[];
  /** False where the engine died, or was refused, before it could sum up. */
  readonly complete: boolean;
  /** Lines that are no event, such as the last one of an engine that was killed. */
  readonly unreadable: number;
}

const stateSchema = z
  .object({
    custom: z.boolean().optional(),
    protect: z.boolean().optional(),
    retainOnDelete: z.boolean().optional(),
    inputs: z.record(z.string(), z.unknown()).nullish(),
  })
  .nullish();

const names = z.array(z.string()).nullish();

const stepSchema = z.object({
  metadata: z.object({
    op: z.string(),
    urn: z.string(),
    diffs: names,
    keys: names,
    old: stateSchema,
    new: stateSchema,
  }),
  planning: z.boolean().optional(),
});

const policySummarySchema = z.object({ passed: names, failed: names });

/** The kinds of event this project reads. Source: Pulumi's `apitype` events, version 3.260. */
const eventSchema = z.object({
  resourcePreEvent: stepSchema.optional(),
  resOutputsEvent: stepSchema.optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      policyPackName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  policyAnalyzeSummaryEvent: policySummarySchema.optional(),
  policyAnalyzeStackSummaryEvent: policySummarySchema.optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});

type EngineEvent = z.infer<typeof eventSchema>;

/** Reads an event log (one JSON document a line). A torn line is counted, not fatal: an engine may die while it writes. */
export function readEvents(operation: EngineOperation, log: string): EngineLog {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const events = lines.flatMap((line) => eventOf(line) ?? []);
  return {
    steps: stepsOf(operation, events),
    changes: changesOf(events),
    verdicts: events.flatMap(({ policyEvent }) =>
      policyEvent === undefined ? [] : [verdictOf(policyEvent)],
    ),
    policiesAsked: policiesOf(events),
    diagnostics: textsOf(events, ["error", "warning"]),
    errors: textsOf(events, ["error"]),
    complete: events.some(({ summaryEvent }) => summaryEvent !== undefined),
    unreadable: lines.length - events.length,
  };
}

function eventOf(line: string): EngineEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * A refresh knows what it found only afterwards; before, every one of its steps is a `refresh`. An
 * update with a preview tells every step twice.
 */
function stepsOf(operation: EngineOperation, events: readonly EngineEvent[]): EngineStep[] {
  const metadata = events.flatMap((event) => {
    const found = operation === "refresh" ? event.resOutputsEvent : event.resourcePreEvent;
    const announced = found?.planning === true && operation !== "preview";
    return found === undefined || announced ? [] : [found.metadata];
  });
  return metadata
    .map((step) => {
      const { type, name } = parseUrn(step.urn);
      const state = step.new ?? step.old;
      return {
        op: step.op,
        urn: step.urn,
        type,
        name,
        custom: state?.custom === true,
        retained: step.old?.retainOnDelete === true,
        isProtected: step.old?.protect === true,
        diffs: step.diffs ?? [],
        keys: step.keys ?? [],
        inputs: state?.inputs ?? {},
      };
    })
    .filter(({ type }) => !type.startsWith("pulumi:"));
}

function changesOf(events: readonly EngineEvent[]): Record<string, number> {
  const summary =
    events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
  return Object.fromEntries(Object.entries(summary).filter(([op]) => op !== "same"));
}

function verdictOf({
  policyName,
  policyPackName,
  enforcementLevel,
  resourceUrn,
  message,
}: NonNullable<EngineEvent["policyEvent"]>): PolicyVerdict {
  const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
  return { name: policyName, pack: policyPackName, level, urn: resourceUrn ?? "", message };
}

function policiesOf(events: readonly EngineEvent[]): string[] {
  const summaries = events.flatMap((event) => [
    event.policyAnalyzeSummaryEvent,
    event.policyAnalyzeStackSummaryEvent,
  ]);
  return [
    ...new Set(summaries.flatMap((summary) => [...(summary?.passed ?? []), ...(summary?.failed ?? [])])),
  ].sort();
}

function textsOf(events: readonly EngineEvent[], severities: readonly string[]): string[] {
  return events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent !== undefined && severities.includes(diagnosticEvent.severity)
      ? [diagnosticEvent.message.trim()]
      : [],
  );
}
