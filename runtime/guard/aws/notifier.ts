import { PutMetricDataCommand, type CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { PutItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { HEARTBEAT_DIMENSION, HEARTBEAT_METRIC, METRIC_NAMESPACE } from "../../../model/guard.ts";
import type { Notifier } from "../ports.ts";
import { marshal } from "./attributes.ts";
import { HEARTBEAT_KEY } from "./items.ts";

/** Longest subject that SNS takes, in characters of ASCII without line breaks. */
const MOST_SUBJECT = 100;

export interface NotifierOptions {
  readonly sns: SNSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly topicArn: string;
  readonly table: string;
  readonly environment: string;
  /** Takes an entry of the log; Lambda writes it as JSON. */
  readonly print: (entry: Readonly<Record<string, unknown>>) => void;
}

export function awsNotifier(options: NotifierOptions): Notifier {
  const { sns, cloudWatch, dynamodb, topicArn, table, environment, print } = options;
  return {
    async notify(subject, text) {
      await sns.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject.replaceAll(/[^\x20-\x7e]/g, " ").slice(0, MOST_SUBJECT),
          Message: text,
        }),
      );
    },

    /** The metric is for the alarm that tells people; hosts read the item, which costs less than a metric. */
    async heartbeat(at) {
      await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshal({ ...HEARTBEAT_KEY, at }) }));
      await cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: METRIC_NAMESPACE,
          MetricData: [
            {
              MetricName: HEARTBEAT_METRIC,
              Dimensions: [{ Name: HEARTBEAT_DIMENSION, Value: environment }],
              Value: 1,
              Unit: "Count",
            },
          ],
        }),
      );
    },

    log(entry) {
      print({ environment, ...entry });
    },
  };
}
