/** Tag keys. Cost allocation, the guard and IAM conditions all read these; the spelling lives here alone. */
export const TAGS = {
  project: "proving-ground:project",
  environment: "proving-ground:environment",
  role: "proving-ground:role",
  slot: "proving-ground:slot",
  /** `persistent` (never stopped by the guard) or `on-demand`. */
  life: "proving-ground:life",
  owner: "proving-ground:owner",
  /** Hours a day the slot is planned to run when no schedule starts it; a decimal number. */
  hoursPerDay: "proving-ground:hours-per-day",
  /** Any value but `false`: `ground cleanup` leaves the resource alone. */
  keep: "proving-ground:keep",
  /** When `ground cleanup --yes` first and last found the resource in nobody's use: FIRST/LAST, times as in ISO 8601. */
  orphanSince: "proving-ground:orphan-since",
  name: "Name",
} as const;

export type Life = "persistent" | "on-demand";

/** Tags that every taggable resource carries; the policy `required-tags` checks them. */
export const REQUIRED_TAGS = [TAGS.project, TAGS.environment, TAGS.owner] as const;
