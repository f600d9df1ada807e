import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../../lib/names.ts";
import { tagsFor } from "../../lib/tags.ts";
import type { Account } from "../names.ts";
import { AUDIENCE, GITHUB_ISSUER } from "../subjects.ts";

export interface GithubProviderArgs {
  readonly account: Account;
  /** True where the account has the provider already, made by hand or by another stack. */
  readonly existing: boolean;
}

/**
 * The account's trust in GitHub's tokens, of which there can be one. It says who issues tokens and lets nobody in
 * by itself: each role names the subjects it trusts. One that exists is taken over as it is. In either case it stays
 * when this stack goes, since other roles of the account may rest on it.
 *
 * No thumbprint: AWS checks GitHub's certificate by its own list of authorities.
 */
export class GithubProvider extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: GithubProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("GithubProvider"), name, {}, opts);
    const { account, existing } = args;
    const provider = new aws.iam.OpenIdConnectProvider(
      `${name}-provider`,
      { url: `https://${GITHUB_ISSUER}`, clientIdLists: [AUDIENCE], tags: tagsFor(account, name) },
      {
        parent: this,
        retainOnDelete: true,
        ...(existing
          ? {
              import: providerArn(account),
              // Others rely on what they set; AWS tells the address without https://, which is no change.
              ignoreChanges: ["url", "clientIdLists", "thumbprintLists", "tags"],
            }
          : {}),
      },
    );
    this.arn = provider.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Known before it is made: AWS forms it from the issuer. */
export function providerArn({ account }: Pick<Account, "account">): string {
  return `arn:aws:iam::${account}:oidc-provider/${GITHUB_ISSUER}`;
}
