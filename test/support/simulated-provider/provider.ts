import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type {
  CheckResult,
  CreateResult,
  DiffResult,
  InvokeResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { invoke } from "./invokes.ts";
import { createdProperties, traitsOf } from "./outputs.ts";
import { refuseCreate, refuseDelete } from "./refusals.ts";
import { isObject, parseUrn, reveal, same } from "./values.ts";
import { until } from "./cloud.ts";
import {
  holdFiles,
  loadWorld,
  resourceKey,
  saveWorld,
  takeFault,
  type Call,
  type Operation,
  type Properties,
  type SimulatedResource,
  type World,
} from "./world.ts";

/**
 * AWS, `random` and GitHub for the engine, with the account in a file.
 *
 * What the SDK's server keeps from a provider, and what stands in for it: the engine does not call
 * `create` and `update` at preview, outputs are unknown then (the AWS provider answers previews
 * itself, with the same result for a program); `ignoreChanges` is not told, the engine applies it
 * before the provider sees a property, and to the comparison that `diff` leaves to it.
 */
export class SimulatedProvider implements Provider {
  readonly version: string;
  readonly #file: string;

  constructor(file: string, version: string) {
    this.#file = file;
    this.version = version;
  }

  /**
   * The engine's seed, by which a provider repeats under a saved plan the name that the preview chose, is another
   * thing the SDK's server keeps back: here the name follows from what the account holds of the resource.
   */
  check(urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
    const { type, name } = parseUrn(urn);
    const { autoname } = traitsOf(type);
    if (autoname === undefined || autoname in news) return Promise.resolve({ inputs: news });
    const { resources } = loadWorld(this.#file);
    const held = Object.values(resources).filter((one) => one.type === type && one.name === name).length;
    const suffix = createHash("sha256")
      .update(`${urn}/${String(held)}`)
      .digest("hex")
      .slice(0, 7);
    const chosen = olds[autoname] ?? `${name}-${suffix}`;
    return Promise.resolve({ inputs: { ...news, [autoname]: chosen } });
  }

  /**
   * Names what forces a replacement. Whether anything changed is left to the engine ("unknown"): it
   * compares old and new inputs itself, under `ignoreChanges`, which this server does not pass on.
   */
  diff(_id: string, urn: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const { immutable = [], autoname } = traitsOf(parseUrn(urn).type);
    const replaces = immutable.filter((key) => key in news && !same(olds[key], news[key]));
    // Two resources cannot have one name at the same time.
    const sameName = autoname !== undefined && same(olds[autoname], news[autoname]);
    return Promise.resolve({ replaces, deleteBeforeReplace: replaces.length > 0 && sameName });
  }

  create(urn: string, inputs: Properties): Promise<CreateResult> {
    return this.#perform("create", urn, (world, { type, name }) => {
      world.serial += 1;
      const { id, properties } = createdProperties(type, name, inputs, `${urn}/${String(world.serial)}`);
      refuseCreate(world, type, id);
      world.resources[resourceKey(type, id)] = {
        id,
        type,
        name,
        inputNames: Object.keys(inputs),
        properties,
      };
      return { id, outs: properties };
    });
  }

  read(id: string, urn: string): Promise<ReadResult> {
    return this.#perform("read", urn, (world, { type }) => {
      const resource = world.resources[resourceKey(type, id)];
      if (resource === undefined) return { id: "", props: {} };
      return { id, props: resource.properties, inputs: liveInputs(resource) };
    });
  }

  update(id: string, urn: string, olds: Properties, news: Properties): Promise<UpdateResult> {
    return this.#perform("update", urn, (world, { type }) => {
      const key = resourceKey(type, id);
      const resource = world.resources[key];
      if (resource === undefined) throw new Error(`updating ${type} (${id}): not found`);
      const properties = updatedProperties(resource, olds, news);
      world.resources[key] = { ...resource, inputNames: Object.keys(news), properties };
      return { outs: properties };
    });
  }

  delete(id: string, urn: string, props: Properties): Promise<void> {
    return this.#perform("delete", urn, (world, { type }) => {
      const key = resourceKey(type, id);
      const resource = world.resources[key];
      // The provider takes "not found" for done.
      if (resource === undefined) return;
      refuseDelete(world, resource, props);
      Reflect.deleteProperty(world.resources, key);
    });
  }

  invoke(token: string, args: Properties): Promise<InvokeResult> {
    return Promise.resolve().then(() => ({ outputs: invoke(token, args, loadWorld(this.#file)) }));
  }

  /** One operation on the account, whole or not at all: the file is read and written without a pause between. */
  async #perform<Result>(
    operation: Operation,
    urn: string,
    act: (world: World, call: Call) => Result,
  ): Promise<Result> {
    const call: Call = { operation, ...parseUrn(urn) };
    await this.#pass(call);
    const world = loadWorld(this.#file);
    world.calls.push(call);
    const fault = takeFault(world, call);
    try {
      if (fault !== undefined) throw new Error(fault);
      return act(world, call);
    } finally {
      saveWorld(this.#file, world);
    }
  }

  /** Waits where a test holds operations of this kind. */
  async #pass({ operation, type }: Call): Promise<void> {
    const { wanted, reached } = holdFiles(this.#file);
    if (!existsSync(wanted)) return;
    const held = JSON.parse(readFileSync(wanted, "utf8")) as Pick<Call, "operation" | "type">;
    if (held.operation !== operation || held.type !== type) return;
    writeFileSync(reached, "");
    await until(() => !existsSync(wanted));
  }
}

/** The inputs that a program would need to write what is there now. */
function liveInputs({ type, inputNames, properties }: SimulatedResource): Properties {
  const names = new Set([...inputNames, "tags", ...(traitsOf(type).reported ?? [])]);
  return Object.fromEntries(
    [...names].filter((name) => name in properties).map((name) => [name, properties[name]]),
  );
}

/**
 * Sends only what differs from the state that the engine knows, as the AWS provider does: drift in
 * other properties stays. Of suspended processes, those no longer listed are resumed and those newly
 * listed suspended; what was suspended from outside and never seen stays suspended.
 */
function updatedProperties(
  { inputNames, properties }: SimulatedResource,
  olds: Properties,
  news: Properties,
): Properties {
  const changed = Object.entries(news).filter(([key, value]) => !same(olds[key], value));
  const removed = inputNames.filter((key) => !(key in news));
  const updated: Properties = { ...properties, ...Object.fromEntries(changed) };
  for (const key of removed) Reflect.deleteProperty(updated, key);
  if (!same(olds["suspendedProcesses"], news["suspendedProcesses"])) {
    const [live, before, after] = [properties, olds, news].map((bag) => names(bag["suspendedProcesses"]));
    const kept = (live ?? []).filter((process) => !(before ?? []).includes(process));
    updated["suspendedProcesses"] = [...new Set([...kept, ...(after ?? [])])];
  }
  const version = properties["latestVersion"];
  if (typeof version === "number" && changed.some(([key]) => key !== "tags"))
    updated["latestVersion"] = version + 1;
  if ("tags" in updated && isObject(reveal(updated["tags"]))) updated["tagsAll"] = updated["tags"];
  return updated;
}

function names(value: unknown): string[] {
  const list = reveal(value);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}
