import { TAGS, type Life } from "../../model/tags.ts";
import { PROJECT, type Scope } from "./names.ts";

export type Tags = Readonly<Record<string, string>>;

/** Tags of one resource: the required three, its name, and whatever else marks it. */
export function tagsFor(scope: Scope, name: string, extra: Tags = {}): Record<string, string> {
  return {
    [TAGS.name]: `${PROJECT}-${scope.environment}-${name}`,
    [TAGS.project]: PROJECT,
    [TAGS.environment]: scope.environment,
    [TAGS.owner]: scope.owner,
    ...extra,
  };
}

/** Tags that tell hosts apart: the guard never stops what is `persistent`. */
export function hostTags(role: string, life: Life): Tags {
  return { [TAGS.role]: role, [TAGS.life]: life };
}
