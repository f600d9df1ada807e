import assert from "node:assert/strict";
import * as sdk from "@pulumi/policy";
import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { UNKNOWN, type ResourceRecord } from "../../model/resource.ts";
import { toPolicy } from "../../policies/engine.ts";
import type { Rule } from "../../policies/rule.ts";
import { EVALUATION, ruleNamed } from "./judge.ts";

/** Exported by the SDK and left out of its types. */
const { unknownCheckingProxy, UnknownValueError } = sdk as unknown as {
  unknownCheckingProxy: (props: Props) => Record<string, unknown>;
  UnknownValueError: new () => Error;
};

/** What the engine sends for values that are not known yet; source: the SDK's proxy.ts. */
const UNKNOWN_ON_WIRE = {
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;

const dailyCost = ruleNamed("daily-cost");
const clusterOnSpot = ruleNamed("cluster-on-spot");
const requiredTags = ruleNamed("required-tags");

const GROUP = "aws:autoscaling/group:Group";
const OPTS = {
  protect: true,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

type Props = Readonly<Record<string, unknown>>;

interface Reported {
  readonly message: string;
  readonly urn: string | undefined;
}

function neverCalled(): never {
  throw new Error("not used by this pack");
}

/** Properties as the SDK hands them to a policy: touching an unknown one throws. */
function asInEngine(props: Props): Record<string, unknown> {
  return unknownCheckingProxy(props);
}

function one(rule: Rule, type: string, props: Props): Reported[] {
  const policy = toPolicy(rule, EVALUATION) as ResourceValidationPolicy;
  const validate = policy.validateResource;
  assert.ok(typeof validate === "function");
  const reported: Reported[] = [];
  const args: ResourceValidationArgs = {
    type,
    props: asInEngine(props),
    urn: `urn:pulumi:dev::other::${type}::thing`,
    name: "thing",
    opts: { ...OPTS, parent: "urn:pulumi:dev::other::test:index:Parent::parent" },
    stackTags: new Map(),
    isType: neverCalled,
    asType: neverCalled,
    getConfig: neverCalled,
    notApplicable: neverCalled,
  };
  void validate(args, (message, urn) => reported.push({ message, urn }));
  return reported;
}

function resource(
  type: string,
  name: string,
  props: Props,
  extra: Partial<PolicyResource> = {},
): PolicyResource {
  return {
    type,
    name,
    props: asInEngine(props),
    urn: `urn:pulumi:dev::other::${type}::${name}`,
    opts: OPTS,
    dependencies: [],
    propertyDependencies: {},
    isType: neverCalled,
    asType: neverCalled,
    ...extra,
  };
}

function whole(rule: Rule, resources: readonly PolicyResource[]): Reported[] {
  const policy = toPolicy(rule, EVALUATION) as StackValidationPolicy;
  const reported: Reported[] = [];
  const args: StackValidationArgs = {
    resources: [...resources],
    stackTags: new Map(),
    getConfig: neverCalled,
    notApplicable: neverCalled,
  };
  void policy.validateStack(args, (message, urn) => reported.push({ message, urn }));
  return reported;
}

/** A rule that keeps what it was given to judge. */
function witness(level: "advisory" | "mandatory", seen: ResourceRecord[]): { one: Rule; whole: Rule } {
  const text = { name: "witness", level, why: "A reason.", fix: "do this" };
  return {
    one: { ...text, checkResource: (found) => (seen.push(found), []) },
    whole: { ...text, checkStack: (found) => (seen.push(...found), []) },
  };
}

describe("rule under the engine", () => {
  it("keeps name, level, reason and remedy", () => {
    const { name, description, enforcementLevel } = toPolicy(dailyCost, EVALUATION);
    assert.equal(name, "daily-cost");
    assert.equal(enforcementLevel, "mandatory");
    assert.equal(description, `${dailyCost.why} Fix: ${dailyCost.fix}.`);
    assert.ok(
      "validateStack" in toPolicy(dailyCost, EVALUATION) &&
        "validateResource" in toPolicy(requiredTags, EVALUATION),
    );
  });

  it("sees the same record as in a plan", () => {
    const seen: ResourceRecord[] = [];
    one(witness("mandatory", seen).one, GROUP, {
      maxSize: 1,
      tags: [{ key: "a", value: "b" }],
      nothing: null,
    });
    assert.deepEqual(seen, [
      {
        urn: `urn:pulumi:dev::other::${GROUP}::thing`,
        type: GROUP,
        name: "thing",
        parent: "urn:pulumi:dev::other::test:index:Parent::parent",
        dependencies: [],
        propertyDependencies: {},
        protect: true,
        inputs: { maxSize: 1, tags: [{ key: "a", value: "b" }], nothing: null },
      },
    ]);
  });

  it("sees a stack's resources with their parents and dependencies by URN", () => {
    const seen: ResourceRecord[] = [];
    const parent = resource("test:index:Parent", "parent", {});
    const subnet = resource("aws:ec2/subnet:Subnet", "subnet", {});
    const group = resource(
      GROUP,
      "group",
      {},
      { parent, dependencies: [subnet], propertyDependencies: { vpcZoneIdentifiers: [subnet] } },
    );
    whole(witness("mandatory", seen).whole, [parent, subnet, group]);
    const found = seen.at(-1);
    assert.equal(found?.parent, parent.urn);
    assert.deepEqual(found.dependencies, [subnet.urn]);
    assert.deepEqual(found.propertyDependencies, { vpcZoneIdentifiers: [subnet.urn] });
  });

  it("sees unknown values as a marker and keeps the rest of the resource (FM-48)", () => {
    const props = {
      name: UNKNOWN_ON_WIRE.string,
      maxSize: UNKNOWN_ON_WIRE.number,
      known: "kept",
      list: ["first", UNKNOWN_ON_WIRE.string, { deep: UNKNOWN_ON_WIRE.array }],
      nested: { inner: UNKNOWN_ON_WIRE.object, other: 3 },
    };
    // As the SDK would: an unknown that escapes a rule makes the engine's verdict advisory.
    assert.throws(() => asInEngine(props)["name"], UnknownValueError);
    const [alone, together]: [ResourceRecord[], ResourceRecord[]] = [[], []];
    one(witness("mandatory", alone).one, GROUP, props);
    whole(witness("mandatory", together).whole, [resource(GROUP, "group", props)]);
    for (const [record] of [alone, together]) {
      assert.deepEqual(record?.inputs, {
        name: UNKNOWN,
        maxSize: UNKNOWN,
        known: "kept",
        list: ["first", UNKNOWN, { deep: UNKNOWN }],
        nested: { inner: UNKNOWN, other: 3 },
      });
    }
  });

  it("reports a violation that rests on an unknown instead of letting it turn advisory (FM-48)", () => {
    const group = {
      tags: [{ key: "proving-ground:role", value: "storage" }],
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: UNKNOWN_ON_WIRE.number,
          onDemandPercentageAboveBaseCapacity: 0,
        },
      },
    };
    assert.deepEqual(one(clusterOnSpot, GROUP, group), [
      {
        message: `storage: onDemandBaseCapacity is unknown before deployment, not 0; ${clusterOnSpot.fix}`,
        urn: undefined,
      },
    ]);
    assert.equal(one(requiredTags, "aws:ec2/vpc:Vpc", { tags: UNKNOWN_ON_WIRE.object }).length, 1);
  });

  it("prices an unknown instance type at the dearest (FM-48)", () => {
    const stack = (instanceType: string) => [
      resource("pulumi:providers:aws", "aws", { region: "us-west-2" }),
      resource("proving-ground:infra:Budget", "budget", { usdPerDay: 15 }),
      resource("aws:ec2/instance:Instance", "host", { instanceType, associatePublicIpAddress: false }),
    ];
    assert.deepEqual(whole(dailyCost, stack("c7a.2xlarge")), []);
    const [refusal, ...others] = whole(dailyCost, stack(UNKNOWN_ON_WIRE.string));
    assert.deepEqual(others, []);
    assert.match(refusal?.message ?? "", /^a day at the schedule costs \$[\d.]+, the budget is \$15\.00; /);
  });

  it("reports the resource at fault, or none for the stack", () => {
    const text = { name: "found", level: "mandatory", why: "A reason.", fix: "do this" } as const;
    const rule: Rule = { ...text, checkStack: () => [{ message: "this", urn: "urn:x" }, { message: "all" }] };
    assert.deepEqual(whole(rule, []), [
      { message: "this; do this", urn: "urn:x" },
      { message: "all; do this", urn: undefined },
    ]);
  });

  it("denies where the rule throws (FM-47)", () => {
    const broken = (level: "advisory" | "mandatory"): Rule => ({
      name: "broken",
      level,
      why: "A reason.",
      fix: "do this",
      checkResource: () => {
        throw new Error("no such field");
      },
    });
    const message = "the rule could not be carried out and therefore denies: no such field";
    assert.deepEqual(one(broken("mandatory"), GROUP, {}), [{ message, urn: undefined }]);
    // A report would be advisory like its rule: only an error of the pack stops the engine.
    assert.throws(() => one(broken("advisory"), GROUP, {}), new Error(`broken: ${message}`));
  });

  it("denies where a rule lets the SDK's own error escape (FM-47)", () => {
    const props = asInEngine({ name: UNKNOWN_ON_WIRE.string });
    const rule: Rule = {
      name: "careless",
      level: "mandatory",
      why: "A reason.",
      fix: "do this",
      checkStack: () => [{ message: String(props["name"]) }],
    };
    assert.match(
      whole(rule, [])
        .map(({ message }) => message)
        .join(),
      /therefore denies: string value at \.name/,
    );
  });
});
