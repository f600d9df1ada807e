import { isUnknown, isWhollyUnknown } from "../../../model/resource.ts";
import { allowsOf, type PolicyStatement } from "../../documents.ts";
import { isWide } from "../../openings.ts";
import { resourceRule } from "../../rule.ts";

/** Conditions that say who comes. A list of those that do not, such as `aws:UserAgent`, is never complete. */
const WHO = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalservicename",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "kms:calleraccount",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
]);

/** Operators that fail where the key is missing. `…IfExists`, `ForAllValues:`, `Not` and `Null` do not. */
const REQUIRES = /^(?:foranyvalue:)?(?:string(?:equals(?:ignorecase)?|like)|arn(?:equals|like))$/;

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
    const { type, inputs } = resource;
    const { authorizationType, group } = inputs;
    if (type === "aws:lambda/functionUrl:FunctionUrl" && isSetTo("NONE", authorizationType))
      yield "everybody may call the function by its URL";
    if (type === "aws:ec2/amiLaunchPermission:AmiLaunchPermission" && isSetTo("all", group))
      yield "everybody may start hosts from the image";
  },
});

/** An unknown value may be the open one. */
function isSetTo(open: string, value: unknown): boolean {
  return value === open || isUnknown(value);
}

function isOpen({ principals, conditions }: PolicyStatement): boolean {
  const everybody = Object.values(principals).some((names) => names.some((name) => /^[*?]+$/.test(name)));
  return (
    everybody &&
    !Object.entries(conditions).some(([operator, keys]) =>
      Object.entries(keys).some(
        ([key, values]) => values.length > 0 && saysWho(operator.toLowerCase(), key.toLowerCase(), values),
      ),
    )
  );
}

function saysWho(operator: string, key: string, values: readonly string[]): boolean {
  if (operator === "ipaddress") return key === "aws:sourceip" && !isWide(values);
  // Only hosts with a way into the file system's network come by its mount target.
  if (operator === "bool")
    return key === "elasticfilesystem:accessedviamounttarget" && !values.includes("false");
  return REQUIRES.test(operator) && WHO.has(key) && values.every(isSomebody);
}

/** True where a value names an account or what belongs to one: no wildcard stands where the account is. */
function isSomebody(value: string): boolean {
  if (!/[*?]/.test(value)) return value !== "";
  const [arn, , service = "", , account, ...names] = value.split(":");
  // A path of an organisation: `o-a1b2c3d4e5/r-ab12/*`.
  if (arn !== "arn") return /^[^*?/]+\//.test(value);
  if (account === undefined || names.length === 0 || /[*?]/.test(service + account)) return false;
  // Names of buckets are unique in the world, and their ARNs have no account.
  return account !== "" || !/^[*?]/.test(names.join(":"));
}

function isOpenPermission({
  principal,
  sourceAccount,
  sourceArn,
  principalOrgId,
}: Readonly<Record<string, unknown>>): boolean {
  return (
    principal === "*" &&
    ![sourceAccount, sourceArn, principalOrgId].some(
      (value) => typeof value === "string" && (isWhollyUnknown(value) || isSomebody(value)),
    )
  );
}
