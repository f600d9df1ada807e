import type { Input } from "@pulumi/pulumi";
import type { Statement } from "../../lib/iam.ts";

/**
 * The most that a deploy role can ever do: its rights without their conditions, so that whatever is attached to
 * it later adds nothing. Made from the rights, which it can therefore never fall behind. What it leaves open
 * between them, the guard rails deny.
 *
 * Verbs stand for their actions (`ec2:Modify*`), since AWS takes 6,144 characters. Not those that open what is
 * encrypted: `secretsmanager:Get*` would cover looking and opening alike.
 */
export function deployBoundary(rights: readonly Statement[]): Statement[] {
  const bound = rights.filter((right) => !isEverywhere(right));
  return [
    {
      sid: "Services",
      actions: withoutCovered(bound.flatMap(({ actions }) => actions).map(verbOf)),
      resources: withoutCovered(bound.flatMap(({ resources = [] }) => resources)),
    },
    {
      sid: "Everywhere",
      actions: withoutCovered(rights.filter(isEverywhere).flatMap(({ actions }) => actions)),
      resources: ["*"],
    },
  ];
}

function isEverywhere({ resources = [] }: Statement): boolean {
  return resources.includes("*");
}

/** Each once, and none that the pattern of another covers: a final wildcard of IAM reaches over every character. */
function withoutCovered<Text extends Input<string>>(texts: readonly Text[]): Text[] {
  const starts = texts.flatMap((text) =>
    typeof text === "string" && /^[^*?]*\*$/.test(text) ? [text.slice(0, -1)] : [],
  );
  const covered = (text: Text) =>
    typeof text === "string" && starts.some((start) => text !== `${start}*` && text.startsWith(start));
  return [...new Set(texts)].filter((text) => !covered(text));
}

function verbOf(action: string): string {
  if (/^(?:kms:(?:Decrypt|Encrypt|Generate|ReEncrypt)|secretsmanager:Get)/.test(action)) return action;
  return action.replace(/^([a-z0-9]+:[A-Z][a-z]+).*$/, "$1*");
}
