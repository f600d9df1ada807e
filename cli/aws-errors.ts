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

/**
 * A refusal of credentials as one line and exit code 3; anything else as it is.
 *
 * @param needed the rights the command needs, for the person who grants them
 */
export function credentialsError(error: unknown, needed: string): unknown {
  if (!isRefusal(error)) return error;
  return new GroundError(
    `AWS did not accept the credentials (${error.name}: ${error.message}).\nSet AWS_PROFILE, or sign in with "aws sso login"; needed are ${needed}.`,
    EXIT.noCredentials,
    { cause: error },
  );
}
