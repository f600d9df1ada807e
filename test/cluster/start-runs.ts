import assert from "node:assert/strict";
import { start, type StartProgress, type StartRequest, type StartResult } from "../../cli/cluster/start.ts";
import { GroundError } from "../../cli/errors.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { dollars } from "../../runtime/guard/money.ts";
import { HOUR } from "../../runtime/guard/time.ts";
import type { AwsAnswer } from "../support/aws-proxy.ts";
import type { ClusterAccount } from "./account.ts";

/** Everything, for a working day, nobody in the way. */
export const REQUEST = {
  forMs: 8 * HOUR,
  owner: "alex",
  onDemand: false,
  dryRun: false,
  signal: new AbortController().signal,
} as const satisfies StartRequest;

/** An answer of AWS that refuses a call of Auto Scaling. */
export function refusal(code: string, message: string): AwsAnswer {
  return {
    status: 403,
    body: `<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

interface Starts {
  /** Starts; what it says and what was admitted is added to `said` and `asked`. */
  readonly run: (
    change?: Partial<StartRequest>,
    said?: string[],
    asked?: Admission[],
  ) => Promise<StartResult>;
  /** The refusal of a start that must not succeed. */
  readonly refused: (change?: Partial<StartRequest>) => Promise<GroundError>;
  /** Fails where a host, a wish for one, or a lease is left. */
  readonly nothingRuns: () => Promise<void>;
}

/** Starts of the cluster in the account that the test has made by then. */
export function starts(account: () => ClusterAccount): Starts {
  function run(
    change: Partial<StartRequest> = {},
    said: string[] = [],
    asked: Admission[] = [],
  ): Promise<StartResult> {
    const progress: StartProgress = {
      priced(price, admission, warnings) {
        said.push(`priced ${dollars(price.perHour)}/h`, ...warnings);
        asked.push(admission);
      },
      slots: () => undefined,
      said: (text) => said.push(text),
    };
    return start(account().ports(), account().stack, { ...REQUEST, ...change }, account().prices, progress);
  }

  async function refused(change: Partial<StartRequest> = {}): Promise<GroundError> {
    try {
      await run(change);
    } catch (error) {
      if (error instanceof GroundError) return error;
      throw error;
    }
    throw new Error("it started");
  }

  async function nothingRuns(): Promise<void> {
    assert.deepEqual(await account().wanted(), []);
    assert.equal((await account().running()).length, 0);
    assert.deepEqual((await account().table.requests()).leases, []);
  }
  return { run, refused, nothingRuns };
}
