import { loadCatalogue } from "../../pricing/catalogue.ts";
import { accountOf } from "../aws-account.ts";
import { credentialsError } from "../aws-errors.ts";
import { ownerOf } from "../cluster/leases.ts";
import { AwsAccount } from "../doctor/aws-account.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { NETWORK_FIX, unreachable } from "../network-errors.ts";
import { readStack, type StackOptions } from "../stack-options.ts";
import type { PeoplePorts } from "./ports.ts";
import { guardedStackOf, type GuardedStack } from "./stack.ts";

export interface GuardSession {
  readonly stack: GuardedStack;
  readonly ports: PeoplePorts;
  /** Who calls, as AWS names them. */
  readonly caller: string;
}

/**
 * Reads the stack, looks who calls, and does the work.
 *
 * @param rights what the command needs, for the person who grants it
 * @throws GroundError: what the work throws, 3 for credentials, 4 for what AWS refuses or does not have.
 */
export async function inGuardSession<Result>(
  options: StackOptions,
  rights: string,
  work: (session: GuardSession) => Promise<Result>,
): Promise<Result> {
  const { settings } = readStack(options);
  const catalogue = loadCatalogue();
  // Settings that have no guard are told before AWS is asked.
  guardedStackOf(settings, settings.awsAccount ?? "", catalogue);
  const clock = { now: () => Date.now() };
  try {
    const account = await accountOf(settings);
    const stack = guardedStackOf(settings, account, catalogue);
    const { region, awsAccount: expected } = settings;
    const { arn } = await new AwsAccount({ region, expected, client: {}, now: clock.now }).identity();
    const { peoplePorts } = await import("./aws.ts");
    return await work({ stack, ports: peoplePorts(stack, clock), caller: ownerOf(arn) });
  } catch (error) {
    throw awsError(error, rights);
  }
}

/** What AWS refuses for reasons other than credentials is a failed resource, said with its name. */
function awsError(error: unknown, rights: string): unknown {
  const refusal = credentialsError(error, rights);
  if (refusal !== error || error instanceof GroundError || !(error instanceof Error)) return refusal;
  if (error.name === "ResourceNotFoundException")
    return new GroundError(
      "The guard's table does not exist: run `pulumi up` for this stack.",
      EXIT.resourceFailed,
      { cause: error },
    );
  const silent = unreachable(error);
  if (silent !== undefined)
    return new GroundError(`${silent}. ${NETWORK_FIX}`, EXIT.resourceFailed, { cause: error });
  if (!("$metadata" in error) && !("code" in error)) return error;
  return new GroundError(`${error.name}: ${error.message}`, EXIT.resourceFailed, { cause: error });
}
