/**
 * Runs `ground plan` as Pulumi runs a TypeScript program by default: ts-node's ES module hooks with type
 * checking, registered by the SDK's own module with the options of its cmd/run.
 */
import { register } from "node:module";
import { pathToFileURL } from "node:url";

register("@pulumi/pulumi/cmd/run/hooks.js", import.meta.url, {
  data: {
    compiler: "typescript",
    project: "tsconfig.json",
    skipProject: false,
    compilerOptions: { target: "ES2022", module: "nodenext", moduleResolution: "nodenext", sourceMap: true },
  },
});
const { main } = await import(pathToFileURL("cli/main.ts").href);
process.exitCode = await main(process.argv.slice(2));
