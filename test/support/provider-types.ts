import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const aws = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

/**
 * Whether the AWS package declares a `tags` argument for a type such as `aws:ec2/vpc:Vpc`. The type
 * names the declaration file: `ec2/vpc.d.ts`.
 *
 * @throws Error where the package has no such type.
 */
export function declaresTags(type: string): boolean {
  const [, module = "", name = ""] = type.split(":");
  const declarations = readFileSync(join(aws, `${module}.d.ts`), "utf8");
  const start = declarations.indexOf(`export interface ${name}Args {`);
  if (start < 0) throw new Error(`${type}: ${module}.d.ts declares no ${name}Args`);
  const end = declarations.indexOf("\n}", start);
  return /^ {4}tags\??:/m.test(declarations.slice(start, end));
}
