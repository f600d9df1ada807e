import type { IAMClient } from "@aws-sdk/client-iam";
import type { PlannedResource } from "../../model/plan.ts";
import type { Check } from "../doctor/check.ts";
import { findingOf, UP, type AwsContext } from "./context.ts";
import { fits, ofType, samePolicy, textOf } from "./expected.ts";

const RIGHTS =
  "iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:GetRolePolicy and iam:GetInstanceProfile";

/** A line for each role (who may take it, and what it may do) and each instance profile. */
export function roleChecks(context: AwsContext): readonly Check[] {
  const { plan, account } = context;
  const client = once(async () => {
    await account.ready();
    const { IAMClient } = await import("@aws-sdk/client-iam");
    return new IAMClient({ ...account.client, region: account.region });
  });
  const roles = ofType(plan, "aws:iam/role:Role").map((role): Check => {
    const name = textOf(role, "name");
    return {
      id: `aws.role.${name}`,
      title: `Role ${name}`,
      side: "aws",
      rights: RIGHTS,
      async look() {
        const differences = await roleDifferences(await client(), role, {
          inline: ofRole(context, "aws:iam/rolePolicy:RolePolicy", role).map((one) => textOf(one, "policy")),
          attached: ofRole(context, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", role).map((one) =>
            textOf(one, "policyArn"),
          ),
        });
        return findingOf(differences, "trust and rights as planned", UP);
      },
    };
  });
  const profiles = ofType(plan, "aws:iam/instanceProfile:InstanceProfile").map((profile): Check => {
    const name = textOf(profile, "name");
    return {
      id: `aws.profile.${name}`,
      title: `Instance profile ${name}`,
      side: "aws",
      rights: RIGHTS,
      async look() {
        const role = textOf(profile, "role");
        const differences = await profileDifferences(await client(), name, role);
        return findingOf(differences, `carries ${role}`, UP);
      },
    };
  });
  return [...roles, ...profiles];
}

interface Rights {
  readonly inline: readonly string[];
  readonly attached: readonly string[];
}

function ofRole({ plan }: AwsContext, type: string, role: PlannedResource): PlannedResource[] {
  const names = [textOf(role, "name"), `[${role.name}.id]`, `[${role.name}.name]`];
  return ofType(plan, type).filter((one) => names.includes(textOf(one, "role")));
}

async function roleDifferences(client: IAMClient, role: PlannedResource, rights: Rights): Promise<string[]> {
  const { GetRoleCommand, paginateListAttachedRolePolicies } = await import("@aws-sdk/client-iam");
  const RoleName = textOf(role, "name");
  const found = await absentAsUndefined(client.send(new GetRoleCommand({ RoleName })));
  if (found?.Role === undefined) return [`role ${RoleName} does not exist`];
  const { AssumeRolePolicyDocument = "{}", PermissionsBoundary } = found.Role;

  const attached: string[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client }, { RoleName }))
    attached.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
  const boundary = textOf(role, "permissionsBoundary");
  const liveBoundary = PermissionsBoundary?.PermissionsBoundaryArn ?? "";
  return [
    ...(samePolicy(textOf(role, "assumeRolePolicy"), decodeURIComponent(AssumeRolePolicyDocument))
      ? []
      : [`who may take the role differs: ${decodeURIComponent(AssumeRolePolicyDocument)}`]),
    ...(boundary === "" || fits(boundary, liveBoundary)
      ? []
      : [`permissions boundary is ${liveBoundary === "" ? "none" : liveBoundary}, stack says ${boundary}`]),
    ...attached
      .filter((arn) => !rights.attached.some((planned) => fits(planned, arn)))
      .map((arn) => `has ${arn} attached, which the stack does not say`),
    ...rights.attached
      .filter((planned) => !attached.some((arn) => fits(planned, arn)))
      .map((planned) => `${planned} is not attached`),
    ...(await inlineDifferences(client, RoleName, rights.inline)),
  ];
}

/** By content: the names of inline policies end in letters that only the deployment knows. */
async function inlineDifferences(
  client: IAMClient,
  RoleName: string,
  planned: readonly string[],
): Promise<string[]> {
  const { GetRolePolicyCommand, paginateListRolePolicies } = await import("@aws-sdk/client-iam");
  const live: { readonly name: string; readonly document: string }[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = "{}" } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      live.push({ name: PolicyName, document: decodeURIComponent(PolicyDocument) });
    }
  const extra = live.filter(({ document }) => !planned.some((one) => samePolicy(one, document)));
  const missing = planned.filter((one) => !live.some(({ document }) => samePolicy(one, document)));
  return [
    ...extra.map(({ name }) => `inline policy ${name} is not as the stack says`),
    ...(missing.length > extra.length ? [`${String(missing.length)} of its inline policies missing`] : []),
  ];
}

async function profileDifferences(
  client: IAMClient,
  InstanceProfileName: string,
  role: string,
): Promise<string[]> {
  const { GetInstanceProfileCommand } = await import("@aws-sdk/client-iam");
  const found = await absentAsUndefined(client.send(new GetInstanceProfileCommand({ InstanceProfileName })));
  if (found?.InstanceProfile === undefined) return [`instance profile ${InstanceProfileName} does not exist`];
  const roles = (found.InstanceProfile.Roles ?? []).map(({ RoleName }) => RoleName ?? "");
  return roles.length === 1 && roles[0] === role
    ? []
    : [`carries ${roles.length === 0 ? "no role" : roles.join(", ")}, stack says ${role}`];
}

async function absentAsUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchEntityException") return undefined;
    throw error;
  }
}

/** One answer for all who ask. */
export function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => (answer ??= ask());
}
