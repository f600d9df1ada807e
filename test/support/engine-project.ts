import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/**
 * Makes a project folder whose entries are links to the real one, save for the files that the engine
 * writes: the stack file gets the salt of the stack's encryption. The program finds its own files by
 * the working directory as it does in the real folder.
 */
export function imitateProject(project: string, folder: string, stack: string): void {
  mkdirSync(folder);
  const written = `Pulumi.${stack}.yaml`;
  for (const entry of readdirSync(project)) {
    if (entry === written) copyFileSync(join(project, entry), join(folder, entry));
    else if (entry !== ".git") symlinkSync(join(project, entry), join(folder, entry));
  }
  if (!existsSync(join(folder, "node_modules"))) symlinkSync(MODULES, join(folder, "node_modules"));
}
