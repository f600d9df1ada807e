import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "../support/engine-plans.ts";

const stepSchema = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
});

const jobSchema = z.object({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  permissions: z.record(z.string(), z.string()),
  environment: z.string().optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  "timeout-minutes": z.number().optional(),
  steps: z.array(stepSchema).default([]),
  with: z.record(z.string(), z.unknown()).optional(),
  secrets: z.unknown().optional(),
});

const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  defaults: z.object({ run: z.object({ shell: z.string() }) }),
  concurrency: z.object({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  jobs: z.record(z.string(), jobSchema),
});

type Workflow = z.infer<typeof workflowSchema>;
type Job = z.infer<typeof jobSchema>;

const FOLDER = join(ROOT, ".github/workflows");
/** Every workflow, by the name of its file. */
export const names = readdirSync(FOLDER).map((file) => basename(file, ".yml"));

export function workflow(name: string): Workflow {
  return workflowSchema.parse(parse(readFileSync(join(FOLDER, `${name}.yml`), "utf8")));
}

export function job(name: string, id: string): Job {
  const found = workflow(name).jobs[id];
  assert.ok(found !== undefined, `${name} has no job ${id}`);
  return found;
}

/** Every text file below .github, by path. */
export const texts = new Map(
  readdirSync(join(ROOT, ".github"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "utf8")]),
);
