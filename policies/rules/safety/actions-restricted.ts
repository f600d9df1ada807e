import { isUnknown } from "../../../model/resource.ts";
import { shown } from "../../companions.ts";
import { resourceRule } from "../../rule.ts";

export const actionsRestricted = resourceRule({
  name: "actions-restricted",
  level: "advisory",
  why: "A taken-over action of any author runs in the repository's workflows, with their token and secrets.",
  fix: 'set allowedActions: "selected" with the authors in use, and pin each action to a commit',
  outside: ["GitHub Docs: Secure use reference", "OpenSSF Scorecard Pinned-Dependencies"],
  *checkResource({ type, inputs }) {
    if (type !== "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions") return;
    const allowed = inputs["allowedActions"];
    if (inputs["enabled"] === false || allowed === "selected" || allowed === "local_only") return;
    yield `allowedActions is ${shown(allowed, isUnknown(allowed))}`;
  },
});
