import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function yamlFiles(folder: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => name.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** Every stack file that the project ships, relative to its root. */
export const COMMITTED = [...yamlFiles(".", /^Pulumi\..+\.yaml$/), ...yamlFiles("examples", /\.yaml$/)];

export const GOOD = yamlFiles("test/settings/good", /\.yaml$/);
export const BAD = yamlFiles("test/settings/bad", /\.yaml$/);
