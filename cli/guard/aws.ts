import { DescribeAlarmsCommand, type CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { autoScalingCalls } from "../../runtime/guard/aws/auto-scaling.ts";
import { makeClients } from "../../runtime/guard/aws/clients.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { Clock } from "../../runtime/guard/ports.ts";
import type { AlarmState, PeoplePorts } from "./ports.ts";
import type { GuardedStack } from "./stack.ts";

/** AWS as the commands see it; addresses and credentials come from the environment, as the AWS CLI has them. */
export function peoplePorts({ config, name }: GuardedStack, clock: Pick<Clock, "now">): PeoplePorts {
  const clients = makeClients(config.homeRegion);
  return {
    table: new GuardTable(clients.dynamodb, name),
    cloud: { groups: autoScalingCalls(clients.autoScaling).groups },
    clock,
    alarms: (names) => alarms(clients.cloudWatch(config.homeRegion), names),
  };
}

const STATES = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;

async function alarms(
  client: CloudWatchClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, AlarmState>> {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
  return new Map(
    names.map((name): [string, AlarmState] => {
      const alarm = MetricAlarms.find(({ AlarmName }) => AlarmName === name);
      const state = STATES.find((known) => known === alarm?.StateValue);
      const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
      return [
        name,
        { state: state ?? "missing", ...(since === undefined ? {} : { since: since.getTime() }) },
      ];
    }),
  );
}
