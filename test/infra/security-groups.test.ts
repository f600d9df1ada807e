import assert from "node:assert/strict";
import { SecurityGroups } from "../../infra/components/security-groups.ts";
import { FLOWS } from "../../model/ports.ts";
import { ROLES, type Role } from "../../model/roles.ts";
import { recordComponent, remembered, SCOPE } from "../support/components.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const IN = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OUT = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const groups = remembered((roles: readonly Role[]) =>
  recordComponent((opts) => new SecurityGroups("security", { scope: SCOPE, vpcId: "vpc-1", roles }, opts)),
);

describe("security groups", () => {
  it("are exactly these for an orchestrator with one storage node and one FUSE client", async () => {
    assert.deepEqual((await groups(["orchestrator", "storage", "fuse-client"])).lines, [
      `${GROUP} security-fuse-client`,
      `${GROUP} security-orchestrator`,
      `${GROUP} security-storage`,
      `${OUT} security-fuse-client-https`,
      `${OUT} security-fuse-client-to-storage-9400-out`,
      `${OUT} security-orchestrator-https`,
      `${OUT} security-orchestrator-to-fuse-client-9402-out`,
      `${OUT} security-orchestrator-to-storage-9402-out`,
      `${OUT} security-orchestrator-to-storage-9404-out`,
      `${OUT} security-storage-https`,
      `${OUT} security-storage-to-storage-9400-out`,
      `${OUT} security-storage-to-storage-9401-out`,
      `${IN} security-fuse-client-to-storage-9400-in`,
      `${IN} security-orchestrator-to-fuse-client-9402-in`,
      `${IN} security-orchestrator-to-storage-9402-in`,
      `${IN} security-orchestrator-to-storage-9404-in`,
      `${IN} security-storage-to-storage-9400-in`,
      `${IN} security-storage-to-storage-9401-in`,
      "proving-ground:infra:SecurityGroups security",
    ]);
  });

  it("let each flow of the model out of its source and into its target, and nothing else", async () => {
    const recorded = await groups(ROLES);
    assert.equal(recorded.ofType(GROUP).length, ROLES.length);
    assert.equal(recorded.ofType(IN).length, FLOWS.length);
    assert.equal(recorded.ofType(OUT).length, FLOWS.length + ROLES.length);
    for (const { from, to, protocol, port, purpose } of FLOWS) {
      const flow = `security-${from}-to-${to}-${String(port)}`;
      const common = { ipProtocol: protocol, fromPort: port, toPort: port, description: purpose };
      const [source, target] = [`[security-${from}.id]`, `[security-${to}.id]`];
      const { tags: inTags, ...rule } = recorded.inputs(IN, `${flow}-in`);
      assert.deepEqual(rule, { ...common, securityGroupId: target, referencedSecurityGroupId: source });
      const { tags: outTags, ...reverse } = recorded.inputs(OUT, `${flow}-out`);
      assert.deepEqual(reverse, { ...common, securityGroupId: source, referencedSecurityGroupId: target });
      assert.ok(inTags !== undefined && outTags !== undefined, "rules carry tags");
    }
  });

  it("open nothing inwards to an address range, and port 22 nowhere", async () => {
    const recorded = await groups(ROLES);
    for (const { name, inputs } of recorded.ofType(IN)) {
      for (const range of ["cidrIpv4", "cidrIpv6", "prefixListId"]) assert.ok(!(range in inputs), name);
    }
    for (const { name, inputs } of recorded.ofType(GROUP)) {
      assert.ok(!("ingress" in inputs) && !("egress" in inputs), `${name} has rules as resources only`);
    }
    for (const { name, inputs } of [...recorded.ofType(IN), ...recorded.ofType(OUT)]) {
      const [low, high] = [Number(inputs["fromPort"]), Number(inputs["toPort"])];
      assert.equal(low, high, `${name} opens one port`);
      assert.notEqual(low, 22, name);
      assert.notEqual(inputs["ipProtocol"], "-1", name);
    }
  });

  it("let hosts out to the internet on 443 alone", async () => {
    const outward = (await groups(ROLES)).ofType(OUT).filter(({ inputs }) => "cidrIpv4" in inputs);
    assert.deepEqual(
      outward.map(({ name }) => name).sort(),
      ROLES.map((role) => `security-${role}-https`).sort(),
    );
    for (const { inputs } of outward) {
      assert.deepEqual(
        [inputs["cidrIpv4"], inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"]],
        ["0.0.0.0/0", "tcp", 443, 443],
      );
    }
  });

  it("leave out the flows of roles that have no host", async () => {
    assert.deepEqual((await groups(["orchestrator"])).lines, [
      `${GROUP} security-orchestrator`,
      `${OUT} security-orchestrator-https`,
      "proving-ground:infra:SecurityGroups security",
    ]);
  });
});
