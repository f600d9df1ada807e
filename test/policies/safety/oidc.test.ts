import { UNKNOWN } from "../../../model/resource.ts";
import { oidcTrustExact } from "../../../policies/rules/safety/oidc-trust-exact.ts";
import { document, judge } from "./support.ts";

const ROLE = "aws:iam/role:Role";
type Fields = Readonly<Record<string, unknown>>;
const allow = (fields: Fields) => ({ Sid: "It", Effect: "Allow", ...fields });

const ISSUER = "token.actions.githubusercontent.com";
const trust = (Condition: Fields, Federated = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`) => ({
  assumeRolePolicy: document(
    allow({ Principal: { Federated }, Action: "sts:AssumeRoleWithWebIdentity", Condition }),
  ),
});
const aud = { [`${ISSUER}:aud`]: "sts.amazonaws.com" };
const sub = { [`${ISSUER}:sub`]: "repo:example/claudefs:environment:prod" };
judge({
  rule: oidcTrustExact,
  type: ROLE,
  bad: {
    "no condition": [
      trust({}),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
      `It does not require ${ISSUER}:aud by StringEquals`,
    ],
    "a pattern by StringLike": [
      trust({ StringEquals: aud, StringLike: sub }),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
    ],
    "a wildcard": [
      trust({ StringEquals: { ...aud, [`${ISSUER}:sub`]: "repo:example/*" } }),
      "It trusts the pattern repo:example/*",
    ],
    "another audience": [
      trust({ StringEquals: { ...sub, [`${ISSUER}:aud`]: "https://github.com/example" } }),
      "It trusts the audience https://github.com/example",
    ],
    "an unknown subject": [
      trust({ StringEquals: { ...aud, [`${ISSUER}:sub`]: UNKNOWN } }),
      "It trusts a subject unknown before deployment",
    ],
    "a provider that is unknown": [
      trust({ StringEquals: aud }, "[oidc.arn]"),
      `It does not require a whole ${ISSUER}:sub by StringEquals`,
    ],
  },
  good: {
    "a whole subject and the audience": trust({ StringEquals: { ...aud, ...sub } }),
    "an unknown provider of another issuer": trust(
      { StringEquals: { "gitlab.example.com:sub": "x" } },
      "[oidc.arn]",
    ),
    "a trusted service": {
      assumeRolePolicy: document(
        allow({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
      ),
    },
    "an unknown document": { assumeRolePolicy: UNKNOWN },
  },
});
