import type { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { Clock, Cloud, Lock } from "../../runtime/guard/ports.ts";

/** What a right hangs on, as IAM's conditions name it: `aws:ResourceTag/NAME`, `dynamodb:LeadingKeys` and so on. */
export type RightContext = Readonly<Record<string, string>>;

/** How the guard's function and what calls it are. */
export interface GuardParts {
  readonly functionArn: string;
  readonly roleArn: string;
  /** `Active` is well. */
  readonly state: string;
  /** `Successful` is well. */
  readonly lastUpdate: string;
  readonly schedule: { readonly state: string; readonly target: string };
  /** Endpoints of the guard's own topic that have confirmed, and how many have not. */
  readonly people: { readonly confirmed: number; readonly pending: number };
  /** Whether the budget's topic calls the function. */
  readonly budgetCalls: boolean;
}

/** A group as IAM sees it. */
export interface GroupFacts {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The seams of a drill: the guard's own cloud, and questions that change nothing. */
export interface DrillPorts {
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Held from the look at what is left to the lease written, as a start holds it. */
  readonly admissionLock: Lock;
  readonly table: Pick<
    GuardTable,
    "read" | "requests" | "heartbeat" | "lockedBy" | "removeLease" | "keepDrill"
  >;
  parts(): Promise<GuardParts>;
  groupFacts(names: readonly string[]): Promise<ReadonlyMap<string, GroupFacts>>;
  /** IAM's own answer for a role: `allowed`, `implicitDeny` or `explicitDeny`. */
  decisionFor(roleArn: string, action: string, resource: string, context: RightContext): Promise<string>;
  /** EC2's own answer: it checks ids and the caller's right, and stops nothing. Throws where it would refuse. */
  tryTerminate(region: string, ids: readonly string[]): Promise<void>;
}
