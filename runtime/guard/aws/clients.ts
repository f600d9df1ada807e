import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";

/** What every client of the guard is made with; the address of an emulator comes from the environment. */
export interface ClientOptions {
  readonly region: string;
  readonly retryMode: "adaptive";
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * Throttled and lost calls are tried again by the SDK, slower for as long as AWS says so ("adaptive"). Timed so that
 * one call that never answers cannot eat a tick: four times ten seconds.
 */
export function clientOptions(region: string): ClientOptions {
  return {
    region,
    retryMode: "adaptive",
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
}

export interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** Of any watched region; the same at every call, so that connections and the pace of retries are kept. */
  readonly ec2: (region: string) => EC2Client;
  readonly cloudWatch: (region: string) => CloudWatchClient;
}

export function makeClients(homeRegion: string): Clients {
  const options = clientOptions(homeRegion);
  return {
    autoScaling: new AutoScalingClient(options),
    dynamodb: new DynamoDBClient(options),
    iam: new IAMClient(options),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
    ec2: perRegion((region) => new EC2Client(clientOptions(region))),
    cloudWatch: perRegion((region) => new CloudWatchClient(clientOptions(region))),
  };
}

function perRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
