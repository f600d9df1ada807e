import type { Backend } from "./backend.ts";
import type { SimInstance, World } from "./world.ts";

/** A host reads the heartbeat once a minute. */
const LEAST_JITTER_MS = 1_000;
const MOST_JITTER_MS = 60_000;

/**
 * The switch on each host of the stack: time since it saw a new heartbeat, counted from its own start where
 * there was none. Too long, and it sets its own slot to 0 and shuts down.
 */
export function watchHeartbeat(world: World, backend: Backend): { readonly fired: () => number } {
  const hosts = new Set<SimInstance>();
  const limit = world.config.deadManMs;
  let fired = 0;
  const check = (host: SimInstance): void => {
    if (host.endedAt !== undefined) {
      hosts.delete(host);
      return;
    }
    if (world.now - Math.max(backend.lastHeartbeat, host.runningAt) < limit) return;
    fired += 1;
    backend.note(world.now, "host", "stops itself for want of a heartbeat", [host.id]);
    hosts.delete(host);
    if (host.group !== undefined) world.setDesired(host.group, 0);
    world.finish(host);
  };
  const jitter = (): number => world.random.integer(LEAST_JITTER_MS, MOST_JITTER_MS);
  world.onLaunch = (host) => {
    if (host.profile === undefined || host.origin === "persistent") return;
    hosts.add(host);
    world.at(host.runningAt + limit + jitter(), () => {
      check(host);
    });
  };
  backend.onHeartbeat = (at) => {
    if (hosts.size === 0) return;
    world.at(at + limit + jitter(), () => {
      if (backend.lastHeartbeat === at) for (const host of [...hosts]) check(host);
    });
  };
  return { fired: () => fired };
}
