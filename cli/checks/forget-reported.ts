import { isRecord } from "../../infra/settings/describe.ts";
import type { StackFile } from "../stack-file.ts";

/**
 * A stack file without what `ground checks --write` left in it: the command judges by the workflows alone, and what
 * it is to write anew, in whatever form it stood, must not keep it from doing so.
 */
export function withoutReported(file: StackFile): StackFile {
  const governance = file.settings["governance"];
  if (!isRecord(governance) || !isRecord(governance["repositories"])) return file;
  const repositories = Object.fromEntries(
    Object.entries(governance["repositories"]).map(([name, repository]) => [name, forgotten(repository)]),
  );
  return { ...file, settings: { ...file.settings, governance: { ...governance, repositories } } };
}

function forgotten(repository: unknown): unknown {
  if (!isRecord(repository) || !isRecord(repository["checks"])) return repository;
  const checks = Object.entries(repository["checks"]).filter(([key]) => key !== "reported");
  return { ...repository, checks: Object.fromEntries(checks) };
}
