import { z } from "zod";
import { NO_CONTENT, ok, Refusal } from "../answers.ts";
import type { Call, Routes } from "../call.ts";
import { repositoryUrl } from "../views.ts";

const BASE = "/repos/{owner}/{repo}/actions/permissions";

const permissions = z.object({
  enabled: z.boolean(),
  allowed_actions: z.enum(["all", "local_only", "selected"]).optional(),
  sha_pinning_required: z.boolean().optional(),
});

const selected = z
  .object({
    github_owned_allowed: z.boolean(),
    verified_allowed: z.boolean(),
    patterns_allowed: z.array(z.string()),
  })
  .partial();

const workflow = z
  .object({
    default_workflow_permissions: z.enum(["read", "write"]),
    can_approve_pull_request_reviews: z.boolean(),
  })
  .partial();

/** Permissions of Actions: whether, which, and what their token may do. */
export const PERMISSION_ROUTES: Routes = {
  [`GET ${BASE}`]: (call) => {
    const repository = call.administered();
    const { enabled, allowed_actions: allowed, sha_pinning_required: pinning } = repository.actions;
    if (!enabled) return ok({ enabled });
    return ok({
      enabled,
      allowed_actions: allowed,
      sha_pinning_required: pinning,
      ...(allowed === "selected"
        ? {
            selected_actions_url: `${repositoryUrl(call.url, repository)}/actions/permissions/selected-actions`,
          }
        : {}),
    });
  },
  [`PUT ${BASE}`]: (call) => {
    const { actions } = call.administered();
    const { enabled, allowed_actions: allowed, sha_pinning_required: pinning } = call.read(permissions);
    actions.enabled = enabled;
    if (allowed !== undefined) actions.allowed_actions = allowed;
    if (pinning !== undefined) actions.sha_pinning_required = pinning;
    return NO_CONTENT;
  },
  [`GET ${BASE}/selected-actions`]: (call) => ok(chosen(call).selected),
  [`PUT ${BASE}/selected-actions`]: (call) => {
    Object.assign(chosen(call).selected, call.read(selected));
    return NO_CONTENT;
  },
  [`GET ${BASE}/workflow`]: (call) => ok(call.administered().actions.workflow),
  [`PUT ${BASE}/workflow`]: (call) => {
    Object.assign(call.administered().actions.workflow, call.read(workflow));
    return NO_CONTENT;
  },
};

/** @throws Refusal (409) unless the repository allows selected actions only. Source: "Set allowed actions". */
function chosen(call: Call) {
  const { actions } = call.administered();
  if (actions.allowed_actions !== "selected")
    throw new Refusal(409, "Conflict: allowed actions are not set to selected.");
  return actions;
}
