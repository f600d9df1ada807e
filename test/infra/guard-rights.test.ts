import assert from "node:assert/strict";
import { statement, statementsOf } from "../support/components.ts";
import { rights } from "./guard-recorded.ts";

describe("rights of the guard", () => {
  const OURS = {
    "aws:ResourceTag/proving-ground:project": "proving-ground",
    "aws:ResourceTag/proving-ground:environment": "dev",
  };

  it("terminate only what this environment tagged and what may be stopped, in any region", async () => {
    const { Action, Resource, Condition } = statement(await rights(), "StopHosts");
    assert.deepEqual(Action, ["ec2:TerminateInstances"]);
    assert.deepEqual(Resource, ["arn:aws:ec2:*:123456789012:instance/*"]);
    assert.deepEqual(Condition, {
      StringEquals: { ...OURS, "aws:ResourceTag/proving-ground:life": "on-demand" },
    });
  });

  it("deny terminating what is persistent, whatever else allows it (FM-08)", async () => {
    const { Effect, Action, Resource, Condition } = statement(await rights(), "NeverPersistentHosts");
    assert.deepEqual([Effect, Action, Resource], ["Deny", ["ec2:TerminateInstances"], ["*"]]);
    assert.deepEqual(Condition, { StringEquals: { "aws:ResourceTag/proving-ground:life": "persistent" } });
  });

  it("suspend, resume and scale only the environment's own groups", async () => {
    const { Action, Resource, Condition } = statement(await rights(), "StopGroups");
    assert.deepEqual(Action, [
      "autoscaling:ResumeProcesses",
      "autoscaling:SetDesiredCapacity",
      "autoscaling:SuspendProcesses",
    ]);
    assert.deepEqual(Resource, [
      "arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/proving-ground-dev-*",
    ]);
    assert.deepEqual(Condition, { StringEquals: OURS });
    assert.deepEqual(statement(await rights(), "CancelSpotRequests").Condition, { StringEquals: OURS });
  });

  it("write the agents' role alone, and no role where no agent calls models", async () => {
    const { Action, Resource } = statement(await rights("proving-ground-dev-orchestrator"), "ShutModels");
    assert.deepEqual(Action, ["iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"]);
    assert.deepEqual(Resource, ["arn:aws:iam::123456789012:role/proving-ground-dev-orchestrator"]);
    assert.ok(
      statementsOf(await rights()).every(({ Action }) => !Action.some((one) => one.startsWith("iam:"))),
    );
  });

  it("write metrics of its own namespace and partitions of its own table", async () => {
    assert.deepEqual(statement(await rights(), "Heartbeat").Condition, {
      StringEquals: { "cloudwatch:namespace": "proving-ground/guard" },
    });
    const { Resource, Condition } = statement(await rights(), "Ledger");
    assert.deepEqual(Resource, ["[guard-table.arn]"]);
    assert.deepEqual(Condition?.["ForAllValues:StringEquals"], {
      "dynamodb:LeadingKeys": ["guard", "day", "request", "heartbeat"],
    });
    assert.deepEqual(Condition["Null"], { "dynamodb:LeadingKeys": "false" });
  });

  it("stand on everything only for looking, for its own metric, and for the denial", async () => {
    const everywhere = statementsOf(await rights("proving-ground-dev-orchestrator"))
      .filter(({ Resource }) => Resource?.includes("*") === true)
      .map(({ Sid }) => Sid);
    assert.deepEqual(everywhere, ["LookAtHosts", "LookAtModels", "NeverPersistentHosts", "Heartbeat"]);
    for (const { Action } of statementsOf(await rights("proving-ground-dev-orchestrator")))
      for (const action of Action) assert.doesNotMatch(action, /\*/);
  });
});
