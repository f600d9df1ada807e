import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { GroundError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";

const Client = Octokit.plugin(retry, throttling);

export type GitHub = InstanceType<typeof Client>;

/** A limit that ends later than this fails the command instead of holding it, seconds. */
const LONGEST_WAIT = 60;

/**
 * GitHub's API with retries and its rate limits observed. `GITHUB_API_URL`, which Actions sets, names the
 * server; default https://api.github.com.
 *
 * @throws GroundError (exit code 3) where neither GITHUB_TOKEN nor GH_TOKEN is set.
 */
export function gitHubFromEnvironment(environment: NodeJS.ProcessEnv = process.env): GitHub {
  const token = tokenOf(environment);
  if (token === undefined)
    throw new GroundError(
      'No GitHub token: set GITHUB_TOKEN, for example GITHUB_TOKEN="$(gh auth token)".',
      EXIT.noCredentials,
    );
  return gitHub(token, environment["GITHUB_API_URL"]);
}

/** The token of the environment; GITHUB_TOKEN wins, as in GitHub's own provider. Empty counts as unset. */
export function tokenOf(environment: NodeJS.ProcessEnv): string | undefined {
  return [environment["GITHUB_TOKEN"], environment["GH_TOKEN"]].find(
    (token) => token !== undefined && token !== "",
  );
}

export function gitHub(token: string, baseUrl = "https://api.github.com"): GitHub {
  const waits = (after: number, _options: unknown, _client: unknown, retries: number) =>
    after <= LONGEST_WAIT && retries < 2;
  return new Client({
    auth: token,
    baseUrl: baseUrl.replace(/\/$/, ""),
    userAgent: "proving-ground",
    throttle: { onRateLimit: waits, onSecondaryRateLimit: waits },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

/** What fails is reported by the command that asked, once. */
function quiet(): void {
  // Nothing: see above.
}

/**
 * A refusal by GitHub as one line and exit code 3; anything else as it is.
 *
 * @param needed scopes or permissions the command needs
 */
export function gitHubRefusal(error: unknown, needed: string): unknown {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  if (!(error instanceof Error) || (status !== 401 && status !== 403)) return error;
  return new GroundError(
    `GitHub did not accept the token (${String(status)}: ${error.message}).\nNeeded: ${needed}.`,
    EXIT.noCredentials,
    { cause: error },
  );
}
