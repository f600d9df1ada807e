import { spawn } from "node:child_process";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { runProgram, type RunProgram } from "../doctor/run-program.ts";
import type { ClusterStack } from "./environment.ts";
import { lookAt } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";

/** Programs a session takes, each with where it comes from. */
const PROGRAMS = [
  ["aws", "the AWS CLI v2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"],
  [
    "session-manager-plugin",
    "the Session Manager plugin of the AWS CLI: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
  ],
] as const;

/** What the command does beyond AWS: looks for programs, and hands the terminal over to one. */
export interface Terminal {
  readonly run: RunProgram;
  /** Runs with this terminal, to its end; its exit code. */
  attach(program: string, words: readonly string[]): Promise<number>;
}

/**
 * The words of a session on a slot's host. Hosts have no port 22 and no key: Session Manager goes by the caller's
 * rights, and AWS keeps who opened it.
 *
 * @throws GroundError: 2 for a slot that the stack has not, 4 where it has no host now.
 */
export async function sessionWords(
  ports: ClusterPorts,
  stack: ClusterStack,
  slot: string,
): Promise<readonly [program: string, ...words: string[]]> {
  const names = stack.slots.map(({ name }) => name);
  if (!names.includes(slot))
    throw new GroundError(
      `The stack has no slot "${slot}". It has: ${names.join(", ")}.`,
      EXIT.badConfiguration,
    );
  const [view] = (await lookAt(ports, stack, [slot])).slots;
  const id = view?.host?.id;
  if (id === undefined)
    throw new GroundError(
      `${slot} has no host now (${view?.state ?? "missing"}): start it with \`ground cluster start\`.`,
      EXIT.resourceFailed,
    );
  return ["aws", "ssm", "start-session", "--region", stack.settings.region, "--target", id];
}

/** Says all that is missing at once (exit code 2). */
export async function requirePrograms(run: RunProgram, command: string): Promise<void> {
  const found = await Promise.all(PROGRAMS.map(([program]) => run(program, ["--version"])));
  const missing = PROGRAMS.filter((_, index) => found[index]?.exitCode !== 0);
  if (missing.length === 0) return;
  const install = missing.map(([program, where]) => `  ${program} is not on PATH; install ${where}`);
  throw new GroundError(
    `A session takes the AWS CLI with its plugin:\n${install.join("\n")}\nThe command is then: ${command}`,
    EXIT.badConfiguration,
  );
}

export const terminal: Terminal = {
  run: runProgram,
  attach(program, words) {
    // Ctrl-C belongs to the session; this program must outlive it to hand its exit code on.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    return new Promise<number>((resolve, reject) => {
      const child = spawn(program, [...words], { stdio: "inherit" });
      child.once("error", reject);
      child.once("close", (code) => {
        resolve(code ?? EXIT.ownFault);
      });
    }).finally(() => {
      process.off("SIGINT", ignore);
    });
  },
};
