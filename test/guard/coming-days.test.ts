import assert from "node:assert/strict";
import { admit, ROUNDING, type AdmissionState } from "../../runtime/guard/admission.ts";
import { windDownOf, type GuardConfig } from "../../runtime/guard/config.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import { windowsBetween, type ScheduleConfig } from "../../runtime/guard/schedules.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { leaseOn, OFFICE, stateAt, WHOLE_DAY } from "./coming-days-state.ts";
import { running as seen } from "./decide-input.ts";
import { CONFIG, groupOf, host, I4I_2XLARGE, MIDNIGHT, NOON, openGroups } from "./support.ts";

const WIND_DOWN = windDownOf(CONFIG);
const TOMORROW = "2027-06-15";

const state = (change: Partial<AdmissionState> = {}) => stateAt(NOON, change);

describe("a launch beyond 24:00 UTC", () => {
  const one = (until: number) => ({ slots: ["storage-1"], until });
  const slotDay = 24 * I4I_2XLARGE;

  it("needs the money of every day on which it costs, the last one's time to stop it included", () => {
    const { admitted, days } = admit(one(MIDNIGHT + 2 * DAY + HOUR), state());
    assert.equal(admitted, false, "a day of it is $16.46 beside $4.80 reserved, of $20");
    assert.deepEqual(
      days.map(({ day, cost }) => [day, cost]),
      [
        ["2027-06-14", 12 * I4I_2XLARGE],
        [TOMORROW, slotDay],
        ["2027-06-16", charge(I4I_2XLARGE, HOUR + WIND_DOWN)],
      ],
    );
    const lastMinute = admit(one(MIDNIGHT + DAY - MINUTE), state()).days;
    assert.equal(lastMinute[1]?.cost, charge(I4I_2XLARGE, WIND_DOWN - MINUTE));
    assert.equal(admit(one(MIDNIGHT + DAY - WIND_DOWN), state()).days.length, 1);
  });

  it("is let in to the nano-dollar, and refused with the day, its sums and what would fit", () => {
    const line = WHOLE_DAY + slotDay + ROUNDING;
    const at = (linePerDay: number) =>
      admit(one(MIDNIGHT + 3 * DAY), state({ config: { ...CONFIG, linePerDay } }));
    assert.equal(at(line).admitted, true);
    const { admitted, reason, short, fitsMs } = at(line - 1);
    assert.equal(admitted, false);
    assert.equal(reason, `the launch may cost $16.46 on ${TOMORROW}, and $16.46 is left`);
    assert.deepEqual(short, { day: TOMORROW, spent: 0, left: slotDay - 1, cost: slotDay });
    // Till 24:00 of tomorrow less what is a nano-dollar too much: a minute, since lengths are whole ones.
    assert.equal(fitsMs, 36 * HOUR - Math.ceil(WIND_DOWN / MINUTE) * MINUTE);
    assert.equal(
      admit(one(NOON + fitsMs), state({ config: { ...CONFIG, linePerDay: line - 1 } })).admitted,
      true,
    );
  });

  it("says how many of its slots would fit for as long", () => {
    const config: GuardConfig = { ...CONFIG, linePerDay: WHOLE_DAY + 2 * slotDay + ROUNDING };
    const all = { slots: CONFIG.slots.map(({ name }) => name), until: MIDNIGHT + 2 * DAY };
    assert.equal(admit(all, state({ config })).fitsSlots, 2);
  });

  it("leaves a later day what its leases and schedules were promised: the later one is refused", () => {
    const config: GuardConfig = { ...CONFIG, linePerDay: nanoUsd(45), schedules: [OFFICE] };
    const left = (change: Partial<AdmissionState> = {}) =>
      admit(one(MIDNIGHT + 2 * DAY), state({ config, ...change })).days.find(({ day }) => day === TOMORROW)
        ?.left ?? 0;
    const hours = charge(I4I_2XLARGE, 10 * HOUR + WIND_DOWN);
    assert.equal(left(), config.linePerDay - WHOLE_DAY - hours - ROUNDING);
    const other = leaseOn("l", ["storage-2"], MIDNIGHT + DAY + 6 * HOUR);
    assert.equal(left() - left({ leases: [other] }), charge(I4I_2XLARGE, 6 * HOUR + WIND_DOWN));
    const within = leaseOn("l", ["jepsen-1"], MIDNIGHT + DAY + 9 * HOUR);
    assert.equal(
      left() - left({ leases: [within] }),
      charge(I4I_2XLARGE, 8 * HOUR),
      "hours of a slot that a lease and a schedule both hold count once",
    );
    const tight = { ...config, linePerDay: nanoUsd(30) };
    const leases = [leaseOn("l", ["storage-2"], MIDNIGHT + 2 * DAY)];
    assert.equal(admit(one(MIDNIGHT + DAY + 8 * HOUR), state({ config: tight })).admitted, true);
    assert.match(
      admit(one(MIDNIGHT + DAY + 8 * HOUR), state({ config: tight, leases })).reason,
      /on 2027-06-15, and \$1\.\d\d is left$/,
    );
  });

  it("an extension costs what it adds, and nothing on a day that its lease holds already", () => {
    const leases = [leaseOn("l", ["storage-1"], MIDNIGHT + DAY + HOUR)];
    const { days } = admit(one(MIDNIGHT + DAY + 2 * HOUR), state({ leases }));
    assert.deepEqual(
      days.slice(1).map(({ cost }) => cost),
      [charge(I4I_2XLARGE, HOUR)],
    );
    assert.equal(admit(one(MIDNIGHT + DAY + HOUR), state({ leases })).days.length, 1);
  });

  it("counts what runs without anybody's word, unless it is what is asked for", () => {
    const groups = openGroups().map((group) => ({
      ...group,
      desired: group.name === groupOf("storage-2") ? 1 : 0,
    }));
    const config: GuardConfig = { ...CONFIG, linePerDay: nanoUsd(100) };
    const left = (slot: string, change: Partial<AdmissionState> = {}) =>
      admit({ slots: [slot], until: MIDNIGHT + 2 * DAY }, state({ config, groups, ...change })).days[1]
        ?.left ?? 0;
    assert.equal(left("storage-2") - left("storage-1"), slotDay);
    const strays = seen(host("i-9", "", { group: "other", profile: "other", tags: {} }));
    assert.equal(
      left("storage-2") - left("storage-2", { running: strays }),
      slotDay,
      "not the guard's to stop",
    );
  });

  it("hours of schedules are found for days to come, without exceptions, over midnight too", () => {
    const starts = (schedule: ScheduleConfig) =>
      windowsBetween({ ...CONFIG, schedules: [schedule] }, NOON, MIDNIGHT + 3 * DAY).map(
        ({ since, expiresAt }) => [(since - MIDNIGHT) / HOUR, (expiresAt - MIDNIGHT) / HOUR],
      );
    assert.deepEqual(starts(OFFICE), [[32, 42]]);
    assert.deepEqual(starts({ ...OFFICE, start: "0 22 * * *", stop: "0 4 * * *" }), [
      [22, 28],
      [46, 52],
    ]);
  });
});
