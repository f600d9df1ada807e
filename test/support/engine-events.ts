import { readEvents, type EngineLog, type EngineOperation } from "../../cli/delivery/events.ts";
import type { Finished } from "./engine-command.ts";

export type { EngineOperation, EngineStep, PolicyVerdict } from "../../cli/delivery/events.ts";

/** A command of the engine with what its event log says. */
export interface EngineRun extends Finished, EngineLog {
  readonly operation: EngineOperation;
}

/** Reads a run from what the command wrote and its event log. */
export function readRun(operation: EngineOperation, finished: Finished, log: string): EngineRun {
  return { ...finished, operation, ...readEvents(operation, log) };
}
