import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { SecretsSettings } from "../settings/schema.ts";

export interface SecretsArgs {
  readonly scope: Scope;
  readonly settings: SecretsSettings;
  readonly protect: boolean;
}

/**
 * The Secrets Manager secrets that hosts read by name. Only their names pass through here: a person
 * puts the value in with the AWS console or CLI, so that none reaches plan, state or log.
 * Cost: 0.40 USD a month for each secret this stack makes.
 */
export class Secrets extends pulumi.ComponentResource {
  /** ARN pattern of each secret; AWS ends the name with six characters of its own. */
  readonly arns: readonly pulumi.Output<string>[];

  constructor(
    name: string,
    { scope, settings, protect }: SecretsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(componentType("Secrets"), name, {}, opts);
    this.arns = settings.names.map((secret) => {
      if (!settings.create)
        return pulumi.interpolate`arn:aws:secretsmanager:${scope.region}:${scope.account}:secret:${secret}-??????`;
      return new aws.secretsmanager.Secret(
        `${name}-${secret.replaceAll("/", "-")}`,
        {
          name: secret,
          description: "Value put in by a person",
          recoveryWindowInDays: 30,
          tags: tagsFor(scope, secret),
        },
        { parent: this, protect },
      ).arn;
    });
    this.registerOutputs({});
  }
}
