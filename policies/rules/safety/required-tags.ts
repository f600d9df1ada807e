import { z } from "zod";
import { listOf, tableOf } from "../../../model/inputs.ts";
import { isUnknown } from "../../../model/resource.ts";
import { REQUIRED_TAGS } from "../../../model/tags.ts";
import { tagOf } from "../../../pricing/resource-index.ts";
import { resourceRule } from "../../rule.ts";
import { isTaggable } from "../../taggable.ts";

const GROUP = "aws:autoscaling/group:Group";

export const requiredTags = resourceRule({
  name: "required-tags",
  level: "mandatory",
  why: "What carries no tags is missing from cost reports, from the guard's sums and from clean-up.",
  fix: `add the tags ${REQUIRED_TAGS.join(", ")} with values known before deployment`,
  outside: ["AWS Config required-tags"],
  parameters: z.strictObject({
    /** Value by tag, added where a resource lacks the tag; without an entry nothing is mended. */
    defaults: z.record(z.string(), z.string().min(1)).default({}),
  }),
  *checkResource({ type, inputs }) {
    if (!isTaggable(type)) return;
    const missing = REQUIRED_TAGS.filter((key) => isMissing(tagOf(inputs, key)));
    if (missing.length > 0) yield `lacks ${missing.join(", ")}`;
  },
  remediate({ type, inputs }, { parameters }) {
    // Tags that are unknown as a whole may hold anything; replacing them would lose it.
    if (!isTaggable(type) || isUnknown(inputs["tags"])) return undefined;
    const added = Object.entries(parameters.defaults).filter(([key]) => isAbsent(tagOf(inputs, key)));
    if (added.length === 0) return undefined;
    const names = new Set(added.map(([key]) => key));
    const tags =
      type === GROUP
        ? [
            ...listOf(inputs["tags"]).filter((tag) => !names.has(String(tableOf(tag)["key"]))),
            ...added.map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
          ]
        : { ...tableOf(inputs["tags"]), ...Object.fromEntries(added) };
    return { ...inputs, tags };
  },
});

/** An unknown value may turn out to be empty, and nobody would look again: it counts as missing. */
function isMissing(value: unknown): boolean {
  return isAbsent(value) || isUnknown(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === "";
}
