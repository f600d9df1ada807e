import assert from "node:assert/strict";
import { TAGS } from "../../model/tags.ts";
import { ACCOUNT, type Context, type Evaluator } from "../auditors/iam-simulate.ts";
import { planOf } from "../support/plans.ts";
import { arnOf, documentOf, plannedRole, recordBootstrap } from "./support.ts";

export const REGION = "us-west-2";
export const BUCKET = `arn:aws:s3:::proving-ground-bootstrap-state-${ACCOUNT}-${REGION}`;
export const OWNED = `aws:ResourceTag/${TAGS.environment}`;
export const ASKED = `aws:RequestTag/${TAGS.environment}`;
export const VIA_S3 = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };
export const HERE = { "aws:RequestedRegion": REGION };
export const TLS = { "aws:SecureTransport": "true" };
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export const OTHERS = (own: string) => ENVIRONMENTS.filter((environment) => environment !== own);

export function state(environment: string): string {
  return `${BUCKET}/.pulumi/stacks/proving-ground/${environment}.json`;
}

export function lock(environment: string): string {
  return `${BUCKET}/.pulumi/locks/organization/proving-ground/${environment}/0a1b.json`;
}

export function hostRole(environment: string, name = "storage-1"): string {
  return `arn:aws:iam::${ACCOUNT}:role/proving-ground-${environment}-${name}`;
}

export function hostBoundary(environment: string): string {
  return `arn:aws:iam::${ACCOUNT}:policy/proving-ground-bootstrap-host-boundary-${environment}`;
}

export function ec2(type: string): string {
  return `arn:aws:ec2:${REGION}:${ACCOUNT}:${type}/${type}-0123456789abcdef0`;
}

export const key = (environment: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${environment}-secrets-key`;
export const storage = `arn:aws:kms:${REGION}:${ACCOUNT}:key/state-storage-key`;
/** The key of the environment's own stack, which seals its bucket: the main program writes its policy. */
export const stackKey = (environment: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${environment}-stack`;
export const bootstrapTag = { [OWNED]: "bootstrap" };

export type Asked = readonly [action: string, resource: string, context?: Context];

/** What the roles of the example may do, asked of the outside evaluator. */
export class Asker {
  readonly evaluator: Evaluator;

  constructor(evaluator: Evaluator) {
    this.evaluator = evaluator;
  }

  /** Rights of the role, its boundary and the policy of what it asks for, all together. */
  async #may(role: string, action: string, resource: string, context: Context = {}): Promise<boolean> {
    const { resources } = await recordBootstrap();
    const { arn, identity, boundary } = plannedRole(resources, role);
    const key = /key\/(.*)$/.exec(resource)?.[1];
    const ofStack = ENVIRONMENTS.find((environment) => resource === stackKey(environment));
    const ofBootstrap = key !== undefined && resources.some(({ name }) => name === key) ? key : undefined;
    const resourcePolicy = resource.startsWith(BUCKET)
      ? documentOf(resources, "state-policy")
      : ofStack !== undefined
        ? documentOf((await planOf(ofStack)).resources, "encryption-key")
        : ofBootstrap === undefined
          ? undefined
          : documentOf(resources, ofBootstrap);
    const question = {
      principal: arn,
      action,
      resource: ofBootstrap === undefined ? resource : arnOf(resources, ofBootstrap),
      context: { ...HERE, ...TLS, ...context },
      identity,
      boundary,
      resourcePolicy,
    };
    const { allowed, problem } = await this.evaluator.ask(question);
    assert.equal(problem, undefined, `${role} ${action} ${resource}: the question itself is wrong`);
    return allowed;
  }

  async allows(role: string, ...questions: readonly Asked[]): Promise<void> {
    for (const [action, resource, context] of questions)
      assert.equal(await this.#may(role, action, resource, context), true, `${role}: ${action} ${resource}`);
  }

  /** Those that the role may not, each as a text. */
  async refused(role: string, questions: readonly Asked[]): Promise<string[]> {
    const refused: string[] = [];
    for (const [action, resource, context] of questions)
      if (!(await this.#may(role, action, resource, context))) refused.push(`${action} ${resource}`);
    return refused;
  }

  async denies(role: string, ...questions: readonly Asked[]): Promise<void> {
    for (const [action, resource, context] of questions)
      assert.equal(
        await this.#may(role, action, resource, context),
        false,
        `${role}: ${action} ${resource} ${JSON.stringify(context ?? {})}`,
      );
  }
}
