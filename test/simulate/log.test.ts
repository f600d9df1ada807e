import assert from "node:assert/strict";
import { logOf, renderLog, type LogEntry } from "../../cli/simulate/log.ts";
import { simulate } from "../../cli/simulate/run.ts";
import type { Happening } from "../../cli/simulate/scenario.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { CROWDED } from "./crowded.ts";

const catalogue = loadCatalogue();
const HOUR = 3_600_000;

async function logWith(...happenings: Happening[]): Promise<readonly LogEntry[]> {
  return logOf(await simulate({ ...CROWDED, happenings: [...CROWDED.happenings, ...happenings] }, catalogue));
}

function find(log: readonly LogEntry[], who: LogEntry["who"], does: RegExp): LogEntry {
  const found = log.find((entry) => entry.who === who && does.test(entry.does));
  return found ?? assert.fail(`no ${who} ${String(does)} in\n${renderLog(log).join("\n")}`);
}

describe("the log of a run", () => {
  it("tells what happened, what the guard did, and what became of the instances, in order", async () => {
    const log = await logWith();
    assert.deepEqual(
      log,
      log.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    );
    assert.deepEqual(
      log.filter(({ who }) => who === "scenario").map(({ at, does }) => `${at} ${does}`),
      [
        "2027-06-14T08:00:00.000Z start: slots 2, for 4h",
        "2027-06-14T09:00:00.000Z launch: how tagged, type i4i.2xlarge, market on-demand, count 20",
        "2027-06-14T09:00:00.000Z launch: how stray, type i4i.large, market on-demand, count 1",
        "2027-06-14T09:10:00.000Z lose-ticks: count 1",
      ],
    );
    assert.deepEqual(find(log, "ground", /^lets in until 2027-06-14 12:00 UTC/).of, [
      "storage-1",
      "storage-2",
    ]);
    const launched = find(log, "account", /^instance launched: i4i\.2xlarge spot, admitted/).of;
    const order = [
      /^decides stop: /,
      /^suspends Launch and ScheduledActions/,
      /^sets the group to 0/,
      /^terminates/,
    ];
    const done = order.map((does) => log.indexOf(find(log, "guard", does)));
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    assert.deepEqual(find(log, "guard", /^terminates/).of, launched);
    for (const does of [/^closes the latch/, /^denies the agents/, /^tells people: .*stopped at the line/])
      find(log, "guard", does);
    for (const does of [/^opens the latch/, /^resumes Launch/])
      assert.match(find(log, "guard", does).at, /^2027-06-15/);
  });

  it("tells what failed, and who died of it", async () => {
    const refused = await logWith({ does: "refuse", at: HOUR, call: "spotPrices", times: 2 });
    find(refused, "guard", /^is refused spotPrices: Throttling/);
    const hung = await logWith({ does: "hang", at: HOUR, call: "notify", forMs: 23 * HOUR });
    find(hung, "guard", /^gets no answer to notify/);
    const died = await logWith({ does: "die", at: HOUR, call: 3, effect: false });
    find(died, "guard", /^ends in the midst of a run: the run died/);
    const gone = await logWith({ does: "outage", at: 8 * HOUR + 60_000, forMs: 9 * HOUR });
    assert.equal(find(gone, "host", /^stops itself for want of a heartbeat/).of.length > 0, true);
  });

  it("is cut for a terminal where one line would name many", async () => {
    const log = await logWith();
    const tagged = find(log, "account", /^instance launched: i4i\.2xlarge on-demand, tagged/);
    assert.equal(tagged.of.length, 20);
    const [line = ""] = renderLog([tagged]).slice(1);
    assert.match(
      line,
      /^2027-06-14 09:00:00 {2}account {3}instance launched: .*: i-\w+, i-\w+, i-\w+ and 17 more$/,
    );
  });
});
