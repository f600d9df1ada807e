import type { SizeName } from "../../model/sizes.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import type { StackOptions } from "../stack-options.ts";

/** Options of the cluster commands, as commander hands them over; durations in milliseconds. */

interface JsonOption {
  readonly json?: true;
}

export interface StartOptions extends StackOptions, JsonOption {
  readonly size?: SizeName;
  readonly for: number;
  /** True for the option without a value. */
  readonly wait?: number | true;
  readonly atLeast?: number;
  readonly onDemand?: true;
  readonly dryRun?: true;
}

export interface StatusOptions extends StackOptions, JsonOption {
  readonly watch?: true;
}

export interface ExtendOptions extends StackOptions, JsonOption {
  readonly lease?: string;
  readonly dryRun?: true;
}

export interface StopOptions extends StackOptions, JsonOption {
  readonly all?: true;
  readonly dryRun?: true;
}

export interface SshOptions extends StackOptions {
  readonly print?: true;
}

/** From nothing to ready takes five to eight minutes; a slot that has to be asked for again twice that. */
export const DEFAULT_WAIT_MS = 20 * MINUTE;
