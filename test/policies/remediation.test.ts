import assert from "node:assert/strict";
import { policySettingsSchema } from "../../model/policy-settings.ts";
import { unknownOutput, type ResourceRecord } from "../../model/resource.ts";
import { evaluate, type Evaluation } from "../../policies/evaluate.ts";
import { remediate } from "../../policies/remediate.ts";
import { volumesGp3 } from "../../policies/rules/cost/volumes-gp3.ts";
import { record } from "../pricing/records.ts";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

function evaluation(policies: unknown = {}): Evaluation {
  return { stack: "dev", settings: policySettingsSchema.parse(policies), today: "2027-01-31" };
}

function template(ebs: Readonly<Record<string, unknown>>): ResourceRecord {
  return record(TEMPLATE, "host", { name: "host", blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] });
}

const GP2 = template({ volumeType: "gp2", volumeSize: 20, encrypted: "true" });

describe("remediation", () => {
  it("changes the plan, says what it changed, and leaves nothing to refuse", () => {
    const { resources, mended } = remediate([GP2], evaluation(), [volumesGp3]);
    assert.deepEqual(resources, [template({ volumeType: "gp3", volumeSize: 20, encrypted: "true" })]);
    assert.deepEqual(mended, [
      {
        name: "volumes-gp3",
        level: "remediate",
        urn: GP2.urn,
        message: `blockDeviceMappings[0].ebs.volumeType is "gp3" instead of "gp2" in this plan; ${volumesGp3.fix}`,
      },
    ]);
    assert.deepEqual(evaluate(resources, "stack", evaluation(), [volumesGp3]), []);
  });

  it("does nothing a second time", () => {
    const { resources } = remediate([GP2], evaluation(), [volumesGp3]);
    assert.deepEqual(remediate(resources, evaluation(), [volumesGp3]), { resources, mended: [] });
  });

  const waiver = {
    rule: "volumes-gp3",
    resource: "host",
    reason: "Measured against gp3.",
    owner: "claudefs",
    expires: "2027-01-31",
  };
  for (const [what, resource, policies] of [
    ["a volume that would become slower", template({ volumeType: "gp2", volumeSize: 171 }), {}],
    ["a volume whose size the image decides", template({ volumeType: "gp2" }), {}],
    ["a volume of another type", template({ volumeType: "io1", volumeSize: 20 }), {}],
    [
      "an input that holds an unknown value",
      template({ volumeType: "gp2", volumeSize: 20, kmsKeyId: unknownOutput("key", "arn") }),
      {},
    ],
    ["what a waiver accepts", GP2, { waivers: [waiver] }],
    ["what is advice", GP2, { levels: { "volumes-gp3": "advisory" } }],
    ["what is not judged", GP2, { levels: { "volumes-gp3": "disabled" } }],
  ] as const) {
    it(`leaves ${what} as it is`, () => {
      assert.deepEqual(remediate([resource], evaluation(policies), [volumesGp3]), {
        resources: [resource],
        mended: [],
      });
    });
  }

  it("that fails mends nothing", () => {
    const failing = {
      ...volumesGp3,
      remediate: () => {
        throw new Error("out of order");
      },
    };
    assert.deepEqual(remediate([GP2], evaluation(), [failing]), { resources: [GP2], mended: [] });
  });
});
