import type { StackSettings } from "../infra/settings/schema.ts";
import { GroundError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

/**
 * The account of the credentials. A profile mixed up must change nothing elsewhere, where another team's environment
 * may have the same name.
 *
 * @throws GroundError (exit code 3) where the stack names another account; the SDK's own errors.
 */
export async function accountOf({
  region,
  awsAccount,
}: Pick<StackSettings, "region" | "awsAccount">): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const { Account = "unknown" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (awsAccount === undefined || awsAccount === Account) return Account;
  throw new GroundError(
    `The credentials are for account ${Account}; the stack may only change ${awsAccount}.\nChoose the profile of that account (AWS_PROFILE), or mend awsAccount in the stack file.`,
    EXIT.noCredentials,
  );
}
