import { loadCatalogue } from "../pricing/catalogue.ts";
import { classifier } from "../runtime/guard/classify.ts";
import { decide, type DecideInput } from "../runtime/guard/decide.ts";
import { meter } from "../runtime/guard/meter.ts";
import { OnDemandPrices } from "../runtime/guard/prices.ts";
import { CONFIG, host, ledgerAt, NOON, openGroups, seeing } from "../test/guard/support.ts";

const INSTANCES = 10_000;
const ROUNDS = 20;

/** The guard's thinking for 10,000 instances, in CPU time of this process: the median of some rounds. */
export function benchmarkDecide(): void {
  const hosts = Array.from({ length: INSTANCES }, (_, index) => host(`i-${String(index)}`, "storage-1"));
  const classify = classifier(CONFIG);
  const onDemand = new OnDemandPrices(loadCatalogue());
  const running = hosts.map((one) => ({
    ...one,
    claim: classify(one),
    perHour: 686_000_000,
    ceilingPerHour: 686_000_000,
  }));
  const input: DecideInput = {
    ledger: ledgerAt(NOON, 0),
    running,
    groups: openGroups(1),
    scheduled: [],
    requests: { leases: [] },
    config: CONFIG,
    now: NOON,
  };
  const look = seeing(NOON, hosts);
  const decideMs = cpuMs(() => decide(input));
  const meterMs = cpuMs(() => meter(undefined, look, CONFIG, onDemand));
  console.log(
    `\nguard, ${INSTANCES.toLocaleString("en-US")} instances, CPU: decide ${decideMs.toFixed(1)} ms, < 50 ms: ${decideMs < 50 ? "yes" : "NO"}; meter ${meterMs.toFixed(1)} ms`,
  );
}

function cpuMs(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  }).toSorted((a, b) => a - b);
  return times[ROUNDS / 2] ?? 0;
}
