/** What the AWS provider asks of AWS for one type of resource, as IAM sees it. */
export interface Calls {
  /** With the environment's tag in the request where the service knows tags. */
  readonly make?: readonly Call[];
  /** Of what carries the environment's tag already. */
  readonly change: readonly Call[];
  /** Of a preview that refreshes. */
  readonly look: readonly Call[];
}

/** Action and resource; ENV stands for the environment. */
export type Call = readonly [action: string, resource: string];

export const HERE = "us-west-2:123456789012";

export const on = (resource: string, ...actions: readonly string[]): Call[] =>
  actions.map((action) => [action, resource]);

export const everywhere = (...actions: readonly string[]): Call[] => on("*", ...actions);
