import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { exitCodeOf, renderChecklist } from "../checklist.ts";
import type { ExitCode } from "../errors.ts";
import { fromCaller } from "../stack-options.ts";
import type { DrillOptions } from "./command.ts";
import { dryDrill } from "./drill.ts";
import { drillPorts } from "./drill-aws.ts";
import { evidenceJson, keepEvidence, type Evidence } from "./drill-evidence.ts";
import { liveDrill, notBegun, requireSlot } from "./drill-live.ts";
import type { DrillPorts } from "./drill-ports.ts";
import { print } from "./print.ts";
import { inGuardSession } from "./session.ts";
import type { GuardedStack } from "./stack.ts";

const RIGHTS =
  "to read the guard's table, function, schedule, topics and groups, ec2:TerminateInstances for dry runs, iam:SimulatePrincipalPolicy on the guard's role, dynamodb:PutItem in the partition \"drill\"; with --live also to change the slot's group";

const clock = {
  now: () => Date.now(),
  async sleep(milliseconds: number) {
    await setTimeout(milliseconds);
  },
};

export function runDrill(options: DrillOptions): Promise<ExitCode> {
  return inGuardSession(options, RIGHTS, async ({ stack, caller }) => {
    const ports = drillPorts(stack, clock);
    const evidence = await drill(ports, stack, caller, options.live);
    const files = await keepEvidence(ports, evidence, fromCaller(options.out));
    const width = process.stdout.columns > 0 ? process.stdout.columns : 100;
    print(
      options,
      { ...Object(evidenceJson(evidence)), files },
      () => `${renderChecklist(evidence.steps, width)}\nEvidence: ${files.join(", ")}\n`,
    );
    return exitCodeOf(evidence.steps);
  });
}

/**
 * The dry drill, and, where a slot is given and every step of it was well, the live one.
 *
 * @throws GroundError: 2 for a slot that the stack does not have, before anything is asked; what the live drill throws.
 */
export async function drill(
  ports: DrillPorts,
  stack: GuardedStack,
  by: string,
  live: string | undefined,
): Promise<Evidence> {
  // A name that cannot be is said before the minutes that the dry drill takes.
  if (live !== undefined) requireSlot(stack.config, live);
  const startedAt = ports.clock.now();
  const { environment, account } = stack.config;
  const dry = await dryDrill(ports, stack);
  const well = dry.every(({ status }) => status === "ok");
  const random = randomBytes(2).toString("hex");
  const done = live !== undefined && well ? await liveDrill(ports, stack, live, by, random) : undefined;
  return {
    environment,
    account,
    by,
    ...(live === undefined || done === undefined ? {} : { live }),
    startedAt,
    endedAt: ports.clock.now(),
    steps: [...dry, ...(done ?? (live === undefined ? [] : [notBegun(ports, live)]))],
  };
}
