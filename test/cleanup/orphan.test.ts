import assert from "node:assert/strict";
import fc from "fast-check";
import { judge, parseAge, renderNote, type Found, type Rules } from "../../cli/cleanup/orphan.ts";
import { TAGS } from "../../model/tags.ts";

const NOW = Date.parse("2026-07-20T12:00:00Z");
const rules: Rules = { olderThan: 3_600_000, now: NOW, planned: new Map() };

function volume(extra: Partial<Found> = {}): Found {
  return { kind: "volume", id: "vol-1", tags: {}, inUse: false, about: "", usdPerMonth: 1, ...extra };
}

describe("judging an orphan", () => {
  it("never deletes what is in use or tagged to be kept, whatever its note says (FM-18)", () => {
    const notes = fc.oneof(
      fc.string(),
      fc.nat(1_000_000_000).map((ago) => renderNote({ since: NOW - ago, seen: NOW })),
    );
    fc.assert(
      fc.property(notes, fc.boolean(), fc.nat(), (note, inUse, olderThan) => {
        const tags = { [TAGS.orphanSince]: note, ...(inUse ? {} : { [TAGS.keep]: "yes" }) };
        assert.notEqual(judge(volume({ tags, inUse }), { ...rules, olderThan }).action, "delete");
      }),
    );
  });

  it("deletes only what was noted at least that long ago", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (ago) => {
        const tags = { [TAGS.orphanSince]: renderNote({ since: NOW - ago, seen: NOW - ago }) };
        const { action } = judge(volume({ tags }), rules);
        assert.equal(action, ago >= rules.olderThan ? "delete" : ago >= 0 ? "wait" : "mark");
      }),
    );
  });

  it("writes a note anew that is none, or lies ahead", () => {
    const old = "2026-07-20T09:00:00.000Z";
    for (const note of [
      "",
      "1",
      "1/1",
      "yesterday",
      old,
      `${old}/`,
      `${old}/2126-01-01T00:00:00.000Z`,
      `${old}/2026-07-20T08:00:00.000Z`,
      `${old}/2026-07-20T11:00:00Z`,
      `${old}/${old}/${old}`,
    ])
      assert.equal(judge(volume({ tags: { [TAGS.orphanSince]: note } }), rules).action, "mark", note);
  });

  it("trusts a note only as far as looks follow each other: what was used in between is not deleted", () => {
    const day = 24 * 3_600_000;
    const at = (seen: number, olderThan: number) =>
      judge(volume({ tags: { [TAGS.orphanSince]: renderNote({ since: NOW - 30 * day, seen }) } }), {
        ...rules,
        olderThan,
      });
    assert.equal(at(NOW - 2 * day, day).action, "delete");
    assert.deepEqual(at(NOW - 2 * day - 1, day), {
      action: "mark",
      note: { since: NOW, seen: NOW },
      reason: "seen for the first time, after nobody had looked for 48 h",
    });
    assert.equal(at(NOW - 2 * day - 1, 0).action, "delete", "a limit of 0 needs one look");
    assert.equal(at(NOW - 14 * day, 7 * day).action, "delete");
    assert.equal(at(NOW - 14 * day - 1, 7 * day).action, "mark");
  });

  it("notes each look at what is not old enough, and keeps since when", () => {
    const since = NOW - 60_000;
    const tags = { [TAGS.orphanSince]: renderNote({ since, seen: since }) };
    const verdict = judge(volume({ tags }), rules);
    assert.deepEqual(verdict, {
      action: "wait",
      note: { since, seen: NOW },
      reason: "nobody's for 1 min, not yet 60 min",
    });
  });

  it("spares a volume made a moment ago, even with an old note copied onto it", () => {
    const tags = { [TAGS.orphanSince]: renderNote({ since: NOW - 7 * 86_400_000, seen: NOW - 60_000 }) };
    assert.equal(judge(volume({ tags, created: NOW - 60_000 }), rules).action, "wait");
  });

  it("reads ages", () => {
    assert.deepEqual(["90m", "24h", "7d", "0h"].map(parseAge), [5_400_000, 86_400_000, 604_800_000, 0]);
    for (const text of ["", "24", "h", "-1h", "1w", "1.5h"]) assert.equal(parseAge(text), undefined, text);
  });
});
