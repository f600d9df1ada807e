import { FAULTS_OF_ACT } from "./planted-faults-act.ts";
import { FAULTS_OF_METER_AND_DECIDE } from "./planted-faults-decide.ts";

/** One deliberate fault: a piece of code that stands exactly once in a file of runtime/guard, and what replaces it. */
export interface PlantedFault {
  readonly part: "meter" | "decide" | "act";
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [...FAULTS_OF_METER_AND_DECIDE, ...FAULTS_OF_ACT];
