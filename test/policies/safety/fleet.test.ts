import assert from "node:assert/strict";
import { UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import { functionFailuresSeen } from "../../../policies/rules/safety/function-failures-seen.ts";
import { oneRolePerSlot } from "../../../policies/rules/safety/one-role-per-slot.ts";
import { record, urnOf } from "../../pricing/records.ts";
import { faults } from "./support.ts";

describe("policy function-failures-seen", () => {
  const guard = (inputs: Readonly<Record<string, unknown>> = {}) =>
    record("aws:lambda/function:Function", "guard", {
      name: "guard",
      tags: { "proving-ground:role": "guard" },
      ...inputs,
    });
  const alarm = record("aws:cloudwatch/metricAlarm:MetricAlarm", "silent", {
    dimensions: { FunctionName: "guard" },
  });
  const deadLetters = { deadLetterConfig: { targetArn: UNKNOWN } };
  const [dropped, unwatched] = ["failed events of the function are dropped", "no alarm watches the function"];

  it("wants both the failed events and an alarm (FM-03)", () => {
    assert.deepEqual(faults(functionFailuresSeen, [guard()]), [dropped, unwatched]);
    assert.deepEqual(faults(functionFailuresSeen, [guard(deadLetters)]), [unwatched]);
    assert.deepEqual(faults(functionFailuresSeen, [guard(), alarm]), [dropped]);
    assert.deepEqual(faults(functionFailuresSeen, [guard(deadLetters), alarm]), []);
  });
  it("takes an on-failure destination, and an alarm known by its dependency", () => {
    const urn = guard().urn;
    const config = (destinationConfig: unknown) =>
      record(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        "c",
        { destinationConfig },
        { dependsOn: { functionName: [urn] } },
      );
    const linked = record(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "a",
      {},
      { dependsOn: { dimensions: [urn] } },
    );
    assert.deepEqual(
      faults(functionFailuresSeen, [guard(), config({ onFailure: { destination: UNKNOWN } }), linked]),
      [],
    );
    assert.deepEqual(
      faults(functionFailuresSeen, [guard(), config({ onSuccess: { destination: "x" } }), linked]),
      [dropped],
    );
  });
  it("judges other functions only where the parameter says so", () => {
    const other = guard({ tags: {} });
    assert.deepEqual(faults(functionFailuresSeen, [other]), []);
    assert.deepEqual(faults(functionFailuresSeen, [other], { parameters: { roles: ["*"] } }), [
      dropped,
      unwatched,
    ]);
  });
});

describe("policy one-role-per-slot", () => {
  function slot(name: string, profile: string, tagged = true): ResourceRecord[] {
    const profileUrn = urnOf("aws:iam/instanceProfile:InstanceProfile", profile);
    const template = record(
      "aws:ec2/launchTemplate:LaunchTemplate",
      name,
      {},
      { dependsOn: { iamInstanceProfile: [profileUrn] } },
    );
    const tags = tagged ? [{ key: "proving-ground:slot", value: name }] : [];
    return [
      template,
      record(
        "aws:autoscaling/group:Group",
        name,
        { tags },
        { dependsOn: { mixedInstancesPolicy: [template.urn] } },
      ),
    ];
  }
  const profile = (name: string, role: string) =>
    record("aws:iam/instanceProfile:InstanceProfile", name, { role });

  it("refuses slots with one profile, and slots whose profiles have one role", () => {
    const said = ["its hosts have the role of storage-1"];
    assert.deepEqual(
      faults(oneRolePerSlot, [profile("p", "r"), ...slot("storage-1", "p"), ...slot("storage-2", "p")]),
      said,
    );
    const two = [profile("p", "r"), profile("q", "r")];
    assert.deepEqual(
      faults(oneRolePerSlot, [...two, ...slot("storage-2", "q"), ...slot("storage-1", "p")]),
      said,
    );
  });
  it("refuses slots whose profiles are written out as the same text", () => {
    const literal = (name: string, iamInstanceProfile: unknown) =>
      slot(name, "p").map((resource) =>
        resource.type === "aws:ec2/launchTemplate:LaunchTemplate"
          ? record(resource.type, name, { iamInstanceProfile })
          : resource,
      );
    const arn = { arn: "arn:aws:iam::123456789012:instance-profile/shared" };
    const first = literal("storage-1", { name: "shared" });
    const said = ["its hosts have the role of storage-1"];
    assert.deepEqual(faults(oneRolePerSlot, [...first, ...literal("storage-2", { name: "shared" })]), said);
    assert.deepEqual(faults(oneRolePerSlot, [...first, ...literal("storage-2", arn)]), said);
    assert.deepEqual(faults(oneRolePerSlot, [...first, ...literal("storage-2", { name: "own" })]), []);
    const made = record("aws:iam/instanceProfile:InstanceProfile", "q", { name: "shared", role: "r" });
    assert.deepEqual(faults(oneRolePerSlot, [made, ...first, ...slot("storage-2", "q")]), said);
  });
  it("passes slots with roles of their own, and groups that are no slots", () => {
    const own = [profile("p", "r"), profile("q", "s"), ...slot("storage-1", "p"), ...slot("storage-2", "q")];
    assert.deepEqual(faults(oneRolePerSlot, own), []);
    assert.deepEqual(
      faults(oneRolePerSlot, [profile("p", "r"), ...slot("a", "p", false), ...slot("b", "p", false)]),
      [],
    );
  });
});
