import program from "../infra/index.ts";
import type { ResourceRecord } from "../model/resource.ts";
import { recordProgram } from "../cli/plan/recorder.ts";
import { pulumiConfig, readStackFile, stackFileOf } from "../cli/stack-file.ts";

/** The resources of a committed stack, with everything that rules read. */
export async function recordedStack(stack: string): Promise<readonly ResourceRecord[]> {
  const file = readStackFile(stackFileOf(stack));
  const recording = await recordProgram({
    project: file.project,
    stack,
    ...pulumiConfig(file),
    program: () => ({ ...program() }),
  });
  return recording.resources;
}
