import type {
  ModelUsage,
  ObservedGroup,
  ObservedInstance,
  ScalingActivity,
  ScheduledRun,
  SpotQuote,
  UsageReading,
} from "../../runtime/guard/observations.ts";
import type { Cloud, LatchedProcess, Page, SpotRequest } from "../../runtime/guard/ports.ts";
import type { Calls } from "./calls.ts";
import { HOME_REGION, MODEL } from "./setting.ts";
import { groupsOf, instancesIn, quotesOf, scheduledRunsOf, tokensOf } from "./views.ts";

/** EC2, Auto Scaling, CloudWatch and IAM of the simulated account, for one run of the guard. */
export class SimCloud implements Cloud {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  instances(region: string, next?: string): Promise<Page<ObservedInstance>> {
    const { world, faults } = this.#calls;
    const read = (): readonly ObservedInstance[] => {
      if (faults.blind.has(region)) throw new Error("RequestLimitExceeded");
      return instancesIn(region, world);
    };
    return this.#calls.page("instances", next, read, region);
  }

  groups(names: readonly string[], next?: string): Promise<Page<ObservedGroup>> {
    return this.#calls.make("groups", () => groupsOf(names, this.#calls.world, next));
  }

  scheduledRuns(next?: string): Promise<Page<ScheduledRun>> {
    return this.#calls.page("scheduledRuns", next, () => scheduledRunsOf(this.#calls.world));
  }

  scalingActivities(since: number, next?: string): Promise<Page<ScalingActivity>> {
    const { activities } = this.#calls.world;
    return this.#calls.page("scalingActivities", next, () => activities.filter(({ at }) => at >= since));
  }

  spotPrices(
    region: string,
    types: readonly string[],
    since: number,
    next?: string,
  ): Promise<Page<SpotQuote>> {
    const { world, faults } = this.#calls;
    return this.#calls.page("spotPrices", next, () => quotesOf(region, types, since, world, faults));
  }

  modelUsage(days: readonly string[]): Promise<readonly UsageReading[]> {
    const { world, backend } = this.#calls;
    return this.#calls.make("modelUsage", () => {
      const usage = days.map((day): ModelUsage => {
        const outputTokens = tokensOf(day, backend.tokenRates, world.now);
        return { day, model: MODEL, inputTokens: 0, outputTokens };
      });
      return [{ region: HOME_REGION, usage }];
    });
  }

  suspend(group: string, processes: readonly LatchedProcess[]): Promise<void> {
    return this.#calls.make("suspend", () => {
      this.#calls.world.suspend(group, processes);
      this.#calls.did(`suspends ${processes.join(" and ")}`, [this.#slotOf(group)]);
    });
  }

  resume(group: string, processes: readonly LatchedProcess[]): Promise<void> {
    return this.#calls.make("resume", () => {
      this.#calls.world.resume(group, processes);
      this.#calls.did(`resumes ${processes.join(" and ")}`, [this.#slotOf(group)]);
    });
  }

  setDesired(group: string, desired: number): Promise<void> {
    return this.#calls.make("setDesired", () => {
      this.#calls.world.setDesired(group, desired);
      this.#calls.did(`sets the group to ${String(desired)}`, [this.#slotOf(group)]);
    });
  }

  spotRequests(region: string): Promise<Page<SpotRequest>> {
    return this.#calls.make("spotRequests", () => ({ items: [] }), region);
  }

  cancelSpotRequests(): Promise<void> {
    return this.#calls.make("cancelSpotRequests", () => undefined);
  }

  terminate(region: string, ids: readonly string[]): Promise<void> {
    const { world, faults } = this.#calls;
    const end = (): void => {
      const found = ids.map((id) => [...world.shown()].find((one) => one.id === id && one.region === region));
      if (found.includes(undefined)) throw new Error("InvalidInstanceID.NotFound");
      if (faults.stubborn && found.some((one) => one?.group !== undefined))
        throw new Error("OperationNotPermitted");
      for (const one of found) if (one !== undefined) world.finish(one);
      this.#calls.did("terminates", ids);
    };
    return this.#calls.make("terminate", end, region);
  }

  modelsDenied(): Promise<boolean> {
    return this.#calls.make("modelsDenied", () => this.#calls.backend.denied);
  }

  denyModels(): Promise<void> {
    return this.#calls.make("denyModels", () => {
      this.#deny(true);
    });
  }

  allowModels(): Promise<void> {
    return this.#calls.make("allowModels", () => {
      this.#deny(false);
    });
  }

  #slotOf(group: string): string {
    return this.#calls.world.groups.get(group)?.slot.name ?? group;
  }

  #deny(denied: boolean): void {
    const { world, backend } = this.#calls;
    backend.denied = denied;
    this.#calls.did(denied ? "denies the agents their models" : "gives the agents their models back");
    backend.setTokenRate(world.now, backend.tokenUsdPerHour);
  }
}
