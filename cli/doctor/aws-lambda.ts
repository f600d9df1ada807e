import type { AwsAccount } from "./aws-account.ts";
import type { Check } from "./check.ts";

/** Executions AWS keeps for functions that reserve none. Source: AWS Lambda Developer Guide, "Configuring reserved concurrency". */
const KEPT_UNRESERVED = 100;

/** Quota "Concurrent executions" of AWS Lambda; 1,000 by default, 10 in new accounts. */
const QUOTA_CODE = "L-B99A9384";

/**
 * Whether a function could reserve concurrency for itself. A warning and no failure: no function of a stack does,
 * and without a reservation ten at once suffice.
 */
export function lambdaCheck(account: AwsAccount): Check {
  return {
    id: "aws.lambda",
    title: "Lambda concurrency",
    side: "aws",
    rights: "lambda:GetAccountSettings",
    async look() {
      await account.ready();
      const { LambdaClient, GetAccountSettingsCommand } = await import("@aws-sdk/client-lambda");
      const client = new LambdaClient({ ...account.client, region: account.region });
      const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
      const limit = AccountLimit?.ConcurrentExecutions;
      if (limit === undefined) throw new Error("Lambda gave no account limit");
      const free = AccountLimit?.UnreservedConcurrentExecutions ?? limit;
      const found = `${String(limit)} at once in ${account.region}, ${String(free)} of them not reserved`;
      if (free > KEPT_UNRESERVED) return { status: "ok", found };
      return {
        status: "warning",
        found: `${found}; AWS keeps ${String(KEPT_UNRESERVED)} unreserved, so no function can reserve any`,
        fix: `Ask for more: aws service-quotas request-service-quota-increase --region ${account.region} --service-code lambda --quota-code ${QUOTA_CODE} --desired-value 1000`,
      };
    },
  };
}
