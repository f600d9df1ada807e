import type { Statement } from "../../lib/iam.ts";

/**
 * The most that a deploy role can ever do: its rights without their conditions, so that whatever is attached to
 * it later adds nothing. Made from the rights, which it can therefore never fall behind. What it leaves open
 * between them, the guard rails deny.
 *
 * Verbs stand for their actions (`ec2:Modify*`), since AWS takes 6,144 characters. Not for keys and secrets,
 * where one verb covers looking and opening alike.
 */
export function deployBoundary(rights: readonly Statement[]): Statement[] {
  const bound = rights.filter((right) => !isEverywhere(right));
  return [
    {
      sid: "Services",
      actions: unique(bound.flatMap(({ actions }) => actions).map(verbOf)),
      resources: [...new Set(bound.flatMap(({ resources = [] }) => resources))],
    },
    {
      sid: "Everywhere",
      actions: unique(rights.filter(isEverywhere).flatMap(({ actions }) => actions)),
      resources: ["*"],
    },
  ];
}

function isEverywhere({ resources = [] }: Statement): boolean {
  return resources.includes("*");
}

function unique(actions: readonly string[]): string[] {
  const patterns = actions.filter((action) => action.endsWith("*")).map((action) => action.slice(0, -1));
  const covered = (action: string) =>
    patterns.some((start) => action !== `${start}*` && action.startsWith(start));
  return [...new Set(actions)].filter((action) => !covered(action)).sort();
}

function verbOf(action: string): string {
  if (/^(?:kms|secretsmanager):/.test(action)) return action;
  return action.replace(/^([a-z0-9]+:[A-Z][a-z]+).*$/, "$1*");
}
