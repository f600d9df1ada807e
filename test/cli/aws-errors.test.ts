import assert from "node:assert/strict";
import { credentialsError } from "../../cli/aws-errors.ts";
import { GroundError } from "../../cli/errors.ts";

function said(name: string, message: string): string {
  const error = credentialsError(Object.assign(new Error(message), { name }), "ec2:DescribeInstances");
  assert.ok(error instanceof GroundError);
  assert.equal(error.exitCode, 3);
  assert.match(error.message, /needed are ec2:DescribeInstances\.$/);
  return error.message;
}

describe("a refusal of AWS credentials", () => {
  it("tells none from bad ones, and both from a right that is missing", () => {
    const none = said("CredentialsProviderError", "Could not load credentials from any providers");
    assert.match(none, /^There are no AWS credentials to use \(.*any providers\)\.\nSet AWS_PROFILE/);
    const bad = said("ExpiredToken", "The security token is expired.");
    assert.match(bad, /^AWS did not accept the credentials \(.*is expired\)\.\nSet AWS_PROFILE/);
    const right = said("AccessDenied", "User is not authorized to perform: ec2:DescribeInstances.");
    assert.match(right, /^The AWS credentials lack a right \(.*ec2:DescribeInstances\)\.\nHave it granted/);
    assert.doesNotMatch(right, /sso login/);
  });

  it("leaves every other error as it is", () => {
    const other = new Error("Throttling");
    assert.equal(credentialsError(other, ""), other);
  });
});
