import type { StackSettings } from "../../infra/settings/schema.ts";
import type { Plan } from "../../model/plan.ts";
import { AwsAccount } from "../doctor/aws-account.ts";
import type { Check } from "../doctor/check.ts";
import { GitHubAccount } from "../doctor/github-account.ts";
import type { GitHub } from "../github-client.ts";
import type { AwsOptions } from "../prices/aws.ts";
import { artifactChecks } from "./artifacts.ts";
import { budgetChecks } from "./budgets.ts";
import { dnsChecks } from "./dns.ts";
import { gitHubChecks } from "./github-checks.ts";
import { roleChecks } from "./roles.ts";
import { plannedSlots, slotChecks } from "./slots.ts";

/** Whom to ask, and what about. */
export interface VerifyRequest {
  readonly plan: Plan;
  readonly settings: StackSettings;
  readonly bucket?: string | undefined;
  readonly version?: string | undefined;
  readonly deep: boolean;
  /** Empty for the caller's own credentials and AWS's own endpoints. */
  readonly aws: AwsOptions;
  /** Undefined where no token is set. */
  readonly gitHub: GitHub | undefined;
  readonly now: () => number;
}

/** All that is looked at, in the order of the lines. What should be comes from the plan, so that it is written once. */
export function verifyChecks(request: VerifyRequest): readonly Check[] {
  const { settings, gitHub } = request;
  const { governance } = settings;
  return [
    ...(settings.hosts ? awsChecks(request) : []),
    ...(governance === undefined ? [] : gitHubChecks(governance, new GitHubAccount(gitHub))),
  ];
}

function awsChecks({ settings, plan, bucket, version, deep, aws, now }: VerifyRequest): readonly Check[] {
  const account = new AwsAccount({
    region: settings.region,
    expected: settings.awsAccount,
    client: aws,
    now,
  });
  const context = { plan, settings, account, bucket, version, deep };
  const slots = plannedSlots(context);
  return [
    accountCheck(account),
    ...artifactChecks(context),
    ...budgetChecks(context),
    ...slotChecks(slots),
    ...dnsChecks(context, slots),
    ...roleChecks(context),
  ];
}

/** Other lines refer to this one where there are no credentials, or those of another account. */
function accountCheck(account: AwsAccount): Check {
  return {
    id: "aws.account",
    title: "AWS account",
    side: "aws",
    rights: "sts:GetCallerIdentity",
    async look() {
      const { account: found } = await account.identity();
      return account.expected === undefined || account.expected === found
        ? { status: "ok", found }
        : {
            status: "failed",
            found: `the credentials are for ${found}, stack says ${account.expected}`,
            fix: "Choose the profile of the other account (AWS_PROFILE).",
          };
    },
  };
}
