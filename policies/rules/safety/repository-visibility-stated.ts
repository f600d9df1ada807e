import { resourceRule } from "../../rule.ts";

export const repositoryVisibilityStated = resourceRule({
  name: "repository-visibility-stated",
  level: "advisory",
  why: "The provider makes a repository public where nothing is said: its whole history is copied within hours and cannot be called back.",
  fix: "set visibility",
  outside: ["CKV_GIT_1"],
  *checkResource({ type, inputs }) {
    if (type !== "github:index/repository:Repository") return;
    if (inputs["visibility"] === undefined && inputs["private"] === undefined)
      yield "the repository is public by default";
  },
});
