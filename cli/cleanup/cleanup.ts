import { isRefusal } from "../aws-errors.ts";
import type { Ec2 } from "./aws.ts";
import { judge, KINDS, renderNote, type Found, type Rules, type Verdict } from "./orphan.ts";

/** What was, or without `yes` would be, done with one resource. */
export interface Outcome {
  readonly kind: Found["kind"];
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** `would-…`: a dry run. `gone`: somebody else was faster. `failed`: it could not be done. */
  readonly result: "deleted" | "would-delete" | "marked" | "would-mark" | "kept" | "gone" | "failed";
  readonly detail: string;
  /** US dollars a month it costs as long as it stays; null where the catalogue has no price. */
  readonly usdPerMonth: number | null;
}

export interface CleanupOptions extends Rules {
  readonly environment: string;
  /** Without it nothing is changed. */
  readonly yes: boolean;
}

/**
 * Looks for orphans of an environment and deletes those that are old enough, one by one; one that cannot be deleted
 * holds up no other. What is in use is in no outcome.
 *
 * @throws what AWS answers where the looks themselves are refused or fail: then nothing was changed.
 */
export async function cleanUp(ec2: Ec2, options: CleanupOptions): Promise<readonly Outcome[]> {
  const found = (await Promise.all(KINDS.map((kind) => ec2.find(kind, options.environment)))).flat();
  const outcomes: Outcome[] = [];
  for (const resource of found) {
    const outcome = await settle(ec2, resource, options);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}

async function settle(ec2: Ec2, found: Found, options: CleanupOptions): Promise<Outcome | undefined> {
  const verdict = judge(found, options);
  if (!options.yes) return planned(found, verdict);
  try {
    return await act(ec2, found, verdict, options);
  } catch (error) {
    return outcomeOf(found, ...failure(error));
  }
}

function planned(found: Found, verdict: Verdict): Outcome | undefined {
  switch (verdict.action) {
    case "delete":
      return outcomeOf(found, "would-delete", "old enough");
    case "mark":
      return outcomeOf(
        found,
        "would-mark",
        `${verdict.reason}: --yes notes the time, and a later --yes deletes it`,
      );
    case "wait":
    case "keep":
      return found.inUse ? undefined : outcomeOf(found, "kept", verdict.reason);
    case "unmark":
      return undefined;
  }
}

async function act(
  ec2: Ec2,
  found: Found,
  verdict: Verdict,
  options: CleanupOptions,
): Promise<Outcome | undefined> {
  switch (verdict.action) {
    case "delete":
      return remove(ec2, found, options);
    case "mark":
      await ec2.mark(found.id, renderNote(verdict.note));
      return outcomeOf(found, "marked", verdict.reason);
    case "wait":
      await ec2.mark(found.id, renderNote(verdict.note));
      return outcomeOf(found, "kept", verdict.reason);
    case "unmark":
      await ec2.unmark(found.id);
      return undefined;
    case "keep":
      return found.inUse ? undefined : outcomeOf(found, "kept", verdict.reason);
  }
}

/** Looks again right before: between the list and now somebody may have taken it into use, or deleted it. */
async function remove(ec2: Ec2, found: Found, options: CleanupOptions): Promise<Outcome> {
  const [now] = await ec2.find(found.kind, options.environment, found.id);
  if (now === undefined) return outcomeOf(found, "gone", "already gone");
  const verdict = judge(now, options);
  if (verdict.action !== "delete") return outcomeOf(found, "kept", `${verdict.reason} by now`);
  await ec2.delete(found.kind, found.id);
  return outcomeOf(found, "deleted", "");
}

/** Source: Amazon EC2 API Reference, "Error codes". */
const GONE = ["InvalidVolume.NotFound", "InvalidAllocationID.NotFound", "InvalidNetworkInterfaceID.NotFound"];
const IN_USE = ["VolumeInUse", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse"];

function failure(error: unknown): [result: Outcome["result"], detail: string] {
  const name = error instanceof Error ? error.name : "";
  if (GONE.includes(name)) return ["gone", "already gone"];
  if (IN_USE.includes(name)) return ["kept", "in use by now"];
  const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  return ["failed", isRefusal(error) ? `not allowed (docs/rights.md): ${message}` : `${name}: ${message}`];
}

function outcomeOf(found: Found, result: Outcome["result"], detail: string): Outcome {
  const { kind, id, tags, about, usdPerMonth = null } = found;
  return { kind, id, name: tags["Name"] ?? "", about, result, detail, usdPerMonth };
}
