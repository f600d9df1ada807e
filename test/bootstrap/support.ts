import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { recordProgram, type Recording } from "../../cli/plan/recorder.ts";
import program from "../../infra/bootstrap/index.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { remembered } from "../support/components.ts";
import { ROOT } from "../support/plans.ts";
import { createdProperties } from "../support/simulated-provider/outputs.ts";
import type { Document } from "../auditors/iam-simulate.ts";

export const BOOTSTRAP_FOLDER = join(ROOT, "infra/bootstrap");
export const BOOTSTRAP_PROJECT = "proving-ground-bootstrap";

/** Configuration of the example's stack file as the engine hands it over, with what a test changes. */
export function exampleConfig(changes: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const text = readFileSync(join(BOOTSTRAP_FOLDER, "Pulumi.example.yaml"), "utf8");
  const { config } = parse(text) as { config: Record<string, unknown> };
  const changed = Object.entries(changes).map(
    ([key, value]) => [`${BOOTSTRAP_PROJECT}:${key}`, value] as const,
  );
  return Object.fromEntries(
    [...Object.entries(config).filter(([key]) => !changed.some(([other]) => other === key)), ...changed]
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** What the project makes of the example's stack file. */
export const recordBootstrap = remembered(
  (changes: Readonly<Record<string, unknown>> = {}): Promise<Recording> =>
    recordProgram({
      project: BOOTSTRAP_PROJECT,
      stack: "example",
      config: exampleConfig(changes),
      secretKeys: [],
      program: () => ({ ...program() }),
    }),
);

type Made = Pick<ResourceRecord, "type" | "name" | "inputs">;

const MARKER = /\[([A-Za-z0-9][\w./-]*)\.([A-Za-z]\w*)\]/g;

/** Answers of AWS that a plan marks as unknown, as the simulated account would give them. */
export class Answers {
  readonly #made: ReadonlyMap<string, Made>;

  constructor(resources: readonly Made[]) {
    this.#made = new Map(
      resources.filter(({ type }) => /^(?:aws|random):/.test(type)).map((made) => [made.name, made]),
    );
  }

  /** The text with every marker replaced. */
  in(text: string): string {
    return text.replace(MARKER, (marker: string, name: string, property: string) => {
      if (name === "aws") return property === "account" ? "123456789012" : "ami-0123456789abcdef0";
      const found = this.of(name)[property];
      assert.ok(typeof found === "string", `nothing answers ${marker}`);
      return found;
    });
  }

  /** All properties of a resource, `id` and `arn` among them. */
  of(name: string): Readonly<Record<string, unknown>> {
    const made = this.#made.get(name);
    assert.ok(made !== undefined, `no resource ${name} in the plan`);
    const inputs = JSON.parse(this.in(JSON.stringify(made.inputs))) as Record<string, unknown>;
    const { id, properties } = createdProperties(made.type, name, inputs, name);
    return { ...properties, id };
  }
}

/** A role of a plan with all that decides what it may do. */
export interface PlannedRole {
  readonly arn: string;
  readonly trust: Document;
  readonly identity: readonly Document[];
  readonly boundary: Document | undefined;
}

/** The role of a name, for example `deploy-dev`, with its policies and boundary. */
export function plannedRole(resources: readonly ResourceRecord[], name: string): PlannedRole {
  const answers = new Answers(resources);
  const role = resources.find((made) => made.type === "aws:iam/role:Role" && made.name === `${name}-role`);
  assert.ok(role !== undefined, `no role ${name}`);
  const policies = resources.filter(
    ({ type, parent }) => type === "aws:iam/policy:Policy" && parent === role.parent,
  );
  const boundary = policies.find((policy) => policy.name === `${name}-boundary`);
  const document = (made: ResourceRecord, input = "policy") =>
    JSON.parse(answers.in(String(made.inputs[input]))) as Document;
  return {
    arn: String(answers.of(role.name)["arn"]),
    trust: document(role, "assumeRolePolicy"),
    identity: policies.filter((policy) => policy !== boundary).map((policy) => document(policy)),
    boundary: boundary === undefined ? undefined : document(boundary),
  };
}

/** A policy document of a plan, by the resource's name. */
export function documentOf(resources: readonly Made[], name: string, input = "policy"): Document {
  const found = resources.find((made) => made.name === name && made.inputs[input] !== undefined);
  assert.ok(found !== undefined, `no ${name} with ${input}`);
  return JSON.parse(new Answers(resources).in(String(found.inputs[input]))) as Document;
}

/** What AWS would call a resource of a plan. */
export function arnOf(resources: readonly ResourceRecord[], name: string): string {
  return String(new Answers(resources).of(name)["arn"]);
}
