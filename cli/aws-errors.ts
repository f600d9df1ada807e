import { GroundError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

/** Names of the errors by which AWS, or the SDK before it, says that the caller is nobody or may not. */
const REFUSALS = [
  "AccessDenied",
  "AccessDeniedException",
  "AuthFailure",
  "AuthorizationErrorException",
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnauthorizedOperation",
  "UnrecognizedClientException",
];

export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.includes(error.name);
}

/** Of these, the ones that know the caller: signing in again does not help, a right does. */
const FORBIDDEN = [
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationErrorException",
  "UnauthorizedOperation",
];

/** Whether AWS was asked at all: where there are no credentials, the SDK itself refuses. */
export function refusalWords({ name }: Error): string {
  return name === "CredentialsProviderError"
    ? "There are no AWS credentials to use"
    : "AWS did not accept the credentials";
}

/**
 * A refusal of credentials as one line with what to do, and exit code 3; anything else as it is.
 *
 * @param needed the rights the command needs, for the person who grants them
 */
export function credentialsError(error: unknown, needed: string): unknown {
  if (!isRefusal(error)) return error;
  const why = `${error.name}: ${error.message.replace(/\.$/, "")}`;
  const text = FORBIDDEN.includes(error.name)
    ? `The AWS credentials lack a right (${why}).\nHave it granted, or take another AWS_PROFILE; needed are ${needed}.`
    : `${refusalWords(error)} (${why}).\nSet AWS_PROFILE, or sign in with "aws sso login"; needed are ${needed}.`;
  return new GroundError(text, EXIT.noCredentials, { cause: error });
}
