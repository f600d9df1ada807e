import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { recordProgram } from "../../cli/plan/recorder.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import type { Settings, SettingsInput, StackSettings } from "../../infra/settings/schema.ts";
import type { Scope } from "../../infra/lib/names.ts";
import type { ResourceRecord } from "../../model/resource.ts";

/** Where components of tests belong. */
export const SCOPE: Scope = {
  environment: "dev",
  owner: "claudefs",
  region: "us-west-2",
  account: "123456789012",
};

export const KEY_ARN = "arn:aws:kms:us-west-2:123456789012:key/example";

/** A component and everything below it, as one recorded program made them. */
export class RecordedComponent {
  readonly records: readonly ResourceRecord[];
  /** Properties whose changes a resource ignores, by name; the engine knows them, a plan does not. */
  readonly ignored: ReadonlyMap<string, readonly string[]>;

  constructor(records: readonly ResourceRecord[], ignored: ReadonlyMap<string, readonly string[]>) {
    this.records = records;
    this.ignored = ignored;
  }

  /** Every resource as `type name`, sorted. */
  get lines(): string[] {
    return this.records.map(({ type, name }) => `${type} ${name}`).sort();
  }

  ofType(type: string): ResourceRecord[] {
    return this.records.filter((record) => record.type === type);
  }

  /** Provider inputs of the one resource of a type and name. */
  inputs(type: string, name: string): Readonly<Record<string, unknown>> {
    return this.find(type, name).inputs;
  }

  find(type: string, name: string): ResourceRecord {
    const found = this.records.filter((record) => record.type === type && record.name === name);
    const [only] = found;
    assert.ok(
      only !== undefined && found.length === 1,
      `one ${type} ${name} among:\n${this.lines.join("\n")}`,
    );
    return only;
  }
}

/** Records what a component makes; resources around it go into `make` too and are recorded with it. */
export async function recordComponent(
  make: (opts: pulumi.ComponentResourceOptions) => pulumi.ComponentResource,
): Promise<RecordedComponent> {
  const ignored = new Map<string, readonly string[]>();
  const watch: pulumi.ResourceTransformation = ({ name, opts }) => {
    if (opts.ignoreChanges !== undefined) ignored.set(name, opts.ignoreChanges);
    return undefined;
  };
  const { resources } = await recordProgram({
    project: "proving-ground",
    stack: "dev",
    config: {},
    secretKeys: [],
    program: () => {
      make({ transformations: [watch] });
      return {};
    },
  });
  return new RecordedComponent(
    resources.filter(({ type }) => type !== "pulumi:pulumi:Stack"),
    ignored,
  );
}

/** One statement of an IAM policy, as AWS reads it. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of a policy document in an input. */
export function statementsOf(document: unknown): PolicyStatement[] {
  assert.equal(typeof document, "string", "a policy document is JSON text");
  const { Version, Statement } = JSON.parse(String(document)) as {
    Version: string;
    Statement: PolicyStatement[];
  };
  assert.equal(Version, "2012-10-17");
  return Statement;
}

/** The statement of a name. */
export function statement(document: unknown, sid: string): PolicyStatement {
  const found = statementsOf(document).find(({ Sid }) => Sid === sid);
  assert.ok(found !== undefined, `no statement ${sid}`);
  return found;
}

/** Checked settings: a small development stack, with what a test changes. */
export function settings(changes: Partial<SettingsInput> = {}): Settings {
  const document: SettingsInput = {
    owner: "claudefs",
    awsAccount: "123456789012",
    zones: ["usw2-az2", "usw2-az3"],
    budget: { usdPerDay: 15, worstCaseUsdPerDay: 25, emails: ["oncall@example.com"] },
    ...changes,
  };
  return withHosts(parseSettings({ ...document }, { stack: "dev", source: "Pulumi.dev.yaml" }));
}

/** The settings as those of a stack with hosts. */
export function withHosts(parsed: StackSettings): Settings {
  assert.ok(parsed.hosts, "the stack has hosts: false");
  return parsed;
}

/** Makes each recording once for the tests of a file: they only read it. */
export function remembered<Args extends readonly unknown[], Result>(
  make: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  const made = new Map<string, Promise<Result>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const result = made.get(key) ?? make(...args);
    made.set(key, result);
    return result;
  };
}
