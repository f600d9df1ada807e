import type { Input } from "@pulumi/pulumi";
import type { FormerNames } from "../../model/former-names.ts";

/** First part of every physical name, and the namespace of component types. */
export const PROJECT = "proving-ground";

/** Where a component belongs: one environment of one owner in one region. */
export interface Scope {
  readonly environment: string;
  readonly owner: string;
  readonly region: string;
  /** Account number; known only to AWS until the provider has been asked. */
  readonly account: Input<string>;
  /** Default: nothing was ever renamed. */
  readonly formerNames?: FormerNames;
}

/** Type token of a component, for example `proving-ground:infra:Network`. */
export function componentType(concept: string): string {
  return `${PROJECT}:infra:${concept}`;
}

/**
 * Physical name shared by everything of one thing in one environment, for example
 * `proving-ground-dev-storage-1`. Fixed rather than generated: IAM conditions, the guard and people
 * find a slot by it. What was renamed keeps the former name: another one would replace it. At most 64
 * characters, the limit of IAM role names, which settings guarantee.
 */
export function physicalName(scope: Pick<Scope, "environment" | "formerNames">, name: string): string {
  return `${PROJECT}-${scope.environment}-${scope.formerNames?.[name] ?? name}`;
}

/** Private DNS domain of an environment, for example `dev.internal`. */
export function domainOf(scope: Pick<Scope, "environment">): string {
  return `${scope.environment}.internal`;
}

/** Root of the environment's SSM parameters, for example `/proving-ground/dev`. */
export function parameterRoot(scope: Pick<Scope, "environment">): string {
  return `/${PROJECT}/${scope.environment}`;
}

/** SSM parameter in which a slot's host says `booting`, `ready` or the step that failed. */
export function statusParameter(scope: Pick<Scope, "environment">, slot: string): string {
  return `${parameterRoot(scope)}/slots/${slot}/status`;
}
