import { isUnknown } from "../../model/resource.ts";
import { REQUIRED_TAGS } from "../../model/tags.ts";
import { tagOf } from "../../pricing/resource-index.ts";
import type { ResourceRule } from "../rule.ts";
import { isTaggable } from "../taggable.ts";

export const requiredTags: ResourceRule = {
  name: "required-tags",
  level: "mandatory",
  why: "What carries no tags is missing from cost reports, from the guard's sums and from clean-up.",
  fix: `add the tags ${REQUIRED_TAGS.join(", ")} with values known before deployment`,
  *checkResource({ type, inputs }) {
    if (!isTaggable(type)) return;
    const missing = REQUIRED_TAGS.filter((key) => isMissing(tagOf(inputs, key)));
    if (missing.length > 0) yield `lacks ${missing.join(", ")}`;
  },
};

/** An unknown value may turn out to be empty, and nobody would look again: it counts as missing. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === "" || isUnknown(value);
}
