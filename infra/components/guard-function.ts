import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GUARD_ARCHIVE, GUARD_MEMORY_MB, GUARD_VARIABLES } from "../../model/guard.ts";
import { TAGS } from "../../model/tags.ts";
import { policyDocument, serviceTrust } from "../lib/iam.ts";
import { parameterRoot, physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { GuardSettings } from "../settings/schema.ts";
import { guardRights } from "./guard-function-rights.ts";

/** The built guard. */
export interface GuardProgram {
  /** Path of the bundle, relative to the project. */
  readonly path: string;
}

export interface FunctionArgs {
  readonly scope: Scope;
  readonly settings: GuardSettings;
  readonly program: GuardProgram;
  readonly config: pulumi.Input<string>;
  readonly agentsRole: string | undefined;
  readonly keyArn: pulumi.Input<string>;
  readonly budgetTopicArn: pulumi.Input<string>;
  readonly timeoutSeconds: number;
  readonly table: aws.dynamodb.Table;
  readonly events: aws.sqs.Queue;
  readonly failures: aws.sqs.Queue;
  readonly topic: aws.sns.Topic;
}

/** Value of the role tag, by which the policy on unseen failures finds the function. */
const ROLE = "guard";

/**
 * The guard's function with its role and log, called by its schedule and by AWS Budgets.
 *
 * Two runs at once are kept apart by a lock and the version of the ledger, both in the table. Reserving one
 * concurrent execution is not needed for that, and accounts with ten of them refuse it; where other functions use
 * up the account's, the setting keeps one free for the guard.
 */
export function createFunction(
  owner: pulumi.ComponentResource,
  name: string,
  args: FunctionArgs,
): aws.lambda.Function {
  const { scope, settings, program, config, timeoutSeconds, table, events, failures, topic } = args;
  const parent = { parent: owner };
  const log = new aws.cloudwatch.LogGroup(
    `${name}-log`,
    {
      name: `${parameterRoot(scope)}/guard`,
      retentionInDays: settings.logRetentionDays,
      kmsKeyId: args.keyArn,
      tags: tagsFor(scope, `${name}-log`),
    },
    parent,
  );
  const { role, rights } = createRole(owner, name, args, log);
  const lambda = new aws.lambda.Function(
    `${name}-function`,
    {
      name: physicalName(scope, "guard"),
      description: "Meters what runs, and stops it before the day's budget is crossed",
      role: role.arn,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: `${GUARD_ARCHIVE.program.replace(/\.mjs$/, "")}.handler`,
      code: pulumi.output(config).apply(
        (text) =>
          new pulumi.asset.AssetArchive({
            [GUARD_ARCHIVE.program]: new pulumi.asset.FileAsset(program.path),
            [GUARD_ARCHIVE.config]: new pulumi.asset.StringAsset(text),
          }),
      ),
      memorySize: GUARD_MEMORY_MB,
      timeout: timeoutSeconds,
      // -1 is Lambda's "not reserved".
      reservedConcurrentExecutions: settings.reservedConcurrency ? 1 : -1,
      environment: {
        variables: {
          [GUARD_VARIABLES.table]: table.name,
          [GUARD_VARIABLES.queueUrl]: events.url,
          [GUARD_VARIABLES.topicArn]: topic.arn,
        },
      },
      deadLetterConfig: { targetArn: failures.arn },
      loggingConfig: { logFormat: "JSON", logGroup: log.name },
      tags: tagsFor(scope, name, { [TAGS.role]: ROLE }),
    },
    // Lambda tries the dead-letter queue and the log with the role before it takes the function.
    { ...parent, dependsOn: [rights] },
  );
  new aws.lambda.FunctionEventInvokeConfig(
    `${name}-retries`,
    {
      functionName: lambda.name,
      maximumRetryAttempts: 2,
      // What is older than a tick is the next one's business.
      maximumEventAgeInSeconds: settings.intervalMinutes * 60,
    },
    parent,
  );
  subscribe(owner, name, args, lambda);
  return lambda;
}

/** AWS Budgets' notices call the function: late, but from another source than its own meter. */
function subscribe(
  owner: pulumi.ComponentResource,
  name: string,
  { budgetTopicArn, failures }: FunctionArgs,
  lambda: aws.lambda.Function,
): void {
  const permission = new aws.lambda.Permission(
    `${name}-notices`,
    {
      action: "lambda:InvokeFunction",
      function: lambda.name,
      principal: "sns.amazonaws.com",
      // It names account and topic; a condition on the account besides would need SNS to state it.
      sourceArn: budgetTopicArn,
    },
    { parent: owner },
  );
  new aws.sns.TopicSubscription(
    `${name}-subscription`,
    {
      topic: budgetTopicArn,
      protocol: "lambda",
      endpoint: lambda.arn,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: failures.arn }),
    },
    { parent: owner, dependsOn: [permission] },
  );
}

function createRole(
  owner: pulumi.ComponentResource,
  name: string,
  args: FunctionArgs,
  log: aws.cloudwatch.LogGroup,
): { readonly role: aws.iam.Role; readonly rights: aws.iam.RolePolicy } {
  const { scope, table, events, failures, topic } = args;
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: physicalName(scope, "guard"),
      description: "Looks at what costs money, and stops what is this environment's and not persistent",
      assumeRolePolicy: serviceTrust("lambda.amazonaws.com"),
      tags: tagsFor(scope, name),
    },
    { parent: owner },
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-rights`,
    {
      role: role.name,
      policy: policyDocument(
        guardRights({
          ...args,
          tableArn: table.arn,
          eventsArn: events.arn,
          failuresArn: failures.arn,
          topicArn: topic.arn,
          logArn: log.arn,
        }),
      ),
    },
    { parent: owner },
  );
  return { role, rights };
}
