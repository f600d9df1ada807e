import { resourceRule } from "../../rule.ts";

export const workflowTokenBounded = resourceRule({
  name: "workflow-token-bounded",
  level: "advisory",
  why: "A workflow that can write everywhere and approve pull requests can merge its own change past the review.",
  fix: 'set defaultWorkflowPermissions: "read" and canApprovePullRequestReviews: false; a job asks for what it needs',
  outside: ["OpenSSF Scorecard Token-Permissions", "GitHub Docs: Secure use reference"],
  *checkResource({ type, inputs }) {
    if (type !== "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions") return;
    // Without a word the repository keeps what its owner set, which neither plan nor state shows.
    if (inputs["defaultWorkflowPermissions"] !== "read") yield "workflows get a token that can write";
    if (inputs["canApprovePullRequestReviews"] !== false) yield "workflows may approve pull requests";
  },
});
