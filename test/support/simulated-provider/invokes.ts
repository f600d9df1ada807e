import { ACCOUNT, REGION } from "./types.ts";
import { digits, reveal, text } from "./values.ts";
import type { Properties, World } from "./world.ts";

type Invoke = (args: Properties, world: World) => Properties;

const INVOKES: Readonly<Record<string, Invoke>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT,
    accountId: ACCOUNT,
    userId: "AIDAEXAMPLE",
    arn: `arn:aws:iam::${ACCOUNT}:user/simulated`,
  }),
  "aws:index/getRegion:getRegion": () => ({
    id: REGION,
    region: REGION,
    name: REGION,
    description: "US West (Oregon)",
    endpoint: `ec2.${REGION}.amazonaws.com`,
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:ssm/getParameter:getParameter": getParameter,
  "aws:secretsmanager/getSecret:getSecret": (args) => {
    const name = text(args, "name") ?? "";
    const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-${digits(name, 6)}`;
    return { id: arn, arn, name, description: "", kmsKeyId: "", tags: {} };
  },
  "aws:secretsmanager/getSecretVersion:getSecretVersion": getSecretVersion,
};

/**
 * Answers a data source.
 *
 * @throws Error for a data source nobody described, naming those that are.
 */
export function invoke(token: string, args: Properties, world: World): Properties {
  const answer = INVOKES[token];
  if (answer === undefined) {
    throw new Error(
      `the simulated AWS has no data source ${token}; it has ${Object.keys(INVOKES).join(", ")}. ` +
        "Add it to test/support/simulated-provider/invokes.ts",
    );
  }
  return answer(reveal(args) as Properties, world);
}

function getSecretVersion(args: Properties, world: World): Properties {
  const secretId = text(args, "secretId") ?? "";
  const secretString = world.secrets[secretId];
  // As the provider says it, of a secret without a value too.
  if (secretString === undefined)
    throw new Error(
      `reading Secrets Manager Secret Version (${secretId}|AWSCURRENT): couldn't find resource`,
    );
  return {
    id: `${secretId}|AWSCURRENT`,
    arn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${secretId}-${digits(secretId, 6)}`,
    secretId,
    secretString,
    secretBinary: "",
    versionId: digits(secretString, 32),
    versionStages: ["AWSCURRENT"],
    createdDate: "2026-01-01T00:00:00Z",
  };
}

function getParameter(args: Properties, world: World): Properties {
  const name = text(args, "name") ?? "";
  // Amazon's public image parameters exist in every account; others only where a test sets them.
  const value =
    world.parameters[name] ?? (name.startsWith("/aws/service/ami-") ? `ami-0${digits(name, 16)}` : undefined);
  if (value === undefined) {
    throw new Error(
      `reading SSM Parameter (${name}): operation error SSM: GetParameter, https response error StatusCode: 400, api error ParameterNotFound`,
    );
  }
  return {
    id: name,
    arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`,
    name,
    type: "String",
    value,
    insecureValue: value,
    version: 1,
  };
}
