import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Property bag as the provider protocol carries it. */
export type Properties = Record<string, unknown>;

/** One resource that exists in the simulated account. */
export interface SimulatedResource {
  readonly id: string;
  /** Pulumi token, for example `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  /** Name in the program, for example `dev-network-vpc`. */
  readonly name: string;
  /** Names of the properties the program set last: what it did not set cannot be "removed" by it. */
  readonly inputNames: readonly string[];
  readonly properties: Properties;
  /** Objects in a bucket; AWS refuses to delete a bucket that holds any. */
  readonly objects?: number;
}

export type Operation = "create" | "read" | "update" | "delete";

/** An error to give instead of the next `times` operations that match. */
export interface Fault {
  readonly operation: Operation;
  readonly type?: string;
  readonly name?: string;
  readonly times: number;
  readonly message: string;
}

export interface Call {
  readonly operation: Operation;
  readonly type: string;
  readonly name: string;
}

/**
 * Everything the simulated account knows. It lives in a file, read before and written after each
 * operation, so that a test changes the account "from outside" between two commands of the engine.
 * An object in the memory of the provider's process would need a second protocol to reach it.
 */
export interface World {
  readonly resources: Record<string, SimulatedResource>;
  readonly faults: Fault[];
  readonly calls: Call[];
  /** Values of SSM parameters by name. */
  readonly parameters: Record<string, string>;
  /** Current values in Secrets Manager by name. */
  readonly secrets: Record<string, string>;
  /** Counts creations, so that a recreated resource gets a new id. */
  serial: number;
}

export function emptyWorld(): World {
  return { resources: {}, faults: [], calls: [], parameters: {}, secrets: {}, serial: 0 };
}

export function loadWorld(file: string): World {
  return JSON.parse(readFileSync(file, "utf8")) as World;
}

/** Writes beside the file and renames: a reader never sees half a document. */
export function saveWorld(file: string, world: World): void {
  writeFileSync(`${file}.new`, JSON.stringify(world));
  renameSync(`${file}.new`, file);
}

export function resourceKey(type: string, id: string): string {
  return `${type}/${id}`;
}

/** Takes one matching fault off the list; undefined where the operation may go on. */
export function takeFault(world: World, call: Call): string | undefined {
  const index = world.faults.findIndex(
    ({ operation, type = call.type, name = call.name, times }) =>
      times > 0 && operation === call.operation && type === call.type && name === call.name,
  );
  const fault = world.faults[index];
  if (fault === undefined) return undefined;
  world.faults[index] = { ...fault, times: fault.times - 1 };
  return fault.message;
}

/**
 * Files beside the account's: while the first exists, an operation that matches it waits; the second
 * says that one does. Not part of the account's own file, which the provider may be writing.
 */
export function holdFiles(file: string): { readonly wanted: string; readonly reached: string } {
  return { wanted: `${file}.hold`, reached: `${file}.held` };
}
