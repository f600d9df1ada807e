import type * as pulumi from "@pulumi/pulumi";
import { physicalName, PROJECT, type Scope } from "../lib/names.ts";

/**
 * The environment that this project's own resources belong to. Its name is refused for any other, so that
 * neither a name's beginning nor a tag lets an environment's role reach what is made here.
 */
export const BOOTSTRAP = "bootstrap";

/** Where everything of this project belongs. The account is known before anything is asked of AWS. */
export interface Account extends Scope {
  readonly environment: typeof BOOTSTRAP;
  readonly account: string;
}

/** What the roles reach the state of their environment through. */
export interface StateStore {
  readonly bucket: string;
  readonly bucketKeyArn: pulumi.Input<string>;
}

/** First part of every name that an environment's stack gives, for example `proving-ground-dev-`. */
export function environmentPrefix(environment: string): string {
  return physicalName({ environment }, "");
}

export function stateBucketName({ account, region }: Pick<Account, "account" | "region">): string {
  return physicalName({ environment: BOOTSTRAP }, `state-${account}-${region}`);
}

/** Alias by which a stack file names its secrets provider: `awskms://alias/proving-ground-dev-state?region=…`. */
export function stateKeyAlias(environment: string): string {
  return `alias/${PROJECT}-${environment}-state`;
}

export function secretsProviderUrl(environment: string, region: string): string {
  return `awskms://${stateKeyAlias(environment)}?region=${region}`;
}

/** Name of a role or policy of this project. */
export function ownName(name: string): string {
  return physicalName({ environment: BOOTSTRAP }, name);
}

export function ownRoleArn({ account }: Account, name: string): string {
  return `arn:aws:iam::${account}:role/${ownName(name)}`;
}

/** Roles that workflows take, by what they are for. */
export const roleNames = {
  /** Pull requests: reads the one environment given to them. */
  pullRequests: "preview",
  preview: (environment: string) => `preview-${environment}`,
  deploy: (environment: string) => `deploy-${environment}`,
  /** Adds versions of build artifacts, and touches nothing else. */
  release: (environment: string) => `release-${environment}`,
  cleanup: "cleanup",
} as const;

/** The limit that a deploy role has to lay on every role it makes. */
export function hostBoundaryName(environment: string): string {
  return `host-boundary-${environment}`;
}

export function hostBoundaryArn({ account }: Account, environment: string): string {
  return `arn:aws:iam::${account}:policy/${ownName(hostBoundaryName(environment))}`;
}
