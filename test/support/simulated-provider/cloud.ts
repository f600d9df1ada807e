import { existsSync, rmSync, writeFileSync } from "node:fs";
import {
  emptyWorld,
  holdFiles,
  loadWorld,
  resourceKey,
  saveWorld,
  type Call,
  type Fault,
  type Properties,
  type SimulatedResource,
  type World,
} from "./world.ts";

/**
 * The account as a person with the console sees it: what a test uses to look, to change things
 * behind the engine's back, and to arrange failures. Use it only between two commands of the engine.
 */
export class SimulatedCloud {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
    saveWorld(file, emptyWorld());
  }

  /** All resources, or those of one type, in the order of their creation. */
  resources(type?: string): SimulatedResource[] {
    return Object.values(loadWorld(this.file).resources).filter(
      (found) => type === undefined || found.type === type,
    );
  }

  /**
   * @param name name in the program
   * @throws Error naming what exists of the type.
   */
  get(type: string, name: string): SimulatedResource {
    const found = this.resources(type).filter((resource) => resource.name === name);
    if (found[0] !== undefined && found.length === 1) return found[0];
    const names = this.resources(type).map((resource) => resource.name);
    throw new Error(
      `${type} ${name}: found ${String(found.length)}, expected 1; there are: ${names.join(", ") || "none"}`,
    );
  }

  /** Sets properties from outside; `undefined` takes one away. */
  change(type: string, name: string, properties: Properties): void {
    const resource = this.get(type, name);
    this.#put({ ...resource, properties: { ...resource.properties, ...properties } });
  }

  /** Deletes a resource from outside. */
  remove(type: string, name: string): void {
    const { id } = this.get(type, name);
    this.#edit(({ resources }) => Reflect.deleteProperty(resources, resourceKey(type, id)));
  }

  /** Puts objects into a bucket, or takes them out with 0. */
  holdObjects(type: string, name: string, objects: number): void {
    this.#put({ ...this.get(type, name), objects });
  }

  fail(fault: Fault): void {
    this.#edit(({ faults }) => faults.push(fault));
  }

  /** Makes the next operations of a kind wait until `release` is called: the one thing to use while the engine runs. */
  hold(call: Pick<Call, "operation" | "type">): { reached(): Promise<void>; release(): void } {
    const files = holdFiles(this.file);
    writeFileSync(files.wanted, JSON.stringify(call));
    return {
      reached: () => until(() => existsSync(files.reached)),
      release: () => {
        rmSync(files.wanted);
        rmSync(files.reached, { force: true });
      },
    };
  }

  setParameter(name: string, value: string): void {
    this.#edit(({ parameters }) => (parameters[name] = value));
  }

  /** Puts a value into Secrets Manager; undefined takes secret and value away. */
  setSecret(name: string, value: string | undefined): void {
    this.#edit(({ secrets }) => {
      if (value === undefined) Reflect.deleteProperty(secrets, name);
      else secrets[name] = value;
    });
  }

  /** Operations since the account was made or `forgetCalls` was called. */
  calls(): readonly Call[] {
    return loadWorld(this.file).calls;
  }

  forgetCalls(): void {
    this.#edit(({ calls }) => calls.splice(0));
  }

  #put(resource: SimulatedResource): void {
    this.#edit(({ resources }) => (resources[resourceKey(resource.type, resource.id)] = resource));
  }

  #edit(change: (world: World) => unknown): void {
    const world = loadWorld(this.file);
    change(world);
    saveWorld(this.file, world);
  }
}

/** Waits for a condition that another process brings about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The text of a refused call as the AWS provider shows it. */
export function awsError(action: string, code: string, message: string, status = 400): string {
  const [service, operation] = action.split(":");
  return `operation error ${service ?? action}: ${operation ?? action}, https response error StatusCode: ${String(status)}, api error ${code}: ${message}`;
}
