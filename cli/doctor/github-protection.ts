import type {
  BranchSettings,
  GovernanceSettings,
  RepositorySettings,
} from "../../infra/settings/governance.ts";
import { branchRules, verificationOf } from "../../model/verified-checks.ts";
import type { GitHub } from "../github-client.ts";
import type { Check, Finding } from "./check.ts";
import type { GitHubAccount } from "./github-account.ts";

/** Protected patterns that the stack made or adopted at an earlier `up`, as `REPOSITORY PATTERN`. */
export type Deployed = ReadonlySet<string>;

/** For each repository with protected branches: what is protected already, and whether the required checks were verified. */
export function protectionChecks(
  { owner, repositories }: GovernanceSettings,
  account: GitHubAccount,
  { stack, deployed }: { readonly stack: string; readonly deployed: () => Promise<Deployed | undefined> },
): readonly Check[] {
  return Object.entries(repositories).flatMap(([name, settings]) => {
    if (Object.keys(settings.branches).length === 0) return [];
    const classic = Object.entries(settings.branches).filter(([, { kind }]) => kind === "protection");
    return [
      ...(classic.length === 0 ? [] : [existingCheck(owner, name, classic, account, deployed)]),
      ...(Object.values(settings.branches).some(({ checks }) => checks.length > 0)
        ? [verifiedCheck(name, settings, stack)]
        : []),
    ];
  });
}

function existingCheck(
  owner: string,
  name: string,
  branches: readonly (readonly [pattern: string, BranchSettings])[],
  account: GitHubAccount,
  deployed: () => Promise<Deployed | undefined>,
): Check {
  return {
    id: `github.protection.${name}`,
    title: `Protection of ${name}`,
    side: "github",
    rights: "`repo`, as an administrator of the repository",
    async look() {
      const client = await account.ready();
      const { node_id: id } = await account.existing(owner, name);
      const [patterns, made] = await Promise.all([protectedPatterns(client, id), deployed()]);
      const states = branches.map(([pattern, { existing }]) => ({
        pattern,
        existing: existing !== false,
        isProtected: patterns.includes(pattern),
        ours: made?.has(`${name} ${pattern}`),
      }));
      return protectionFinding(states);
    },
  };
}

interface RulesPage {
  readonly node: {
    readonly branchProtectionRules?: {
      readonly nodes: readonly { readonly pattern: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  } | null;
}

/** Rather than REST, which knows branches only: a pattern such as release/* protects branches that are not there yet. */
const RULES = `query($id: ID!, $first: Int!, $cursor: String) {
  node(id: $id) { ... on Repository {
    branchProtectionRules(first: $first, after: $cursor) { nodes { id, pattern }, pageInfo { endCursor, hasNextPage } }
  } }
}`;

async function protectedPatterns(client: GitHub, id: string): Promise<readonly string[]> {
  const patterns: string[] = [];
  let cursor: string | null = null;
  do {
    const page: RulesPage = await client.graphql<RulesPage>(RULES, { id, first: 100, cursor });
    const rules = page.node?.branchProtectionRules;
    patterns.push(...(rules?.nodes ?? []).map(({ pattern }) => pattern));
    cursor = rules?.pageInfo.hasNextPage === true ? rules.pageInfo.endCursor : null;
  } while (cursor !== null);
  return patterns;
}

export interface PatternState {
  readonly pattern: string;
  /** The stack file says that GitHub has this protection already. */
  readonly existing: boolean;
  readonly isProtected: boolean;
  /** This stack made it; undefined where its state cannot be read. */
  readonly ours: boolean | undefined;
}

export function protectionFinding(states: readonly PatternState[]): Finding {
  const names = (chosen: readonly PatternState[]): string => chosen.map(({ pattern }) => pattern).join(", ");
  const foreign = states.filter(
    ({ existing, isProtected, ours }) => isProtected && !existing && ours === false,
  );
  const doubtful = states.filter(
    ({ existing, isProtected, ours }) => isProtected && !existing && ours === undefined,
  );
  const absent = states.filter(({ existing, isProtected }) => existing && !isProtected);
  if (foreign.length > 0 || absent.length > 0)
    return {
      status: "failed",
      found: [
        ...(foreign.length === 0
          ? []
          : [`${names(foreign)} is protected already: \`up\` would fail ("Name already protected")`]),
        ...(absent.length === 0
          ? []
          : [
              `${names(absent)} is not protected, though existing: true says so: \`up\` finds nothing to adopt`,
            ]),
      ].join("; "),
      fix: [
        ...(foreign.length === 0 ? [] : [`Set existing: true for ${names(foreign)}.`]),
        ...(absent.length === 0 ? [] : [`Take existing: true away from ${names(absent)}.`]),
      ].join(" "),
    };
  if (doubtful.length > 0)
    return {
      status: "warning",
      found: `${names(doubtful)} is protected already; whether by this stack cannot be told without its state`,
      fix: "Where this stack has never been deployed, set existing: true.",
    };
  const made = states.filter(({ isProtected }) => !isProtected);
  return {
    status: "ok",
    found: [
      ...(made.length === 0 ? [] : [`\`up\` protects ${names(made)}`]),
      ...(made.length === states.length
        ? []
        : [`protected: ${names(states.filter(({ isProtected }) => isProtected))}`]),
    ].join("; "),
  };
}

function verifiedCheck(name: string, settings: RepositorySettings, stack: string): Check {
  return {
    id: `github.required-checks.${name}`,
    title: `Required checks of ${name}`,
    side: "machine",
    rights: "nothing",
    look: () => Promise.resolve(verifiedFinding(settings, stack)),
  };
}

/** By what `ground checks --write` left in the stack file; that command, not this one, reads the workflows. */
export function verifiedFinding(
  { branches, checks, details }: Pick<RepositorySettings, "branches" | "checks" | "details">,
  stack: string,
): Finding {
  const required = new Set(Object.values(branches).flatMap((branch) => branch.checks));
  const states = Object.entries(branches).flatMap(([pattern, { checks: names, mergeQueue }]) => {
    const ofWorkflows = names.filter((name) => !Object.hasOwn(checks.fromApps, name));
    const rules = branchRules(pattern, mergeQueue, details.defaultBranch);
    return ofWorkflows.length === 0
      ? []
      : [{ pattern, ...verificationOf(ofWorkflows, rules, checks.reported?.[pattern]) }];
  });
  const missing = states.flatMap((one) =>
    one.state === "verified" && one.missing.length > 0 ? [{ ...one, missing: one.missing }] : [],
  );
  if (missing.length > 0)
    return {
      status: "failed",
      found: `no workflow was seen to report ${missing.map((one) => `${one.missing.join(", ")} on ${one.pattern}`).join("; ")}: the branch would be locked`,
      fix: `Put the names that \`ground checks --stack ${stack}\` prints under ${missing.map(({ pattern }) => `branches.${pattern}.checks`).join(" and ")}, then run it again with --write.`,
    };
  const open = states.flatMap((one) => {
    if (one.state === "verified") return [];
    return one.state === "never"
      ? [`those of ${one.pattern} not compared with the workflows yet`]
      : [`those of ${one.pattern} verified ${one.change}`];
  });
  if (open.length === 0) return { status: "ok", found: `all ${String(required.size)} are reported` };
  return {
    status: "warning",
    found: `${String(required.size)} required, ${open.join("; ")}`,
    fix: `Run: ground checks --write --stack ${stack}.`,
  };
}
