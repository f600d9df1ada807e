import type { BranchSettings, EnvironmentSettings, GovernanceSettings } from "./governance.ts";

/** A user or team that settings name, and where. */
export interface ActorReference {
  /** Path in the settings, for messages. */
  readonly path: string;
  readonly kind: "user" | "team";
  /** Login of the user, or slug of the owner's team. */
  readonly name: string;
}

/** Every user and team that GitHub has to know, in the order of the settings; one may stand there twice. */
export function actorReferences({ repositories }: GovernanceSettings): ActorReference[] {
  return Object.entries(repositories).flatMap(([repository, { branches, environments }]) => {
    const path = `governance.repositories.${repository}`;
    return [
      ...Object.entries(branches).flatMap(([pattern, branch]) =>
        branchActors(`${path}.branches.${pattern}`, branch),
      ),
      ...Object.entries(environments).flatMap(([name, environment]) =>
        reviewersOf(`${path}.environments.${name}.reviewers`, environment),
      ),
    ];
  });
}

function branchActors(path: string, branch: BranchSettings): ActorReference[] {
  return (["pushers", "bypass"] as const).flatMap((list) =>
    (branch[list] ?? []).flatMap((actor, index) => {
      const [organization, name] = actor.split("/");
      // A node id is what GitHub itself goes by: there is nothing to find.
      if (name === undefined) return [];
      const kind = organization === "" ? "user" : "team";
      return [{ path: `${path}.${list}[${String(index)}]`, kind, name } as const];
    }),
  );
}

function reviewersOf(path: string, { reviewers }: EnvironmentSettings): ActorReference[] {
  const listed = (list: "users" | "teams", kind: ActorReference["kind"]) =>
    (reviewers?.[list] ?? []).map((name, index) => ({
      path: `${path}.${list}[${String(index)}]`,
      kind,
      name,
    }));
  return [...listed("users", "user"), ...listed("teams", "team")];
}
