import { parseUrn } from "./simulated-provider/values.ts";
import type { PolicyLevel } from "../../model/plan.ts";
import type { Finished } from "./engine-command.ts";

export type EngineOperation = "preview" | "up" | "refresh" | "destroy";

/** One step the engine took, or at preview would take. Steps on the stack itself and on providers are left out. */
export interface EngineStep {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  /** Names of the properties that differ. */
  readonly diffs: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface PolicyVerdict {
  readonly name: string;
  readonly pack: string;
  readonly level: PolicyLevel;
  readonly urn: string;
  readonly message: string;
}

export interface EngineRun extends Finished {
  readonly operation: EngineOperation;
  readonly steps: readonly EngineStep[];
  /** Number of steps by operation, without those that change nothing. */
  readonly changes: Readonly<Record<string, number>>;
  /** From the event log: `preview --json` has none, and the exit code does not tell them from failures. */
  readonly verdicts: readonly PolicyVerdict[];
  /** Names of the policies that were asked, whatever they answered. */
  readonly policiesAsked: readonly string[];
  /** Texts of errors and warnings. */
  readonly diagnostics: readonly string[];
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly diffs?: readonly string[] | null;
  readonly new?: { readonly custom?: boolean; readonly inputs?: Record<string, unknown> } | null;
  readonly old?: { readonly custom?: boolean; readonly inputs?: Record<string, unknown> } | null;
}

interface PolicySummary {
  readonly passed?: readonly string[];
  readonly failed?: readonly string[];
}

/** The kinds of event this project reads. Source: Pulumi's `apitype` events, version 3.260. */
interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly message: string;
    readonly policyName: string;
    readonly policyPackName: string;
    readonly enforcementLevel: string;
  };
  readonly policyAnalyzeSummaryEvent?: PolicySummary;
  readonly policyAnalyzeStackSummaryEvent?: PolicySummary;
  readonly diagnosticEvent?: { readonly message: string; readonly severity: string };
  readonly summaryEvent?: { readonly resourceChanges: Readonly<Record<string, number>> };
}

/** Reads a run from what the command wrote and its event log (one JSON document a line). */
export function readRun(operation: EngineOperation, finished: Finished, log: string): EngineRun {
  const events = log
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
  return {
    ...finished,
    operation,
    steps: stepsOf(operation, events),
    changes: changesOf(events),
    verdicts: events.flatMap(({ policyEvent }) =>
      policyEvent === undefined ? [] : [verdictOf(policyEvent)],
    ),
    policiesAsked: policiesOf(events),
    diagnostics: events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === "error" || diagnosticEvent?.severity === "warning"
        ? [diagnosticEvent.message.trim()]
        : [],
    ),
  };
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
    .map((step) => ({
      op: step.op,
      urn: step.urn,
      ...parseUrn(step.urn),
      custom: (step.new ?? step.old)?.custom === true,
      diffs: step.diffs ?? [],
      inputs: (step.new ?? step.old)?.inputs ?? {},
    }))
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
