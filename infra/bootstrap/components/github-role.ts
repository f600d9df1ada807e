import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../../lib/iam.ts";
import { componentType } from "../../lib/names.ts";
import { tagsFor } from "../../lib/tags.ts";
import { ownName, type Account } from "../names.ts";
import { AUDIENCE, GITHUB_ISSUER, subjectsOf, TRUSTED_REF, type Context } from "../subjects.ts";
import type { GithubSettings } from "../settings/schema.ts";
import { providerArn } from "./github-provider.ts";

export interface GithubRoleArgs {
  readonly account: Account;
  readonly github: GithubSettings;
  /** What of the repository's workflows may take the role. */
  readonly context: Context;
  readonly description: string;
  /** Rights by a word for each part: AWS takes 6,144 characters a policy and 10 policies a role. */
  readonly rights: Readonly<Record<string, readonly Statement[]>>;
  /** The most the role can ever do. */
  readonly boundary?: readonly Statement[];
  /** Seconds of a session; a deployment with a cluster of hosts takes up to half an hour. */
  readonly maxSessionSeconds: number;
}

/** A role that one kind of job of one repository can take, by the whole text of its subject. */
export class GithubRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: GithubRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("GithubRole"), name, {}, opts);
    const { account, boundary } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: ownName(name),
        description: args.description,
        assumeRolePolicy: trust(args),
        maxSessionDuration: args.maxSessionSeconds,
        ...(boundary === undefined
          ? {}
          : {
              permissionsBoundary: ownPolicy(`${name}-boundary`, account, boundary, {
                description: `The most that ${ownName(name)} can ever do`,
                parent: this,
              }).arn,
            }),
        tags: tagsFor(account, name),
      },
      parent,
    );
    for (const [part, statements] of Object.entries(args.rights)) {
      const description = `What ${ownName(name)} may do: ${part}`;
      const policy = ownPolicy(`${name}-${part}`, account, statements, { description, parent: this });
      new aws.iam.RolePolicyAttachment(`${name}-${part}`, { role: role.name, policyArn: policy.arn }, parent);
    }
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** A managed policy of this project, named after the resource. */
export function ownPolicy(
  name: string,
  account: Account,
  statements: readonly Statement[],
  { description, parent }: { readonly description: string; readonly parent: pulumi.Resource },
): aws.iam.Policy {
  return new aws.iam.Policy(
    name,
    { name: ownName(name), description, policy: policyDocument(statements), tags: tagsFor(account, name) },
    { parent },
  );
}

/** `StringEquals` on whole subjects: patterns would let a fork, a branch or a look-alike name in. */
function trust({ account, github, context }: GithubRoleArgs): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "OneKindOfJob",
      principals: { Federated: providerArn(account) },
      actions: ["sts:AssumeRoleWithWebIdentity"],
      conditions: {
        StringEquals: {
          [`${GITHUB_ISSUER}:aud`]: AUDIENCE,
          [`${GITHUB_ISSUER}:sub`]: subjectsOf(github, context),
          // A pull request's runs are of no branch; their role reads dev alone.
          ...(context === "pull_request" ? {} : { [`${GITHUB_ISSUER}:ref`]: TRUSTED_REF }),
        },
      },
    },
  ]);
}
