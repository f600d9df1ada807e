import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { conflictsOf, type StackClaims } from "../../model/owners.ts";
import { isRecord } from "./describe.ts";
import { SettingsError, soundSettings } from "./parse.ts";
import type { ParsedSettings, StackSettings } from "./schema.ts";

const STACK_FILE = /^Pulumi\.([\w.-]+)\.yaml$/;

export interface OwnStack {
  /** Folder in which the committed stack files stand; examples in other folders do not count. */
  readonly directory: string;
  /** Name of the stack's own file there, which is no other stack. */
  readonly file: string;
  /** Namespace of the project's settings. */
  readonly project: string;
}

/**
 * Refuses a stack that owns what another stack file beside it owns (FM-67).
 *
 * @throws SettingsError naming each thing with two owners and both files.
 */
export function refuseSharedOwners(settings: StackSettings, { directory, file, project }: OwnStack): void {
  const own = claimsOf(file, settings);
  const others = readdirSync(directory)
    .filter((name) => STACK_FILE.test(name) && name !== file)
    .sort()
    .flatMap((name) => claimsIn(join(directory, name), name, project));
  const problems = conflictsOf(own, others).map((conflict) => ({
    path: conflict.singleton,
    value: undefined,
    message: `may have one owner only, and ${conflict.file} owns it too; ${conflict.fix}`,
  }));
  if (problems.length > 0) throw new SettingsError(file, problems);
}

/** What a stack file claims; nothing where it cannot be read, which the plan of that stack tells. */
function claimsIn(path: string, file: string, project: string): StackClaims[] {
  const stack = STACK_FILE.exec(file)?.[1] ?? file;
  const config = configOf(path);
  if (config === undefined) return [];
  const given = Object.entries(config).flatMap(([key, value]) => {
    const setting = settingOf(key, project);
    return setting === undefined ? [] : [[setting, value] as const];
  });
  const sound = soundSettings(Object.fromEntries(given));
  return [claimsOf(file, { ...sound, environment: sound.environment ?? stack })];
}

function configOf(path: string): Readonly<Record<PropertyKey, unknown>> | undefined {
  try {
    const document: unknown = parse(readFileSync(path, "utf8"), { merge: true });
    const config = isRecord(document) ? document["config"] : undefined;
    return isRecord(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

/** The setting that a key of a stack file names: without a namespace, the project's. */
function settingOf(key: string, project: string): string | undefined {
  const [, namespace, name] = /^(?:([^:]+):(?:config:)?)?([^:]+)$/.exec(key) ?? [];
  return namespace === undefined || namespace === project ? name : undefined;
}

function claimsOf(
  file: string,
  settings: StackSettings | (Partial<ParsedSettings> & { readonly environment: string }),
): StackClaims {
  const { environment, region = "", awsAccount, governance } = settings;
  const secrets = "secrets" in settings ? settings.secrets : undefined;
  return {
    file,
    hosts: settings.hosts !== false,
    environment,
    region,
    awsAccount,
    repositories: Object.keys(governance?.repositories ?? {}).map(
      (repository) => `${governance?.owner ?? ""}/${repository}`,
    ),
    secrets: secrets?.create === true ? secrets.names : [],
  };
}
