import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { valueAt } from "../../model/inputs.ts";
import { SYSTEMS } from "./support.ts";

/** Checks of OctoLLM that hold: a plain one, and one of a matrix. */
export const SOUND = ["Lint Python Code", "Python Unit Tests (3.11)"];

interface RepositoryExtras {
  readonly workflows?: string;
  readonly branches?: Readonly<Record<string, unknown>>;
  readonly checks?: Readonly<Record<string, unknown>>;
}

function stackText(
  repositories: Readonly<Record<string, RepositoryExtras>>,
  ownerKind: "user" | "organization",
): string {
  const entries = Object.entries(repositories).map(([name, extras]) => [
    name,
    { details: { visibility: "public" }, ...extras },
  ]);
  const governance = {
    owner: "example",
    ownerKind,
    repositories: Object.fromEntries(entries) as unknown,
  };
  const config = {
    "proving-ground:owner": "example",
    "proving-ground:hosts": false,
    "proving-ground:governance": governance,
  };
  return `# Governed by hand until now.\n${stringify({ config })}`;
}

const reportedSchema = z.record(
  z.string(),
  z.strictObject({
    mergeQueue: z.boolean(),
    defaultBranch: z.string().optional(),
    checks: z.array(z.string()),
  }),
);

/** What the command left in a stack file. */
export function reportedIn(file: string, repository: string): z.output<typeof reportedSchema> {
  const path = ["config", "proving-ground:governance", "repositories", repository, "checks", "reported"];
  return reportedSchema.parse(valueAt(parse(readFileSync(file, "utf8")), ...path));
}

/** A folder of its own for each test, gone after it. */
export class Workplace {
  #path = "";

  /** To be called in the suite that uses it. */
  constructor() {
    beforeEach(() => {
      this.#path = mkdtempSync(join(tmpdir(), "ground-checks-"));
    });
    afterEach(() => {
      rmSync(this.#path, { recursive: true, force: true });
    });
  }

  get path(): string {
    return this.#path;
  }

  /** A stack file that governs the repositories. */
  stack(
    repositories: Readonly<Record<string, RepositoryExtras>>,
    ownerKind: "user" | "organization" = "user",
  ): string {
    const file = join(this.#path, "octollm.yaml");
    writeFileSync(file, stackText(repositories, ownerKind));
    return file;
  }

  /** A checkout of a system beside the stack file. */
  checkout(system = "octollm"): string {
    cpSync(join(SYSTEMS, system), join(this.#path, system), { recursive: true });
    return system;
  }
}
