import assert from "node:assert/strict";
import {
  BOOT_ID_FILE,
  DEAD_MAN_STEP,
  INSTANCE_ID_FILE,
  look,
  SHUTDOWNS,
  UPTIME_FILE,
  WATCH_FILE,
  type DeadManCalls,
  type LookLimits,
} from "../../../runtime/host/dead-man-look.ts";
import { parseStatus, renderStatus } from "../../../runtime/host/report.ts";
import { GUARDED_CONFIG } from "../support/host-config.ts";
import { standInHost, type StandInHost } from "../support/stand-in-host.ts";

const PARAMETER = GUARDED_CONFIG.statusParameter;
const OWN = "i-0aaaaaaaaaaaaaaa1";
/** In place of an answer: none, ever. */
const NEVER = Symbol("never");

/** Calls that never answer are given up at once. */
const LIMITS: LookLimits = { read: 20, end: 20, shutDown: 20 };

const READY = {
  state: "ready",
  step: "ready",
  reason: null,
  instanceId: OWN,
  launchedAt: "2026-03-01T07:59:30.000Z",
  incarnation: `${OWN}.x`,
  data: "root volume",
  at: "2026-03-01T08:00:00.000Z",
} as const;

/** A host with a heartbeat that the test sets, and what was done to its slot. */
class Bench implements DeadManCalls {
  readonly host: StandInHost = standInHost();
  /** Text of the heartbeat; an error rejects. */
  beat: string | undefined | Error | typeof NEVER = "1";
  end: Error | typeof NEVER | undefined;
  ended = 0;
  /** Commands that ran once the slot was ended. */
  readonly order: string[] = [];

  constructor() {
    this.host.files.set(BOOT_ID_FILE, "boot-1\n");
    this.host.files.set(INSTANCE_ID_FILE, `${OWN}\n`);
    this.host.parameters.set(PARAMETER, renderStatus(READY));
    this.up(1);
  }

  up(minutes: number): void {
    this.host.files.set(UPTIME_FILE, `${(minutes * 60).toFixed(2)} 100.00\n`);
  }

  heartbeat(): Promise<string | undefined> {
    if (this.beat === NEVER) return new Promise(() => undefined);
    return this.beat instanceof Error ? Promise.reject(this.beat) : Promise.resolve(this.beat);
  }

  endSlot(): Promise<void> {
    this.ended += 1;
    this.order.push("end");
    if (this.end === NEVER) return new Promise(() => undefined);
    return this.end === undefined ? Promise.resolve() : Promise.reject(this.end);
  }

  async look(): Promise<string> {
    return (await look(this.host, this, GUARDED_CONFIG, LIMITS)).verdict;
  }

  /** A healthy guard, seen at minute 6; from then on nothing new. */
  async seen(): Promise<void> {
    await this.look();
    this.up(6);
    this.beat = "2";
    await this.look();
  }

  get shutDown(): boolean {
    return this.host.commands.includes("systemctl poweroff --force");
  }
}

describe("look of the dead man's switch", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench();
    await bench.seen();
  });

  it("does nothing while the guard lives", async () => {
    for (let minute = 7; minute < 600; minute += 5) {
      bench.up(minute);
      bench.beat = String(minute);
      assert.equal(await bench.look(), "alive");
    }
    assert.deepEqual([bench.ended, bench.host.commands, bench.host.written], [0, [], []]);
  });

  it("sets the slot to 0, says why in the status, then shuts down, once the guard is silent (FM-15)", async () => {
    bench.up(35.9);
    assert.equal(await bench.look(), "alive");
    bench.up(36);
    assert.equal(await bench.look(), "silent");
    assert.equal(bench.ended, 1);
    assert.deepEqual(bench.host.commands, ["systemctl poweroff --force"]);
    const status = parseStatus(bench.host.parameters.get(PARAMETER));
    assert.deepEqual(
      [status?.state, status?.step, status?.instanceId, status?.incarnation],
      ["failed", DEAD_MAN_STEP, OWN, READY.incarnation],
    );
    assert.match(status?.reason ?? "", /^no sign of life of the money guard for 30 minutes/);
  });

  for (const [title, beat] of [
    ["is refused", new Error("not authorized to perform: dynamodb:GetItem")],
    ["never answers", NEVER],
    ["finds none", undefined],
  ] as const) {
    it(`takes a read that ${title} for silence, and a shorter partition for none (FM-15)`, async () => {
      bench.beat = beat;
      bench.up(30);
      assert.equal(await bench.look(), "alive");
      bench.beat = "3";
      bench.up(35);
      assert.equal(await bench.look(), "alive");
      bench.beat = beat;
      bench.up(64.9);
      assert.equal(await bench.look(), "alive");
      assert.equal(bench.ended, 0);
      bench.up(65);
      assert.equal(await bench.look(), "silent");
      assert.deepEqual([bench.ended, bench.shutDown], [1, true]);
    });
  }

  for (const [title, end] of [
    ["is refused", new Error("ValidationError: no such group")],
    ["never answers", NEVER],
  ] as const) {
    it(`shuts down even where the call that sets the slot to 0 ${title} (FM-15)`, async () => {
      bench.end = end;
      bench.up(40);
      assert.equal(await bench.look(), "silent");
      assert.deepEqual([bench.ended, bench.shutDown], [1, true]);
      assert.match(bench.host.logged.join("\n"), /could not set the slot to 0: /);
    });
  }

  it("shuts down even where the status cannot be written or its service never answers (FM-15)", async () => {
    bench.host.getParameter = () => new Promise(() => undefined);
    bench.up(40);
    assert.equal(await bench.look(), "silent");
    assert.deepEqual([bench.ended, bench.shutDown], [1, true]);
  });

  it("ends the slot before the machine: the group would replace it otherwise", async () => {
    const run = bench.host.run.bind(bench.host);
    bench.host.run = (command, args) => {
      bench.order.push([command, ...args].join(" "));
      return run(command, args);
    };
    bench.up(40);
    await bench.look();
    assert.deepEqual(bench.order, ["end", "systemctl poweroff --force"]);
  });

  it("goes on to harder ways of shutting down, and says so where none is accepted", async () => {
    const lines = SHUTDOWNS.map((words) => words.join(" "));
    bench.host.overrides.set(lines[0] ?? "", { code: 1, stderr: "Failed to connect to bus" });
    // The stand-in answers so to every command that begins with these words.
    bench.up(40);
    await assert.rejects(bench.look(), /cannot be shut down; it is tried again/);
    assert.deepEqual(bench.host.commands, lines);

    const hanging = new Bench();
    await hanging.seen();
    const run = hanging.host.run.bind(hanging.host);
    hanging.host.run = (command, args) =>
      command === "systemctl"
        ? (hanging.order.push("hangs"), new Promise(() => undefined))
        : (hanging.order.push(command), run("systemctl", args));
    hanging.up(40);
    assert.equal(await hanging.look(), "silent");
    assert.deepEqual(hanging.order, ["end", "hangs", "hangs", "sh"]);
  });

  it("leaves the status of another host alone: the slot is its own by then", async () => {
    const other = renderStatus({ ...READY, instanceId: "i-0bbbbbbbbbbbbbbb2" });
    bench.host.parameters.set(PARAMETER, other);
    bench.up(40);
    await bench.look();
    assert.equal(bench.host.parameters.get(PARAMETER), other);
    assert.ok(bench.shutDown);
  });

  it("never asks the wall clock: set forward and back by years, nothing changes (FM-15)", async () => {
    const dates = ["1970-01-01T00:00:00Z", "2038-01-19T03:14:07Z", "2026-11-21T12:00:00Z"];
    for (const [index, date] of dates.entries()) {
      bench.host.now = () => new Date(date);
      bench.up(10 + index * 5);
      bench.beat = `beat ${String(index)}`;
      assert.equal(await bench.look(), "alive");
    }
    bench.up(49.9);
    assert.equal(await bench.look(), "alive");
    bench.up(50);
    assert.equal(await bench.look(), "silent");
  });

  it("remembers over restarts of the program, not of the machine (FM-15)", async () => {
    const watch = bench.host.files.get(WATCH_FILE) ?? "";
    assert.deepEqual(JSON.parse(watch), { bootId: "boot-1", value: "2", changedAt: 360_000 });

    bench.host.files.set(BOOT_ID_FILE, "boot-2\n");
    bench.up(1);
    assert.equal(await bench.look(), "alive");
    bench.up(30);
    assert.equal(await bench.look(), "silent", "the heartbeat has not changed since the boot");
  });

  for (const [title, text] of [
    ["half written", '{"bootId":"boot-1","val'],
    ["of another program", '{"bootId":1}'],
    ["missing", undefined],
  ] as const) {
    it(`counts from the boot where its watch is ${title}: who lost its memory errs towards stopping`, async () => {
      if (text === undefined) bench.host.files.delete(WATCH_FILE);
      else bench.host.files.set(WATCH_FILE, text);
      bench.beat = "3";
      bench.up(29);
      assert.equal(await bench.look(), "alive");
      bench.host.files.delete(WATCH_FILE);
      bench.up(31);
      assert.equal(await bench.look(), "silent");
    });
  }

  it("takes a change that it cannot keep for none: it would be news at every look (FM-15)", async () => {
    bench.host.writeText = () => Promise.reject(new Error("ENOSPC: no space left on device"));
    bench.up(35);
    bench.beat = "3";
    assert.equal(await bench.look(), "alive");
    bench.up(36);
    assert.equal(await bench.look(), "silent");
    assert.deepEqual([bench.ended, bench.shutDown], [1, true]);
  });

  it("judges without its watch where that cannot be read, as a directory or on a bad disk (FM-15)", async () => {
    const read = bench.host.readText.bind(bench.host);
    for (const code of ["EISDIR", "EIO"]) {
      bench.host.readText = (path) =>
        path === WATCH_FILE ? Promise.reject(new Error(`${code}: cannot read`)) : read(path);
      bench.beat = new Error("AccessDenied");
      bench.up(29);
      assert.equal(await bench.look(), "alive");
      bench.up(31);
      assert.equal(await bench.look(), "silent");
    }
    assert.deepEqual([bench.ended, bench.shutDown], [2, true]);
    assert.match(bench.host.logged.join("\n"), /could not read .*dead-man\.json: EISDIR/);
  });

  it("fails, rather than guess, where the kernel does not tell the time since boot", async () => {
    bench.host.files.delete(UPTIME_FILE);
    await assert.rejects(bench.look(), /\/proc\/uptime does not say how long/);
  });
});
