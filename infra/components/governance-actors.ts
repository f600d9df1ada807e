import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { ActorReference } from "../settings/governance-actors.ts";

type Kind = ActorReference["kind"];

/** The users and teams that settings name, as GitHub knows them. */
export interface Actors {
  /** Settled once all were looked up; fails where one was not found. */
  readonly found: pulumi.Output<unknown>;
  /** GitHub's number of a user by login, or of a team by slug. */
  readonly numberOf: (kind: Kind, name: string) => pulumi.Output<number>;
}

/**
 * Looks up every user and team at once. GitHub would refuse an unknown one only when it comes to it, with half
 * of a repository changed.
 *
 * Plain provider functions, not those that give outputs: an output's failure ends the program with the first of
 * them, and the others would be told one `up` at a time.
 *
 * @throws pulumi.RunError, through the outputs, naming all that were not found.
 */
export function findActors(
  owner: string,
  references: readonly ActorReference[],
  options: pulumi.InvokeOptions,
): Actors {
  const wanted = new Map(references.map((reference) => [keyOf(reference.kind, reference.name), reference]));
  const lookedUp = lookUpAll(owner, wanted, options);
  const ids = pulumi.output(lookedUp);
  return {
    found: pulumi.output(lookedUp.then(() => true)),
    numberOf: (kind, name) =>
      ids.apply((all) => {
        const id = all[keyOf(kind, name)];
        if (id === undefined) throw new RangeError(`the ${kind} ${name} was not looked up`);
        return Number(id);
      }),
  };
}

async function lookUpAll(
  owner: string,
  wanted: ReadonlyMap<string, ActorReference>,
  options: pulumi.InvokeOptions,
): Promise<Record<string, string>> {
  const problems: string[] = [];
  const ids: Record<string, string> = {};
  const lookUps = [...wanted].map(async ([key, reference]) => {
    try {
      ids[key] = (await lookUp(reference, options)).id;
    } catch (error) {
      problems.push(`  ${reference.path} = ${reference.name}: ${reasonOf(owner, reference, error)}`);
    }
  });
  await Promise.all(lookUps);
  if (problems.length === 0) return ids;
  throw new pulumi.RunError(
    ["GitHub does not know everybody whom the settings name:", ...problems.sort()].join("\n"),
  );
}

function lookUp({ kind, name }: ActorReference, options: pulumi.InvokeOptions): Promise<{ id: string }> {
  return kind === "user"
    ? github.getUser({ username: name }, options)
    : // Without its members and repositories, which nobody asks for here.
      github.getTeam({ slug: name, summaryOnly: true }, options);
}

function reasonOf(owner: string, { kind }: ActorReference, failure: unknown): string {
  const message = failure instanceof Error ? failure.message : String(failure);
  if (!message.includes("404")) return message;
  return kind === "user"
    ? "is nobody's login"
    : `is no team of ${owner}, or the token lacks the scope read:org to see it`;
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}
