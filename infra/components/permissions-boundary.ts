import type { Input, ResourceTransformation } from "@pulumi/pulumi";

const ROLE = "aws:iam/role:Role";

/**
 * Lays a permissions boundary on every role below the component it is given to. A transformation, not an argument
 * of each component: a role that somebody adds later cannot be forgotten, and a deploy role that may only make
 * bounded roles never fails half-way.
 */
export function boundRoles(policyArn: Input<string>): ResourceTransformation {
  return ({ type, props, opts }) =>
    type === ROLE ? { props: { ...(props as object), permissionsBoundary: policyArn }, opts } : undefined;
}
