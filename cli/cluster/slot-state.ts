import type { ObservedGroup, ObservedInstance } from "../../runtime/guard/observations.ts";
import { isAlive } from "../../runtime/guard/billable.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import type { SlotStatus } from "../../runtime/host/report.ts";
import { lastInterruption, launchFailure, type Activity, type Failing } from "./activity.ts";
import { shownDuration } from "./duration.ts";

/**
 * How a slot stands.
 * - `at rest`: nothing wanted, nothing there; `latched`: the same, and it may not start.
 * - `requested`: wanted, and its group has not said yet how the launch goes; `no host`: its last launch failed.
 * - `starting`, `booting`, `ready`: a host is there, and how far it is by its own word.
 * - `failed`: the host says that a step of its boot failed.
 * - `silent`: the host runs for longer than a boot takes and was never ready.
 * - `stopping`: nothing wanted any more, and a host is still there.
 * - `blocked`: wanted, but its group may launch nothing.
 * - `missing`: there is no group.
 */
export const SLOT_STATES = [
  "ready",
  "booting",
  "starting",
  "requested",
  "no host",
  "failed",
  "silent",
  "blocked",
  "missing",
  "stopping",
  "latched",
  "at rest",
] as const;
export type SlotState = (typeof SLOT_STATES)[number];

/** What was seen of one slot. */
export interface SlotEvidence {
  readonly slot: string;
  /** Name of its group. */
  readonly groupName: string;
  readonly group: ObservedGroup | undefined;
  /** Instances of the group in any state. */
  readonly hosts: readonly ObservedInstance[];
  /** What its host last said of itself. */
  readonly status: SlotStatus | undefined;
  readonly activities: readonly Activity[];
  /** Activities before say nothing of what is wanted now. */
  readonly since: number;
  readonly now: number;
}

export interface SlotView {
  readonly slot: string;
  readonly state: SlotState;
  /** The one that serves the slot, or is about to leave it. */
  readonly host?: ObservedInstance;
  /** Failing step, reason or progress; empty where there is nothing to say. */
  readonly detail: string;
  /** Why there is no host. */
  readonly failing?: Failing;
}

/** From launch to ready; twice what a boot takes that installs packages and makes an array. */
export const LONGEST_BOOT_MS = 15 * MINUTE;

/** Pure: the same evidence gives the same state, whoever asks. */
export function viewOf(evidence: SlotEvidence): SlotView {
  const { slot, group, hosts } = evidence;
  const host = servingHost(hosts);
  if (group === undefined)
    return { slot, state: "missing", ...withHost(host), detail: "its group does not exist: run `pulumi up`" };
  if (host === undefined) return withoutHost(evidence, group);
  if (group.desired === 0 || !isAlive(host.state))
    return { slot, state: "stopping", host, detail: `${host.id} is ${host.state}` };
  return withLiveHost(evidence, host);
}

/** States in which nothing more will happen by itself. */
export function isFinal(state: SlotState): boolean {
  return state === "failed" || state === "missing" || state === "blocked";
}

/** States of a slot that somebody wants and that will not serve unless somebody does something. */
export function isTrouble(state: SlotState): boolean {
  return isFinal(state) || state === "no host" || state === "silent";
}

/** Of the hosts that still cost money the one launched last: at a replacement both may be seen. */
export function servingHost(hosts: readonly ObservedInstance[]): ObservedInstance | undefined {
  const present = hosts.filter(({ state }) => state !== "terminated" && state !== "stopped");
  const alive = present.filter(({ state }) => isAlive(state));
  return (alive.length > 0 ? alive : present).toSorted((a, b) => b.launchedAt - a.launchedAt)[0];
}

function withHost(host: ObservedInstance | undefined): Pick<SlotView, "host"> {
  return host === undefined ? {} : { host };
}

function withoutHost(evidence: SlotEvidence, { desired, suspended }: ObservedGroup): SlotView {
  const { slot, groupName, activities, since, now } = evidence;
  const mayLaunch = !suspended.includes("Launch");
  if (desired === 0)
    return mayLaunch
      ? { slot, state: "at rest", detail: "" }
      : { slot, state: "latched", detail: `suspended: ${suspended.join(", ")}` };
  if (!mayLaunch) return { slot, state: "blocked", detail: "wanted, but Launch of its group is suspended" };
  const failure = launchFailure(activities, groupName, since);
  if (failure !== undefined)
    return {
      slot,
      state: "no host",
      failing: failure.kind,
      detail: `${failure.text}; last tried ${shownDuration(now - failure.at)} ago`,
    };
  const lost = lastInterruption(activities, groupName);
  const why = lost === undefined ? "" : `, its host was lost ${shownDuration(now - lost.at)} ago`;
  return { slot, state: "requested", detail: `AWS was asked for a host${why}` };
}

function withLiveHost({ slot, status, now }: SlotEvidence, host: ObservedInstance): SlotView {
  const age = now - host.launchedAt;
  // A status of another instance is of an earlier life of the slot.
  const said = status?.instanceId === host.id ? status : undefined;
  if (said?.state === "ready") return { slot, state: "ready", host, detail: "" };
  if (said?.state === "failed")
    return { slot, state: "failed", host, detail: `step ${said.step}: ${said.reason ?? "no reason given"}` };
  const progress = said === undefined ? "has not said anything yet" : `at step ${said.step}`;
  if (age > LONGEST_BOOT_MS)
    return { slot, state: "silent", host, detail: `not ready after ${shownDuration(age)}: ${progress}` };
  if (said === undefined)
    return { slot, state: host.state === "pending" ? "starting" : "booting", host, detail: progress };
  return { slot, state: "booting", host, detail: progress };
}
