import { isUnknown } from "../../../model/resource.ts";
import { allowsOf, conditionKeys, type PolicyStatement } from "../../documents.ts";
import { resourceRule } from "../../rule.ts";

const GITHUB = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

export const oidcTrustExact = resourceRule({
  name: "oidc-trust-exact",
  level: "mandatory",
  why: "A role that trusts GitHub's tokens by a pattern, or by the issuer alone, can be taken by a fork, a branch or any repository on GitHub.",
  fix: `require StringEquals on ${GITHUB}:sub with whole subjects and on ${GITHUB}:aud with ${AUDIENCE}`,
  outside: ["CKV_AWS_358", "AWS IAM User Guide: Configuring a role for GitHub OIDC identity provider"],
  *checkResource(resource) {
    for (const statement of allowsOf(resource, "trust").filter(trustsGithub)) {
      const subjects = equalsOf(statement, "sub");
      const audiences = equalsOf(statement, "aud");
      if (subjects.length === 0)
        yield `${statement.label} does not require a whole ${GITHUB}:sub by StringEquals`;
      for (const subject of subjects)
        if (/[*?]/.test(subject)) yield `${statement.label} trusts the pattern ${subject}`;
        else if (isUnknown(subject)) yield `${statement.label} trusts a subject unknown before deployment`;
      if (audiences.length === 0) yield `${statement.label} does not require ${GITHUB}:aud by StringEquals`;
      for (const audience of audiences)
        if (audience !== AUDIENCE) yield `${statement.label} trusts the audience ${audience}`;
    }
  },
});

/** An unknown provider of tokens counts as GitHub's, unless the conditions speak of another. */
function trustsGithub(statement: PolicyStatement): boolean {
  const federated = statement.principals["Federated"] ?? [];
  if (federated.some((provider) => provider.includes(GITHUB))) return true;
  const keys = conditionKeys(statement).filter((key) => /:(?:sub|aud)$/.test(key));
  return federated.some(isUnknown) && (keys.length === 0 || keys.some((key) => key.startsWith(GITHUB)));
}

/** Values of a claim under `StringEquals`. Every other operator matches patterns, cases or missing claims. */
function equalsOf({ conditions }: PolicyStatement, claim: string): string[] {
  return Object.entries(conditions["StringEquals"] ?? {})
    .filter(([key]) => key.toLowerCase() === `${GITHUB}:${claim}`)
    .flatMap(([, values]) => values);
}
