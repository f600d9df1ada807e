import { clockTime } from "../../runtime/guard/time.ts";
import type { ExitCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import {
  DEFAULT_WAIT_MS,
  type ExtendOptions,
  type SshOptions,
  type StartOptions,
  type StatusOptions,
  type StopOptions,
} from "./options.ts";
import { extend, extensionJson, type Extension } from "./extend.ts";
import { leaseLine } from "./leases.ts";
import { RIGHTS } from "./rights.ts";
import { SlotProgress, progressKind } from "./progress.ts";
import { priceLines, renderStatus, renderStop, slotTable } from "./render.ts";
import { inSession } from "./session.ts";
import { requirePrograms, sessionWords, terminal, type Terminal } from "./ssh.ts";
import { daysJson, priceJson, start, type StartResult } from "./start.ts";
import { isFinal, type SlotView } from "./slot-state.ts";
import { clusterStatus, slotJson, statusExitCode, statusJson } from "./status.ts";
import { stop, type StopResult } from "./stop.ts";
import { POLL_MS } from "./wind-down.ts";

const toError = (text: string): void => {
  process.stderr.write(text);
};

export function runStart(options: StartOptions): Promise<ExitCode> {
  return inSession(options, RIGHTS.start, async ({ stack, ports, prices, owner, signal }) => {
    const isJson = options.json === true;
    const kind = progressKind(isJson, process.stderr.isTTY);
    const progress = new SlotProgress(kind, options.for, toError);
    const waits = options.wait !== undefined || options.atLeast !== undefined || options.onDemand === true;
    const waitMs = typeof options.wait === "number" ? options.wait : DEFAULT_WAIT_MS;
    const request = {
      forMs: options.for,
      owner,
      onDemand: options.onDemand === true,
      dryRun: options.dryRun === true,
      signal,
      ...(options.size === undefined ? {} : { size: options.size }),
      ...(waits ? { waitMs } : {}),
      ...(options.atLeast === undefined ? {} : { atLeast: options.atLeast }),
    };
    const result = await start(ports, stack, request, prices, progress).finally(() => progress.end());
    print(isJson, startJson(result, ports.clock.now()), () => renderStart(result, ports.clock.now()));
    return startExitCode(result.outcome);
  });
}

/** A start that gave everything back is late (9) or has failed slots (4); one that only asked, or stands, is fine. */
export function startExitCode(outcome: StartResult["outcome"]): ExitCode {
  if (outcome === "timed out") return EXIT.timedOut;
  return outcome === "failed" || outcome === "interrupted" ? EXIT.resourceFailed : EXIT.ok;
}

export function renderStart({ outcome, lease, slots }: StartResult, now: number): string {
  const until = lease === null ? "" : `lease ${leaseLine(lease)}`;
  const ready = slots.filter(({ state }) => state === "ready").length;
  const all = String(slots.length);
  const said: Record<StartResult["outcome"], string> = {
    "would start": "Admitted. Nothing was changed.",
    requested: `Requested; ${until}. See how it goes: ground cluster status --watch`,
    ready: `Ready: all ${all} slots; ${until}.`,
    degraded: `DEGRADED: ${String(ready)} of ${all} slots are ready, as many as --at-least asked for; ${until}.${othersOf(slots)}`,
    failed: `Failed: ${String(ready)} of ${all} slots were ready, the others will not come. Everything was given back.`,
    "timed out": `Not ready in time: ${String(ready)} of ${all} slots were ready. Everything was given back.`,
    interrupted: `Interrupted while waiting: the slots go on starting; ${until}. To give them back: ground cluster stop`,
  };
  const table = outcome === "would start" ? "" : `${slotTable(slots, now, width())}\n\n`;
  return `${table}${said[outcome]}\n`;
}

/** What becomes of the slots that are not ready: some may still come, a failed host burns for nothing. */
function othersOf(slots: readonly SlotView[]): string {
  const missing = slots.filter(({ state }) => state !== "ready");
  const coming = missing.filter(({ state }) => !isFinal(state)).map(({ slot }) => slot);
  const lost = missing.filter(({ state }) => isFinal(state));
  const hosts = lost.flatMap(({ host }) => host ?? []);
  const [first] = hosts;
  return [
    ...(coming.length === 0 ? [] : [`Still wanted, and may come: ${coming.join(", ")}.`]),
    ...(lost.length === 0 ? [] : [`Will not come by itself: ${lost.map(({ slot }) => slot).join(", ")}.`]),
    ...(first === undefined
      ? []
      : [
          "A host that failed costs until the lease ends. To have another in its place, end it:",
          `  aws ec2 terminate-instances --region ${first.region} --instance-ids ${hosts.map(({ id }) => id).join(" ")}`,
        ]),
  ]
    .map((line) => `\n${line}`)
    .join("");
}

/** All that the text says, for scripts. */
export function startJson({ outcome, lease, price, admission, warnings, slots }: StartResult, now: number) {
  return {
    outcome,
    lease: lease === null ? null : { ...lease, expiresAt: new Date(lease.expiresAt).toISOString() },
    price: priceJson(price),
    days: daysJson(admission),
    warnings,
    slots: slots.map((slot) => slotJson(slot, now)),
  };
}

export function runStatus(options: StatusOptions): Promise<ExitCode> {
  return inSession(options, RIGHTS.status, async ({ stack, ports, prices, signal }) => {
    for (;;) {
      const status = await clusterStatus(ports, stack, prices);
      // On a terminal each look replaces the one before; in a log they follow one another.
      if (options.watch === true && process.stdout.isTTY && options.json !== true)
        process.stdout.write("\u001b[2J\u001b[H");
      // One a line, so that whoever reads them while they come knows where each ends.
      if (options.watch === true && options.json === true)
        process.stdout.write(`${JSON.stringify(statusJson(status))}\n`);
      else print(options.json === true, statusJson(status), () => renderStatus(status, width()));
      if (options.watch !== true) return statusExitCode(status);
      await ports.clock.sleep(POLL_MS);
      if (signal.aborted) return statusExitCode(status);
    }
  });
}

export function runExtend(byMs: number, options: ExtendOptions): Promise<ExitCode> {
  return inSession(options, RIGHTS.extend, async ({ stack, ports, prices, owner }) => {
    const request = {
      byMs,
      owner,
      dryRun: options.dryRun === true,
      ...(options.lease === undefined ? {} : { leaseId: options.lease }),
    };
    const extension = await extend(ports, stack, request, prices);
    print(options.json === true, extensionJson(extension), () => renderExtension(extension, byMs, owner));
    return EXIT.ok;
  });
}

export function renderExtension(
  { lease, until, price, admission, changed }: Extension,
  byMs: number,
  owner: string,
): string {
  const sums = priceLines(
    price,
    admission,
    byMs,
    price.bySlot.size,
    "with all that the lease has left till then",
  );
  const whose = lease.owner === owner ? "" : ` It is ${lease.owner}'s, not yours.`;
  return `${sums}\nLease ${lease.id} ${changed ? "runs" : "would run"} until ${clockTime(until)}.${changed ? "" : " Nothing was changed."}${whose}\n`;
}

export function runStop(options: StopOptions): Promise<ExitCode> {
  return inSession(options, RIGHTS.stop, async ({ stack, ports, owner, signal }) => {
    let last = "";
    const result = await stop(
      ports,
      stack,
      { owner, everybody: options.all === true, dryRun: options.dryRun === true, signal },
      (remaining) => {
        const text = remaining.length === 0 ? "" : `waiting for ${remaining.join(", ")} to end\n`;
        if (options.json !== true && text !== last) toError(text);
        last = text;
      },
    );
    print(options.json === true, stopJson(result), () => renderStop(result));
    return stopExitCode(result.outcome);
  });
}

export function stopExitCode(outcome: StopResult["outcome"]): ExitCode {
  if (outcome === "timed out") return EXIT.timedOut;
  return outcome === "failed" || outcome === "interrupted" ? EXIT.resourceFailed : EXIT.ok;
}

function stopJson({ outcome, plan, up, wound }: StopResult): unknown {
  return {
    outcome,
    stopped: up,
    leases: plan.end.map(({ id }) => id),
    kept: plan.keep.map(({ slot, lease }) => ({ slot, lease: lease.id })),
    remaining: wound?.remaining ?? [],
    failures: wound?.failures ?? [],
  };
}

export function runSsh(slot: string, options: SshOptions, shell: Terminal = terminal): Promise<number> {
  return inSession(options, RIGHTS.ssh, async ({ stack, ports }) => {
    const [program, ...words] = await sessionWords(ports, stack, slot);
    const command = [program, ...words].join(" ");
    if (options.print === true) {
      process.stdout.write(`${command}\n`);
      return EXIT.ok;
    }
    await requirePrograms(shell.run, command);
    toError(`${command}\n`);
    return shell.attach(program, words);
  });
}

function print(isJson: boolean, json: unknown, text: () => string): void {
  process.stdout.write(isJson ? `${JSON.stringify(json, undefined, 2)}\n` : text());
}

function width(): number {
  return process.stdout.columns > 0 ? process.stdout.columns : 120;
}
