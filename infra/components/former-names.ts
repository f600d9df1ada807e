import type { ResourceTransformation } from "@pulumi/pulumi";
import type { FormerNames } from "../../model/former-names.ts";

/**
 * Tells the engine that a renamed resource is the one it knows. Given to a component it holds for all
 * below it: the engine itself carries the alias of a parent over to children named after it.
 */
export function aliasFormerNames(formerNames: FormerNames): ResourceTransformation {
  return ({ name, props, opts }) => {
    const former = formerNames[name];
    if (former === undefined) return undefined;
    const aliases = [...(Array.isArray(opts.aliases) ? opts.aliases : []), { name: former }];
    return { props, opts: { ...opts, aliases } };
  };
}
