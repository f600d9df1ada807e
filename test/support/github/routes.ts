import { BRANCH_ROUTES } from "./routes/branches.ts";
import { CONTENT_ROUTES } from "./routes/contents.ts";
import { ENVIRONMENT_ROUTES } from "./routes/environments.ts";
import { ISSUE_ROUTES } from "./routes/issues.ts";
import { LABEL_ROUTES } from "./routes/labels.ts";
import { OWNER_ROUTES } from "./routes/owners.ts";
import { PERMISSION_ROUTES } from "./routes/permissions.ts";
import { REPOSITORY_ROUTES } from "./routes/repositories.ts";
import { RULESET_ROUTES } from "./routes/rulesets.ts";
import { RUN_ROUTES } from "./routes/runs.ts";
import { SECRET_ROUTES } from "./routes/secrets.ts";
import { VARIABLE_ROUTES } from "./routes/variables.ts";
import type { Routes } from "./call.ts";

/** Everything of the REST API that the stand-in answers. */
export const ROUTES: Routes = {
  ...BRANCH_ROUTES,
  ...CONTENT_ROUTES,
  ...ENVIRONMENT_ROUTES,
  ...ISSUE_ROUTES,
  ...LABEL_ROUTES,
  ...OWNER_ROUTES,
  ...PERMISSION_ROUTES,
  ...REPOSITORY_ROUTES,
  ...RULESET_ROUTES,
  ...RUN_ROUTES,
  ...SECRET_ROUTES,
  ...VARIABLE_ROUTES,
};
