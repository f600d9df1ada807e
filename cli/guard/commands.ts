import type { ExitCode } from "../errors.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { HistoryOptions, JsonOptions, RearmOptions } from "./command.ts";
import { confirmed } from "./confirm.ts";
import { guardHistory, historyJson, renderHistory } from "./history.ts";
import { print } from "./print.ts";
import { rearm, renderRearmed } from "./rearm.ts";
import { renderGuardStatus } from "./render.ts";
import { inGuardSession } from "./session.ts";
import { guardExitCode, guardStatus, guardStatusJson } from "./status.ts";

const READ_RIGHTS =
  "dynamodb:GetItem and Query on the guard's table, cloudwatch:DescribeAlarms and autoscaling:DescribeAutoScalingGroups";

export function runStatus(options: JsonOptions): Promise<ExitCode> {
  return inGuardSession(options, READ_RIGHTS, async ({ stack, ports }) => {
    const status = await guardStatus(ports, stack);
    print(options, guardStatusJson(status), () => renderGuardStatus(status));
    return guardExitCode(status);
  });
}

export function runRearm(options: RearmOptions): Promise<ExitCode> {
  if (options.json === true && options.yes !== true)
    return Promise.reject(new GroundError("--json asks nobody: call it with --yes.", EXIT.badConfiguration));
  return inGuardSession(
    options,
    `${READ_RIGHTS}, and dynamodb:PutItem in its partition "request"`,
    async ({ stack, ports, caller }) => {
      const question = `Re-arm ${stack.config.environment}?`;
      const result = await rearm(ports, stack, caller, (situation) =>
        options.yes === true ? Promise.resolve(true) : confirmed(situation, question),
      );
      const { outcome, by, status } = result;
      print(options, { environment: status.environment, outcome, by }, () =>
        renderRearmed(result, stack.config.intervalMs),
      );
      return outcome === "declined" ? EXIT.ownFault : EXIT.ok;
    },
  );
}

export function runHistory(options: HistoryOptions): Promise<ExitCode> {
  return inGuardSession(options, READ_RIGHTS, async ({ ports }) => {
    const entries = await guardHistory(ports, options.days);
    print(options, historyJson(entries), () => renderHistory(entries, options.days));
    return EXIT.ok;
  });
}
