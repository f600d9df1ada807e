/**
 * A GitHub on loopback for tests: `startGitHub()`, then `state.addOwner`, `state.addRepository`, `state.addToken`.
 * What it cannot show: anything GitHub does not write down.
 */
export { loadContract, type Contract } from "./contract.ts";
export { isWrite, rateLimited, type LoggedRequest, type PlantedAnswer } from "./requests.ts";
export { startGitHub, type GitHubOptions, type GitHubStandIn } from "./server.ts";
export type { GitHubState } from "./state.ts";
export type {
  Environment,
  Job,
  Owner,
  Protection,
  Repository,
  Settings,
  WorkflowRun,
} from "./state-types.ts";
