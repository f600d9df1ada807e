import type { GovernedRow } from "./governed.ts";
import { itemsOf, objectOf, on, text, texts, type Inputs } from "./governed-inputs.ts";

/** The rules of one pattern of branches, of classic protection or of a ruleset, and the checks they require. */
export function branchRows(inputs: Inputs): GovernedRow[] {
  const protection = inputs["pattern"] !== undefined;
  const name = text(inputs, protection ? "pattern" : "name");
  const checks = protection
    ? texts(firstOf(inputs["requiredStatusChecks"])["contexts"])
    : rulesetChecks(inputs);
  return [
    { topic: `branch ${name}`, items: protection ? protectionItems(inputs) : rulesetItems(inputs) },
    { topic: `checks of ${name}`, items: checks.length === 0 ? ["none required"] : checks },
  ];
}

function rulesetChecks(inputs: Inputs): string[] {
  const { requiredChecks } = objectOf(objectOf(inputs["rules"])["requiredStatusChecks"]);
  const required = Array.isArray(requiredChecks) ? (requiredChecks as readonly unknown[]) : [];
  return required.map((check) => text(objectOf(check), "context"));
}

function protectionItems(inputs: Inputs): string[] {
  const reviews = firstOf(inputs["requiredPullRequestReviews"]);
  const checks = firstOf(inputs["requiredStatusChecks"]);
  return [
    "protection",
    ...reviewItems(reviews, {
      stale: on(reviews, "dismissStaleReviews"),
      owners: on(reviews, "requireCodeOwnerReviews"),
    }),
    ...(on(checks, "strict") ? ["up to date"] : []),
    ...(on(inputs, "requireConversationResolution") ? ["conversations resolved"] : []),
    ...(on(inputs, "requiredLinearHistory") ? ["linear history"] : []),
    ...(on(inputs, "requireSignedCommits") ? ["signed commits"] : []),
    on(inputs, "enforceAdmins") ? "administrators included" : "administrators may go round it",
    on(inputs, "allowsForcePushes") ? "force pushes allowed" : "no force push",
    on(inputs, "allowsDeletions") ? "deletion allowed" : "no deletion",
    ...itemsOf("pushed by", texts(firstOf(inputs["restrictPushes"])["pushAllowances"])),
  ];
}

function rulesetItems(inputs: Inputs): string[] {
  const rules = objectOf(inputs["rules"]);
  const reviews = objectOf(rules["pullRequest"]);
  const checks = objectOf(rules["requiredStatusChecks"]);
  const bypass = Array.isArray(inputs["bypassActors"]) ? inputs["bypassActors"].length : 0;
  return [
    "ruleset",
    ...reviewItems(reviews, {
      stale: on(reviews, "dismissStaleReviewsOnPush"),
      owners: on(reviews, "requireCodeOwnerReview"),
    }),
    ...(on(checks, "strictRequiredStatusChecksPolicy") ? ["up to date"] : []),
    ...(on(reviews, "requiredReviewThreadResolution") ? ["conversations resolved"] : []),
    ...(on(rules, "requiredLinearHistory") ? ["linear history"] : []),
    ...(on(rules, "requiredSignatures") ? ["signed commits"] : []),
    ...(rules["mergeQueue"] === undefined ? [] : ["merge queue"]),
    bypass === 0 ? "nobody may go round it" : `${String(bypass)} may go round it`,
    on(rules, "nonFastForward") ? "no force push" : "force pushes allowed",
    on(rules, "deletion") ? "no deletion" : "deletion allowed",
  ];
}

function reviewItems(reviews: Inputs, { stale, owners }: { stale: boolean; owners: boolean }): string[] {
  const count = text(reviews, "requiredApprovingReviewCount");
  if (count === "") return ["no review"];
  return [
    `${count} ${count === "1" ? "approval" : "approvals"}${stale ? ", stale ones dismissed" : ""}`,
    ...(owners ? ["code owners"] : []),
    ...(on(reviews, "requireLastPushApproval") ? ["not by the last pusher"] : []),
  ];
}

function firstOf(value: unknown): Inputs {
  return Array.isArray(value) ? objectOf((value as readonly unknown[])[0]) : {};
}
