import { allowsOf, conditionKeys, type PolicyStatement } from "../../documents.ts";
import { resourceRule } from "../../rule.ts";

/** Conditions that say how somebody comes, not who. */
const NOT_WHO = new Set(["aws:securetransport", "s3:tlsversion"]);

export const noOpenPrincipals = resourceRule({
  name: "no-open-principals",
  level: "mandatory",
  why: "A statement that allows everybody lets any AWS account read the data, send the messages or take the role.",
  fix: "name the account, role or service, or add a condition such as aws:SourceAccount or aws:PrincipalOrgID",
  outside: [
    "CKV_AWS_33",
    "CKV_AWS_60",
    "CKV_AWS_70",
    "CKV_AWS_168",
    "CKV_AWS_169",
    "CKV_AWS_301",
    "Security Hub S3.2",
    "Security Hub KMS.5",
  ],
  *checkResource(resource) {
    for (const statement of allowsOf(resource, "trust", "resource", "key")) {
      if (statement.hasNotPrincipal) yield `${statement.label} allows everybody but its NotPrincipal`;
      else if (isOpen(statement)) yield `${statement.label} allows everybody ${statement.actions.join(", ")}`;
    }
    if (resource.type === "aws:lambda/permission:Permission" && isOpenPermission(resource.inputs))
      yield "everybody may invoke the function";
  },
});

function isOpen(statement: PolicyStatement): boolean {
  const everybody = Object.values(statement.principals).some((names) => names.includes("*"));
  return everybody && conditionKeys(statement).every((key) => NOT_WHO.has(key));
}

function isOpenPermission({
  principal,
  sourceAccount,
  sourceArn,
  principalOrgId,
}: Readonly<Record<string, unknown>>): boolean {
  return (
    principal === "*" &&
    sourceAccount === undefined &&
    sourceArn === undefined &&
    principalOrgId === undefined
  );
}
