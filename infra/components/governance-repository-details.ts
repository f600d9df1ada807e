import type * as github from "@pulumi/github";
import type { RepositorySettings } from "../settings/governance.ts";

/** What the settings can say of a repository, by the provider's name for it. */
function stated({ details, ...settings }: RepositorySettings): Partial<github.RepositoryArgs> {
  const security = securityOf(settings);
  return defined({
    visibility: details.visibility,
    description: details.description,
    homepageUrl: details.homepage,
    topics: details.topics,
    hasIssues: details.issues,
    hasWiki: details.wiki,
    hasProjects: details.projects,
    hasDiscussions: details.discussions,
    allowMergeCommit: details.allowMergeCommit,
    allowSquashMerge: details.allowSquashMerge,
    allowRebaseMerge: details.allowRebaseMerge,
    allowAutoMerge: details.allowAutoMerge,
    allowUpdateBranch: details.allowUpdateBranch,
    deleteBranchOnMerge: details.deleteBranchOnMerge,
    securityAndAnalysis: Object.keys(security).length === 0 ? undefined : security,
  });
}

function securityOf({
  secretScanning,
  pushProtection,
}: Pick<RepositorySettings, "secretScanning" | "pushProtection">): NonNullable<
  Extract<github.RepositoryArgs["securityAndAnalysis"], { secretScanning?: unknown }>
> {
  const status = (on: boolean | undefined) =>
    on === undefined ? undefined : { status: on ? "enabled" : "disabled" };
  return defined({
    secretScanning: status(secretScanning),
    secretScanningPushProtection: status(pushProtection),
  });
}

/** A new repository gets what GitHub itself gives one; the provider would switch these off. */
const NEW: Partial<github.RepositoryArgs> = {
  hasIssues: true,
  hasProjects: true,
  hasWiki: true,
  // A branch to protect, and to write CODEOWNERS to.
  autoInit: true,
};

export function repositoryInputs(name: string, settings: RepositorySettings): github.RepositoryArgs {
  return { name, ...(settings.create ? NEW : {}), ...stated(settings) };
}

/** Every input that may be changed later; the provider has a default of its own for most. */
const CHANGEABLE = [
  "allowAutoMerge",
  "allowForking",
  "allowMergeCommit",
  "allowRebaseMerge",
  "allowSquashMerge",
  "allowUpdateBranch",
  "archiveOnDestroy",
  "archived",
  "autoInit",
  "defaultBranch",
  "deleteBranchOnMerge",
  "description",
  "fork",
  "gitignoreTemplate",
  "hasDiscussions",
  "hasDownloads",
  "hasIssues",
  "hasProjects",
  "hasWiki",
  "homepageUrl",
  "ignoreVulnerabilityAlertsDuringRead",
  "isTemplate",
  "licenseTemplate",
  "mergeCommitMessage",
  "mergeCommitTitle",
  "pages",
  "securityAndAnalysis",
  "sourceOwner",
  "sourceRepo",
  "squashMergeCommitMessage",
  "squashMergeCommitTitle",
  "template",
  "topics",
  "vulnerabilityAlerts",
  "webCommitSignoffRequired",
] as const satisfies readonly (keyof github.RepositoryArgs)[];

/** Inputs that the settings leave to GitHub: whatever it has there is no difference. */
export function unstated(settings: RepositorySettings): string[] {
  const said = stated(settings);
  const inputs = CHANGEABLE.filter((input) => said[input] === undefined);
  if (said.securityAndAnalysis === undefined) return inputs;
  const features = securityOf(settings);
  const others = SECURITY_FEATURES.filter((feature) => !Object.hasOwn(features, feature));
  return [...inputs, ...others.map((feature) => `securityAndAnalysis.${feature}`)];
}

const SECURITY_FEATURES = [
  "advancedSecurity",
  "codeSecurity",
  "secretScanning",
  "secretScanningAiDetection",
  "secretScanningNonProviderPatterns",
  "secretScanningPushProtection",
] as const;

/** Without the fields that are undefined: to the engine they would be inputs. */
function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
