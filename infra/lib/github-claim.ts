import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { CLAIM_VARIABLE } from "../../model/owners.ts";

/**
 * The mark in a repository that this stack governs it: an Actions variable, which GitHub makes only
 * where there is none. A second stack, of whichever computer, fails on it with HTTP 409 before it
 * changes anything, as long as everything else waits for the mark (FM-67).
 *
 * @param needed Values without which nothing may be begun: the mark waits for them (FM-66).
 */
export function claimRepository(
  name: string,
  repository: pulumi.Input<string>,
  needed: readonly pulumi.Output<unknown>[],
  opts: pulumi.CustomResourceOptions,
): github.ActionsVariable {
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  // The mark is no secret, though it waits for some.
  const value = pulumi.unsecret(pulumi.all([...needed]).apply(() => stack));
  return new github.ActionsVariable(
    `${name}-claim`,
    { repository, variableName: CLAIM_VARIABLE, value },
    opts,
  );
}
