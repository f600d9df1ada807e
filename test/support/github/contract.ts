import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { npmTools } from "../npm-tools.ts";
import { GraphQLContract, type GraphQLLibrary } from "./graphql.ts";
import { RestContract } from "./openapi.ts";

const DESCRIPTION = "@octokit/openapi/generated/api.github.com.json";
const SCHEMA = "@octokit/graphql-schema/schema.graphql";

/** GitHub's own descriptions of its two APIs, by which the stand-in is held to what GitHub says it does. */
export interface Contract {
  readonly rest: RestContract;
  readonly graphql: GraphQLContract;
}

let loaded: Promise<Contract> | undefined;

/**
 * Loads the descriptions GitHub publishes, once a process: about 0.5 s, and the first time on a machine a download of
 * 28 MB (`NPM_INSTALL_LIMIT`), of which two files are kept.
 *
 * @throws ToolsUnavailable where they cannot be had; `orSkip` in a suite's `before` hook skips visibly.
 */
export function loadContract(): Promise<Contract> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Contract> {
  const modules = await npmTools({
    name: "github-contract",
    packages: ["@octokit/openapi@23.0.2", "@octokit/graphql-schema@15.26.1", "graphql@16.15.0"],
    keep: [DESCRIPTION, SCHEMA, "graphql"],
  });
  const description = JSON.parse(readFileSync(join(modules, DESCRIPTION), "utf8")) as unknown;
  // The one place that trusts the shape of a module no type of this project describes.
  const library = createRequire(join(modules, "package.json"))("graphql") as GraphQLLibrary;
  return {
    rest: new RestContract(description),
    graphql: new GraphQLContract(library, readFileSync(join(modules, SCHEMA), "utf8")),
  };
}
