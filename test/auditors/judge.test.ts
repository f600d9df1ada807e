import assert from "node:assert/strict";
import { assertWaived } from "./judge.ts";
import { WAIVERS, type Finding, type Waiver } from "./waivers.ts";
import { actionsOnEverything, noneFromOutside, type AuditedPlan } from "./waiver-conditions.ts";
import { policy, resource } from "./bad-resource.ts";
import type { Audited } from "../support/terraform-plan.ts";

const FINDING: Finding = {
  auditor: "checkov",
  stack: "dev",
  check: "CKV_AWS_3",
  resource: "aws_ebs_volume.data",
  name: "data",
  detail: "Ensure encryption",
};

const WAIVER: Waiver = {
  auditor: "checkov",
  check: "CKV_AWS_3",
  resources: /^aws_ebs_volume\.data$/,
  reason: "none",
};

function plan(...resources: readonly Audited[]): AuditedPlan {
  return { resources };
}

describe("waivers of the auditors' findings", () => {
  const plans = new Map([["dev", plan()]]);

  it("cover a finding of their check and resource", () => {
    assertWaived("checkov", [FINDING], plans, [WAIVER]);
  });

  it("cover no other resource, check, detail or auditor", () => {
    const others: readonly Partial<Finding>[] = [
      { resource: "aws_ebs_volume.data-2" },
      { check: "CKV_AWS_30" },
    ];
    for (const other of others) {
      assert.throws(() => {
        assertWaived("checkov", [FINDING, { ...FINDING, ...other }], plans, [WAIVER]);
      }, /what no waiver covers/);
    }
    const narrower: readonly Waiver[] = [
      { ...WAIVER, detail: /rotation/ },
      { ...WAIVER, auditor: "parliament" },
    ];
    for (const waiver of narrower) {
      assert.throws(() => {
        assertWaived("checkov", [FINDING], plans, [waiver]);
      }, /what no waiver covers/);
    }
  });

  it("fail where they meet no finding", () => {
    assert.throws(() => {
      assertWaived("checkov", [], plans, [WAIVER]);
    }, /meet no finding/);
  });

  it("hold only while what their reason rests on is true", () => {
    assert.throws(() => {
      assertWaived("checkov", [FINDING], plans, [{ ...WAIVER, while: () => false }]);
    }, /what no waiver covers/);
  });

  it("give a reason that says something", () => {
    for (const { check, reason } of WAIVERS) assert.ok(reason.split(" ").length >= 12, `${check}: ${reason}`);
  });

  it("for public addresses end with the first rule that lets an address range in", () => {
    const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    assert.ok(noneFromOutside(plan(resource(INGRESS, "in", { referencedSecurityGroupId: "sg-1" }))));
    for (const from of [{ cidrIpv4: "10.0.0.0/8" }, { cidrIpv6: "::/0" }, { prefixListId: "pl-1" }]) {
      assert.ok(!noneFromOutside(plan(resource(INGRESS, "in", from))));
    }
    const group = resource("aws:ec2/securityGroup:SecurityGroup", "group", {
      ingress: [{ cidrBlocks: ["0.0.0.0/0"] }],
    });
    assert.ok(!noneFromOutside(plan(group)));
  });

  it("for actions without resources end with the first other action on everything", () => {
    const holds = actionsOnEverything("ssmmessages:");
    const rights = (...actions: readonly string[]) =>
      plan(
        resource("aws:iam/rolePolicy:RolePolicy", "rights", {
          policy: policy({ Action: actions, Resource: ["*"] }),
        }),
      );
    assert.ok(holds(rights("ssmmessages:OpenDataChannel"), "rights"));
    assert.ok(!holds(rights("ssmmessages:OpenDataChannel", "s3:PutObject"), "rights"));
    assert.ok(!holds(rights("ssmmessages:OpenDataChannel"), "other rights"), "no document to look at");
  });
});
