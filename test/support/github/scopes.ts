/**
 * Which scope a route accepts, as `X-Accepted-OAuth-Scopes` tells a client with a classic token.
 * Source: "Scopes for OAuth apps".
 */
export function acceptedScopes(route: string | undefined): string {
  if (route === undefined) return "";
  const path = route.slice(route.indexOf(" ") + 1);
  if (path.startsWith("/repos/{owner}/{repo}") || path === "/user/repos") return "repo";
  if (path.startsWith("/orgs/{org}/teams") || path.startsWith("/orgs/{org}/installations"))
    return "admin:org, read:org";
  if (path.includes("/billing/")) return "user";
  return "";
}
