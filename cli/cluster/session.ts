import { setTimeout } from "node:timers/promises";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import type { Clock } from "../../runtime/guard/ports.ts";
import { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { accountOf } from "../aws-account.ts";
import { credentialsError } from "../aws-errors.ts";
import { AwsAccount } from "../doctor/aws-account.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { NETWORK_FIX, unreachable } from "../network-errors.ts";
import { readStack, type StackOptions } from "../stack-options.ts";
import { clusterOf, type ClusterStack } from "./environment.ts";
import { ownerOf } from "./leases.ts";
import type { ClusterPorts } from "./ports.ts";

/** What every cluster command works with. */
export interface Session {
  readonly stack: ClusterStack;
  readonly ports: ClusterPorts;
  readonly prices: OnDemandPrices;
  /** Whose leases the caller's are. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Reads the stack, looks who calls, and does the work until it is done or somebody interrupts it.
 *
 * @param rights what is asked of AWS, told where it refuses
 * @throws GroundError: what the work throws, and 3 for credentials, 4 for what AWS refuses or does not have.
 */
export async function inSession<Result>(
  options: StackOptions,
  rights: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { settings } = readStack(options);
  const catalogue = loadCatalogue();
  // Settings that cannot have a cluster are told before AWS is asked.
  clusterOf(settings, settings.awsAccount ?? "", catalogue);
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  // Once each: who interrupts again means it, and gets the system's own answer.
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    const account = await accountOf(settings);
    const clock = interruptible(interruption.signal);
    const stack = clusterOf(settings, account, catalogue);
    const { region, awsAccount: expected } = settings;
    const { arn } = await new AwsAccount({ region, expected, client: {}, now: () => clock.now() }).identity();
    const { awsPorts } = await import("./aws.ts");
    return await work({
      stack,
      ports: awsPorts(stack, clock),
      prices: new OnDemandPrices(catalogue),
      owner: ownerOf(arn),
      signal: interruption.signal,
    });
  } catch (error) {
    throw awsError(error, rights);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** A sleep that an interruption ends; one that begins after it takes its time, since giving back waits too. */
export function interruptible(signal: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    async sleep(milliseconds) {
      const options = signal.aborted ? {} : { signal };
      try {
        await setTimeout(milliseconds, undefined, options);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** What AWS refuses for reasons other than credentials is a failed resource, said with its name. */
function awsError(error: unknown, rights: string): unknown {
  const refusal = credentialsError(error, rights);
  if (refusal !== error || error instanceof GroundError || !(error instanceof Error)) return refusal;
  if (error.name === "ResourceNotFoundException")
    return new GroundError(
      "The guard's table does not exist: run `pulumi up` for this stack. Without it there is no lease, and nothing starts.",
      EXIT.resourceFailed,
      { cause: error },
    );
  const silent = unreachable(error);
  if (silent !== undefined)
    return new GroundError(
      `${silent}. ${NETWORK_FIX}\nThen look with \`ground cluster status\` what was left.`,
      EXIT.resourceFailed,
      { cause: error },
    );
  if (!("$metadata" in error) && !("code" in error)) return error;
  return new GroundError(
    `${error.name}: ${error.message}\nLook with \`ground cluster status\` what it left.`,
    EXIT.resourceFailed,
    { cause: error },
  );
}
