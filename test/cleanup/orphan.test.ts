import assert from "node:assert/strict";
import fc from "fast-check";
import { judge, parseAge, type Found, type Rules } from "../../cli/cleanup/orphan.ts";
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
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
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
        const tags = { [TAGS.orphanSince]: new Date(NOW - ago).toISOString() };
        const { action } = judge(volume({ tags }), rules);
        assert.equal(action, ago >= rules.olderThan ? "delete" : ago >= 0 ? "keep" : "mark");
      }),
    );
  });

  it("writes a note anew that is no time or lies ahead", () => {
    for (const note of ["", "yesterday", "2126-01-01T00:00:00Z"])
      assert.equal(judge(volume({ tags: { [TAGS.orphanSince]: note } }), rules).action, "mark");
  });

  it("spares a volume made a moment ago, even with an old note copied onto it", () => {
    const tags = { [TAGS.orphanSince]: "2026-01-01T00:00:00Z" };
    assert.equal(judge(volume({ tags, created: NOW - 60_000 }), rules).action, "keep");
  });

  it("reads ages", () => {
    assert.deepEqual(["90m", "24h", "7d", "0h"].map(parseAge), [5_400_000, 86_400_000, 604_800_000, 0]);
    for (const text of ["", "24", "h", "-1h", "1w", "1.5h"]) assert.equal(parseAge(text), undefined, text);
  });
});
