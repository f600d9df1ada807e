import * as pulumi from "@pulumi/pulumi";
import { componentType, type Scope } from "../lib/names.ts";
import type { GuardSettings } from "../settings/schema.ts";
import { createAlarms, createTopic } from "./guard-alarms.ts";
import { createFunction, type GuardProgram } from "./guard-function.ts";
import { createQueues } from "./guard-queues.ts";
import { createSchedule } from "./guard-schedule.ts";
import { createTable } from "./guard-table.ts";

export type { GuardProgram } from "./guard-function.ts";

export interface GuardArgs {
  readonly scope: Scope;
  readonly settings: GuardSettings;
  readonly program: GuardProgram;
  /** The whole configuration as JSON: what is guarded, and its prices. */
  readonly config: pulumi.Input<string>;
  /** What estimate and policies must know of the guard. */
  readonly figures: Readonly<Record<string, number | boolean>>;
  /** Whom the guard tells what it did, and its alarms that it is silent. */
  readonly emails: readonly string[];
  /** Topic of AWS Budgets' notices, the guard's second trigger. */
  readonly budgetTopicArn: pulumi.Input<string>;
  /** Name of the role whose right to call models is taken away at the line; absent where no agent calls any. */
  readonly agentsRole: string | undefined;
  readonly keyArn: pulumi.Input<string>;
  /** Refuse deletion of the ledger. */
  readonly protect: boolean;
}

/**
 * The money guard: a function that meters what runs every few minutes and stops it before the day's budget would be
 * crossed. Everything that could fail without a word ends in one queue of failures with an alarm, and the guard's
 * own silence has an alarm too, to people, on a topic of its own: over the budget's topic it would trigger itself.
 * Cost: about 0.18 USD a day at five minutes, of which alarms, the metric and the log are the larger part.
 */
export class Guard extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  readonly eventsUrl: pulumi.Output<string>;
  readonly failuresUrl: pulumi.Output<string>;
  readonly scheduleName: pulumi.Output<string>;
  readonly scheduleGroup: pulumi.Output<string>;

  constructor(name: string, args: GuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Guard"), name, {}, opts);
    const { scope, settings, keyArn, budgetTopicArn } = args;
    const timeoutSeconds = timeoutOf(settings);

    const table = createTable(this, name, args);
    const { events, failures } = createQueues(this, name, { scope, timeoutSeconds, budgetTopicArn });
    const topic = createTopic(this, name, { scope, keyArn, emails: args.emails });
    const lambda = createFunction(this, name, { ...args, timeoutSeconds, table, events, failures, topic });
    const { group, schedule } = createSchedule(this, name, { scope, settings, lambda, failures });
    createAlarms(this, name, { scope, settings, topic, lambda, failures });

    this.tableName = table.name;
    this.functionName = lambda.name;
    this.topicArn = topic.arn;
    this.eventsUrl = events.url;
    this.failuresUrl = failures.url;
    this.scheduleName = schedule.name;
    this.scheduleGroup = group.name;
    this.registerOutputs({
      tableName: this.tableName,
      functionName: this.functionName,
      topicArn: this.topicArn,
      ...args.figures,
    });
  }
}

/** Lambda's own limit, seconds. */
const LONGEST_RUN = 900;

/** Seconds that a run may take: over well before the next one begins, and before the guard's lock would fall. */
function timeoutOf({ intervalMinutes }: GuardSettings): number {
  return Math.min(LONGEST_RUN, intervalMinutes * 60 - 30);
}
