import { TAGS } from "../../../model/tags.ts";
import type { Account } from "../names.ts";

/** One environment of one account: what every right below is cut to. */
export interface Reach {
  readonly account: Account;
  readonly environment: string;
}

/** ARN of something in the environment's region and account. */
export function regional({ account: { region, account } }: Reach, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${account}:${rest}`;
}

/** ARNs of secrets by their names, to which AWS adds a dash and six characters of its own. */
export function secrets(reach: Reach, names: readonly string[]): string[] {
  return names.map((name) => regional(reach, "secretsmanager", `secret:${name}-??????`));
}

/** ARNs of everything of some EC2 types; which of it is the environment's, its tags say. */
export function ec2(reach: Reach, ...types: readonly string[]): string[] {
  return types.map((type) => regional(reach, "ec2", `${type}/*`));
}

/** ARN of a role or another thing of IAM, which knows no region. */
export function iam({ account: { account } }: Reach, rest: string): string {
  return `arn:aws:iam::${account}:${rest}`;
}

const RESOURCE = `aws:ResourceTag/${TAGS.environment}`;
const REQUEST = `aws:RequestTag/${TAGS.environment}`;

/** Condition keys of the tag that says which environment a thing is of. */
export const ENVIRONMENT_TAG = { resource: RESOURCE, request: REQUEST } as const;

/** Holds for what already is the environment's. */
export function tagged({ environment }: Pick<Reach, "environment">) {
  return { StringEquals: { [RESOURCE]: environment } };
}

/** Holds for what becomes the environment's as it is made. */
export function taggedAtCreation({ environment }: Pick<Reach, "environment">) {
  return { StringEquals: { [REQUEST]: environment } };
}
