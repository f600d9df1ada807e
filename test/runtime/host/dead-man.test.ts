import fc from "fast-check";
import assert from "node:assert/strict";
import { DEAD_MAN_CHECK_MS } from "../../../model/guard.ts";
import { LOOK_LIMITS, SHUTDOWNS } from "../../../runtime/host/dead-man-look.ts";
import { LOOK_LIMIT_SECONDS, LOOK_SECONDS } from "../../../runtime/host/dead-man-units.ts";
import { judge, type Judgement, type Watch } from "../../../runtime/host/dead-man.ts";

const MINUTE = 60_000;
const LIMIT = 30 * MINUTE;
const INTERVAL = 5 * MINUTE;
const LOOK = LOOK_SECONDS * 1000;

/** A look at some minute of a boot. */
function at(minute: number, value: string | undefined, before?: Watch, bootId = "boot-1"): Judgement {
  return judge(before, value, { bootId, uptime: minute * MINUTE }, LIMIT);
}

describe("dead man's switch", () => {
  it("takes a heartbeat that changes for life, and one that stands still for silence (FM-15)", () => {
    const first = at(1, "a");
    const second = at(4, "b", first.watch);
    assert.deepEqual([second.verdict, second.age, second.watch.changedAt], ["alive", 0, 4 * MINUTE]);
    assert.equal(at(33.99, "b", second.watch).verdict, "alive");
    assert.equal(at(34, "b", second.watch).verdict, "silent");
  });

  it("counts what it cannot read as silence, and forgets nothing by it (FM-15)", () => {
    const seen = at(4, "b", at(1, "a").watch).watch;
    const blind = at(20, undefined, seen);
    assert.deepEqual([blind.verdict, blind.watch], ["alive", seen]);
    assert.equal(at(34, undefined, blind.watch).verdict, "silent");
    assert.equal(at(33, "c", blind.watch).age, 0);
  });

  it("takes the first heartbeat of a boot for no sign of life: it may be days old", () => {
    assert.equal(at(29, "a").age, 29 * MINUTE);
    assert.equal(at(30, "a").verdict, "silent");
  });

  it("starts afresh with a restart, and where its watch is of a time to come", () => {
    const old = at(200, "b", at(199, "a").watch).watch;
    const rebooted = at(1, "c", old, "boot-2");
    assert.deepEqual([rebooted.verdict, rebooted.age], ["alive", MINUTE]);
    assert.deepEqual(rebooted.watch, { bootId: "boot-2", value: "c", changedAt: 0 });
    assert.equal(at(10, "c", { bootId: "boot-1", value: "b", changedAt: 11 * MINUTE }).age, 10 * MINUTE);
  });

  it("ends a slot within the time that the greatest loss counts on, at the worst", () => {
    const looks = LOOK + LOOK_LIMITS.read + LOOK_LIMITS.end + SHUTDOWNS.length * LOOK_LIMITS.shutDown;
    assert.ok(looks < DEAD_MAN_CHECK_MS, `${String(looks)} ms`);
    assert.ok(looks - LOOK < LOOK_LIMIT_SECONDS * 1000, "systemd would end a look before it has shut down");
    const apart: number = LOOK_SECONDS - LOOK_LIMIT_SECONDS;
    assert.ok(apart > 0, "a look that hangs would hold up the next one");
  });

  describe("over whole lives of a host", () => {
    interface Life {
      /** Stretches in which the host reads nothing, or an old value; milliseconds since boot, [from, to). */
      readonly cuts: readonly (readonly [from: number, to: number])[];
      /** When the guard beats, milliseconds since boot, ascending. */
      readonly beats: readonly number[];
      /** When the host looks, ascending. */
      readonly looks: readonly number[];
      /** Looks at which the watch is lost. */
      readonly losses?: ReadonlySet<number>;
    }

    interface End {
      /** When the switch fired. */
      readonly firedAt: number | undefined;
    }

    /** Runs the switch as the timer does: every look is a process of its own, which knows only the watch. */
    function live({ cuts, beats, looks, losses = new Set() }: Life): End {
      let watch: Watch | undefined;
      for (const [index, uptime] of looks.entries()) {
        if (losses.has(index)) watch = undefined;
        const cut = cuts.some(([from, to]) => uptime >= from && uptime < to);
        const beat = beats.findLast((when) => when <= uptime);
        const value = cut || beat === undefined ? undefined : String(beat);
        const judgement = judge(watch, value, { bootId: "boot-1", uptime }, LIMIT);
        ({ watch } = judgement);
        if (judgement.verdict === "silent") return { firedAt: uptime };
      }
      return { firedAt: undefined };
    }

    const every = (step: number, from: number, to: number): number[] =>
      Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, index) => from + index * step);
    const DAY = 1440 * MINUTE;

    it("never ends a host while the guard is healthy and no partition reaches the limit (FM-15)", () => {
      const shorter = LIMIT - INTERVAL - 2 * LOOK;
      // The first partition comes once a second beat was looked at: until then nothing is known to have changed.
      const known = 2 * INTERVAL + LOOK;
      const cut = fc.tuple(fc.integer({ min: known, max: DAY }), fc.integer({ min: 0, max: shorter }));
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: INTERVAL }),
          fc.integer({ min: 0, max: LOOK }),
          fc.array(cut, { maxLength: 8 }),
          (beatsFrom, looksFrom, drawn) => {
            // Apart from each other: between two partitions the guard is seen at least once.
            let free = 0;
            const cuts = drawn
              .toSorted(([a], [b]) => a - b)
              .flatMap(([from, length]): (readonly [number, number])[] => {
                const start = Math.max(from, free);
                free = start + length + INTERVAL + 2 * LOOK;
                return [[start, start + length]];
              });
            const beats = every(INTERVAL, beatsFrom, 2 * DAY);
            const looks = every(LOOK, looksFrom, 2 * DAY);
            assert.equal(live({ cuts, beats, looks }).firedAt, undefined);
          },
        ),
        { examples: [[240_001, 0, [[known, 1_200_001]]]] },
      );
    });

    it("ends a host within one look after the limit, once the guard is silent or cut off (FM-15)", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: DAY }),
          fc.integer({ min: 0, max: INTERVAL }),
          fc.integer({ min: 0, max: LOOK }),
          fc.boolean(),
          (silentFrom, beatsFrom, looksFrom, isPartition) => {
            const all = every(INTERVAL, beatsFrom, 2 * DAY);
            const looks = every(LOOK, looksFrom, 2 * DAY);
            const { firedAt } = live(
              isPartition
                ? { cuts: [[silentFrom, Infinity]], beats: all, looks }
                : { cuts: [], beats: all.filter((when) => when < silentFrom), looks },
            );
            assert.ok(firedAt !== undefined, "the host lives on without a guard");
            // The last beat is seen one look after it at the latest.
            assert.ok(firedAt < Math.max(silentFrom, 0) + LIMIT + 2 * LOOK, `fired at ${String(firedAt)}`);
          },
        ),
      );
    });

    it("counts the time of looks that did not happen: suspended timers hold up nothing (FM-15)", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 20 * MINUTE, max: DAY }),
          fc.integer({ min: 0, max: DAY }),
          (from, length) => {
            const beats = every(INTERVAL, 0, from);
            const looks = [...every(LOOK, 0, from), ...every(LOOK, from + length, from + length + DAY)];
            const { firedAt = Infinity } = live({ cuts: [], beats, looks });
            const due = Math.max(from + length, (beats.at(-1) ?? 0) + LIMIT) + 2 * LOOK;
            assert.ok(firedAt <= due, `fired at ${String(firedAt)}, due ${String(due)}`);
          },
        ),
      );
    });

    it("is no slower where its watch is lost at some looks, or at every one (FM-15)", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 6 * 60 * MINUTE }),
          fc.oneof(
            fc.uniqueArray(fc.nat(400), { maxLength: 20 }),
            fc.constant(Array.from({ length: 2_000 }, (_, index) => index)),
          ),
          (silentFrom, lost) => {
            const life = { cuts: [], beats: every(INTERVAL, 0, silentFrom), looks: every(LOOK, 0, DAY) };
            const whole = live(life).firedAt ?? Infinity;
            const forgetful = live({ ...life, losses: new Set(lost) }).firedAt ?? Infinity;
            assert.ok(forgetful <= whole, `${String(forgetful)} > ${String(whole)}`);
          },
        ),
      );
    });
  });
});
