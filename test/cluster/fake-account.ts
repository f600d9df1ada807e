import { clusterOf, slotConfig } from "../../cli/cluster/environment.ts";
import type { ClusterPorts } from "../../cli/cluster/ports.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import type { Lease, ObservedInstance } from "../../runtime/guard/observations.ts";
import { HOUR } from "../../runtime/guard/time.ts";
import { ledgerAt, NOON } from "../guard/support.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";

export const STACK = clusterOf(stackSettings("prod"), MOTO_ACCOUNT, loadCatalogue());
export const SLOT = "storage-1";
export const { group: GROUP } = slotConfig(STACK, SLOT);
export function leaseOfOwner(owner: string): Lease {
  return { id: owner, owner, slots: [SLOT], expiresAt: NOON + 8 * HOUR, state: "active" };
}

/** One slot's group and the leases, with room for what others do between two calls. */
export class FakeAccount {
  now = NOON;
  desired = 0;
  share = 0;
  lockedBy = "";
  leases: readonly Lease[] = [];
  heldGroups: readonly string[] = [];
  hosts: readonly ObservedInstance[] = [];
  readonly calls: string[] = [];
  /** What others do right before a call. */
  before: (call: string) => void = () => undefined;

  requireLock(holder: string): Promise<void> {
    return this.lockedBy === holder ? Promise.resolve() : Promise.reject(new LockLostError());
  }

  ports(): ClusterPorts {
    const page = <Item>(items: readonly Item[]) => Promise.resolve({ items });
    const does = (call: string): void => {
      this.before(call);
      this.calls.push(call);
    };
    return {
      clock: {
        now: () => this.now,
        sleep: (ms) => {
          this.now += ms;
          return Promise.resolve();
        },
      },
      cloud: {
        instances: () => {
          does("look");
          return page(this.hosts);
        },
        groups: (names) => {
          does("groups");
          return page(names.includes(GROUP) ? [{ name: GROUP, desired: this.desired, suspended: [] }] : []);
        },
        scheduledRuns: () => page([]),
        spotPrices: () => page([]),
        setDesired: (_, desired) => {
          does(`desired ${String(desired)}`);
          this.desired = desired;
          if (desired === 0)
            this.hosts = this.hosts.map((host) => ({ ...host, state: "terminated", endedAt: this.now }));
          return Promise.resolve();
        },
      },
      table: {
        read: () => Promise.resolve(ledgerAt(this.now, 0, { heldGroups: this.heldGroups })),
        requests: () => {
          does("leases");
          return Promise.resolve({ leases: this.leases });
        },
        lockedBy: (holder) => ({
          add: () => Promise.resolve(true),
          extend: () => Promise.resolve(true),
          end: async (id) => {
            does(`end ${id}`);
            await this.requireLock(holder);
            this.leases = this.leases.map((lease) =>
              lease.id === id ? { ...lease, state: "ending" } : lease,
            );
            return true;
          },
          requireLock: () => this.requireLock(holder),
        }),
        removeLease: (id) => {
          does(`forget ${id}`);
          this.leases = this.leases.filter((lease) => lease.id !== id);
          return Promise.resolve();
        },
      },
      admissionLock: {
        acquire: (holder) => {
          does("lock");
          this.lockedBy = holder;
          return Promise.resolve(true);
        },
        release: () => {
          does("unlock");
          return Promise.resolve();
        },
      },
      statuses: () => Promise.resolve(new Map()),
      activities: () =>
        Promise.resolve([
          {
            group: GROUP,
            description: "Launching a new EC2 instance.",
            status: "Failed",
            message: "Could not launch Spot Instances. InsufficientInstanceCapacity - no Spot capacity",
            at: this.now,
          },
        ]),
      setOnDemandShare: (_, percent) => {
        does(`share ${String(percent)}`);
        this.share = percent;
        return Promise.resolve();
      },
      quotas: () => Promise.resolve([]),
    };
  }
}

export function hostOf(change: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    id: "i-0aaaaaaaaaaaaaaa1",
    region: STACK.config.homeRegion,
    zone: "usw2-az1",
    type: "i4i.2xlarge",
    state: "running",
    launchedAt: NOON - HOUR,
    market: "spot",
    tags: {},
    group: GROUP,
    ...change,
  };
}
