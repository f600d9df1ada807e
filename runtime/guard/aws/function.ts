import { randomUUID } from "node:crypto";
import { GUARD_VARIABLES } from "../../../model/guard.ts";
import { loadCatalogue } from "../../../pricing/catalogue.ts";
import type { GuardConfig } from "../config.ts";
import type { Verdict } from "../decide.ts";
import type { Clock, GuardPorts } from "../ports.ts";
import { OnDemandPrices } from "../prices.ts";
import { tick } from "../tick.ts";
import { readTrigger } from "../trigger.ts";
import { makeClients } from "./clients.ts";
import { awsCloud } from "./cloud.ts";
import { TableLock } from "./lock.ts";
import { awsNotifier, type NotifierOptions } from "./notifier.ts";
import { stateChanges } from "./queue.ts";
import { GuardTable } from "./store.ts";

/** What the function works with; all but the configuration is replaced in tests. */
export interface FunctionOptions {
  readonly config: GuardConfig;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Takes an entry of the log. */
  readonly print: NotifierOptions["print"];
  /** Seconds to wait for a message of the queue. Default 1. */
  readonly waitSeconds?: number;
}

/** What Lambda shows of a run that did not fail. */
export interface Outcome {
  readonly outcome: "done" | "busy" | "superseded" | "refused";
  readonly verdict?: Verdict;
}

export type GuardFunction = (event: unknown, context: { readonly awsRequestId: string }) => Promise<Outcome>;

/**
 * The guard as a Lambda function. It throws where a tick failed or left something running, so that Lambda tries
 * again within minutes, counts the error and hands the event to the dead-letter queue in the end (FM-03).
 *
 * @throws Error where a variable of the environment is missing.
 */
export function guardFunction(options: FunctionOptions): GuardFunction {
  const { config } = options;
  const ports = portsOf(options);
  const onDemand = new OnDemandPrices(loadCatalogue());
  return async (event, { awsRequestId }) => {
    const trigger = readTrigger(event, config, options.clock.now());
    if (trigger.kind === "refused") {
      ports.notifier.log({ refused: trigger.why });
      return { outcome: "refused" };
    }
    // Not the request's id alone: Lambda may deliver one asynchronous event twice, under the same id.
    const holder = `${awsRequestId} ${randomUUID()}`;
    const result = await tick(ports, { config, onDemand, trigger, holder });
    ports.notifier.log({ trigger: trigger.kind, outcome: result.outcome, settled: result.settled });
    // A schedule comes again by itself; what AWS Budgets said would be lost.
    if (trigger.kind === "budget" && result.outcome !== "done")
      throw new Error("Another run of the guard was under way: the notice of AWS Budgets is tried again.");
    if (result.settled === false)
      throw new Error(
        "Something that had to be stopped may still run; it is tried again. See the log above.",
      );
    if (result.untold !== undefined)
      throw new Error(`Nobody could be told: ${result.untold.join("; ")}. See the log above.`);
    const verdict = result.decision?.verdict;
    return { outcome: result.outcome, ...(verdict === undefined ? {} : { verdict }) };
  };
}

function portsOf({ config, variables, clock, print, waitSeconds }: FunctionOptions): GuardPorts {
  const table = required(variables, GUARD_VARIABLES.table);
  const url = required(variables, GUARD_VARIABLES.queueUrl);
  const topicArn = required(variables, GUARD_VARIABLES.topicArn);
  const clients = makeClients(config.homeRegion);
  const { dynamodb, sns, sqs } = clients;
  const notifier = awsNotifier({
    sns,
    dynamodb,
    cloudWatch: clients.cloudWatch(config.homeRegion),
    topicArn,
    table,
    environment: config.environment,
    print,
  });
  return {
    cloud: awsCloud(clients, config, clock),
    queue: stateChanges(sqs, { url, ...(waitSeconds === undefined ? {} : { waitSeconds }) }, notifier),
    store: new GuardTable(dynamodb, table),
    lock: new TableLock(dynamodb, table, clock),
    clock,
    notifier,
  };
}

function required(variables: FunctionOptions["variables"], name: string): string {
  const value = variables[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set; the stack sets it, deploy it again.`);
  return value;
}
