import { TAGS } from "../../model/tags.ts";
import { slotsByGroup, type GuardConfig } from "./config.ts";
import type { ObservedInstance } from "./observations.ts";

/**
 * Whose an instance is.
 * - `persistent`: on the allow-list; never stopped.
 * - `slot`: held by one of the stack's groups.
 * - `tagged`: carries the environment's tags without being in a group of it.
 * - `stray`: in the stack's network, under its profile or named for its environment, without all of its tags:
 *   counted, reported, not stopped, since the guard's rights end at the tags.
 * - `foreign`: says that it belongs to another environment, whose own guard counts it, and nothing of the stack's
 *   tells otherwise: a tag may be wrong or misspelt.
 * - `unknown`: nothing ties it to the stack.
 */
export type Kind = "persistent" | "slot" | "tagged" | "stray" | "foreign" | "unknown";

export interface Claim {
  readonly kind: Kind;
  /** What told. */
  readonly by: "id" | "tag" | "group" | "profile" | "vpc" | "nothing";
  readonly role: string;
  readonly owner: string;
  readonly slot?: string;
}

export type Classifier = (instance: Evidence) => Claim;
type Evidence = Pick<ObservedInstance, "id" | "tags" | "group" | "profile" | "vpc">;

const PROJECT = "proving-ground";

const classifiers = new WeakMap<GuardConfig, Classifier>();

/** Looks, in this order, at the allow-list, the group, the tags, the profile and the VPC. */
export function classifier(config: GuardConfig): Classifier {
  const known = classifiers.get(config) ?? makeClassifier(config);
  classifiers.set(config, known);
  return known;
}

function makeClassifier(config: GuardConfig): Classifier {
  const slots = slotsByGroup(config);
  const slotsByProfile = new Map(config.slots.map((slot) => [slot.profile, slot]));
  const persistentById = new Map(
    config.persistent.flatMap((host) => host.instanceIds.map((id) => [id, host] as const)),
  );
  const persistentByProfile = new Map(config.persistent.map((host) => [host.profile, host]));
  const vpcs = new Set(config.vpcIds);

  return ({ id, tags, group, profile, vpc }) => {
    const owner = tags[TAGS.owner] ?? "unknown";
    const role = tags[TAGS.role] ?? "unknown";
    const listed = persistentById.get(id);
    if (listed !== undefined) return { kind: "persistent", by: "id", role: listed.role, owner };
    const host = profile === undefined ? undefined : persistentByProfile.get(profile);
    if (host !== undefined) return { kind: "persistent", by: "profile", role: host.role, owner };

    const { [TAGS.environment]: environment = "", [TAGS.project]: project, [TAGS.life]: life } = tags;
    const isNamed = environment === config.environment;
    // The tag of the project may be missing here: in doubt a host is not stopped. To stop one, the rights ask for it.
    if (isNamed && (project ?? PROJECT) === PROJECT && life === "persistent")
      return { kind: "persistent", by: "tag", role, owner };
    const slot = group === undefined ? undefined : slots.get(group);
    if (slot !== undefined) return { kind: "slot", by: "group", role: slot.role, owner, slot: slot.name };
    if (isNamed && project === PROJECT && life === "on-demand")
      return { kind: "tagged", by: "tag", role, owner };
    const like = profile === undefined ? undefined : slotsByProfile.get(profile);
    if (like !== undefined) return { kind: "stray", by: "profile", role: like.role, owner };
    if (isNamed) return { kind: "stray", by: "tag", role, owner };
    if (vpc !== undefined && vpcs.has(vpc)) return { kind: "stray", by: "vpc", role, owner };
    if (environment !== "") return { kind: "foreign", by: "tag", role, owner };
    return { kind: "unknown", by: "nothing", role, owner };
  };
}

/** True for what counts towards the environment's line. */
export function isCounted({ kind }: Claim, config: Pick<GuardConfig, "unknownInstances">): boolean {
  return kind !== "foreign" && (kind !== "unknown" || config.unknownInstances === "count");
}

/** True for what the guard may stop. */
export function isStoppable({ kind }: Claim): boolean {
  return kind === "slot" || kind === "tagged";
}
