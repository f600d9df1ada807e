import type { Settings, StackSettings } from "../../infra/settings/schema.ts";
import type { AwsAccount } from "./aws-account.ts";
import { bedrockCheck } from "./aws-bedrock.ts";
import { costTagsCheck } from "./aws-cost-tags.ts";
import { lambdaCheck } from "./aws-lambda.ts";
import { mailsCheck } from "./aws-mails.ts";
import { placeChecks } from "./aws-places.ts";
import { quotaChecks } from "./aws-quotas.ts";
import { secretsCheck } from "./aws-secrets.ts";
import { serviceRolesCheck } from "./aws-service-roles.ts";
import type { Check } from "./check.ts";
import { hostsOf } from "./needs.ts";

/** Everything of AWS that a stack builds on. */
export function awsChecks(settings: StackSettings, account: AwsAccount, fix: boolean): readonly Check[] {
  return settings.hosts ? hostChecks(settings, account, fix) : secretChecks(settings, account);
}

function hostChecks(settings: Settings, account: AwsAccount, fix: boolean): readonly Check[] {
  const hosts = hostsOf(settings);
  return [
    credentialsCheck(account),
    clockCheck(account),
    ...placeChecks(settings, hosts, account),
    ...quotaChecks(settings, hosts, account),
    ...(hosts.some(({ market }) => market === "spot") ? [serviceRolesCheck(account)] : []),
    lambdaCheck(account),
    ...(settings.modelApi === undefined ? [] : [bedrockCheck(account)]),
    ...mailsCheck(settings, account),
    ...secretsCheck(settings, account),
    costTagsCheck(account, fix),
  ];
}

/** The checks of a stack that only reads GitHub's secrets from AWS. */
function secretChecks(settings: StackSettings, account: AwsAccount): readonly Check[] {
  const secrets = secretsCheck(settings, account);
  return secrets.length === 0 ? [] : [credentialsCheck(account), clockCheck(account), ...secrets];
}

function credentialsCheck(account: AwsAccount): Check {
  return {
    id: "aws.credentials",
    title: "AWS account",
    side: "aws",
    rights: "sts:GetCallerIdentity",
    async look() {
      const { account: found, arn } = await account.identity();
      if (account.expected !== undefined && account.expected !== found)
        return {
          status: "failed",
          found: `the credentials are for account ${found}; the stack may only change ${account.expected}`,
          fix: "Choose the profile of the other account (AWS_PROFILE), or mend awsAccount in the stack file.",
        };
      if (arn.endsWith(":root"))
        return {
          status: "warning",
          found: `${found}, as its root user`,
          fix: "Sign in as a role or user: nothing limits the root user, and its keys cannot be narrowed.",
        };
      const named =
        account.expected === undefined ? "; the stack names none (awsAccount)" : ", as the stack says";
      return { status: "ok", found: `${found}${named}; ${arn.split(":").at(-1) ?? arn}` };
    },
  };
}

/** Signatures are good for 5 minutes on either side. Source: IAM User Guide, "Elements of an AWS API request signature". */
const FAILS_AT_SECONDS = 300;
const WARNS_AT_SECONDS = 60;

function clockCheck(account: AwsAccount): Check {
  return {
    id: "aws.clock",
    title: "Clock",
    // Of this machine: a refusal tells the time as well.
    side: "machine",
    rights: "sts:GetCallerIdentity",
    async look() {
      const offset = await account.clockOffset();
      // No answer at all: whatever the reason, the line of the account has it.
      if (offset === undefined) await account.ready();
      const seconds = Math.round((offset ?? 0) / 1000);
      const off = Math.abs(seconds);
      const found = `this machine is ${String(off)} s ${seconds > 0 ? "behind" : "ahead of"} AWS`;
      const fix = "Switch time synchronization on (timedatectl set-ntp true).";
      if (offset === undefined) return { status: "skipped", found: "AWS's answer carried no time" };
      if (off > FAILS_AT_SECONDS)
        return { status: "failed", found: `${found}: AWS refuses requests that are 5 minutes off`, fix };
      if (off > WARNS_AT_SECONDS) return { status: "warning", found, fix };
      return { status: "ok", found: `within ${String(Math.max(off, 1))} s of AWS's` };
    },
  };
}
