import { z } from "zod";
import { numberOf, valueAt } from "../../../model/inputs.ts";
import { isUnknown } from "../../../model/resource.ts";
import { shown } from "../../companions.ts";
import { resourceRule } from "../../rule.ts";

const INSTANCES = new Set(["aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"]);
const TEMPLATES = new Set([
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
]);

export const imdsv2 = resourceRule({
  name: "imdsv2",
  level: "mandatory",
  why: "Without tokens, or with a hop to spare, a forged request or a container on the host takes the host's role.",
  fix: 'set metadataOptions to httpTokens: "required" and httpPutResponseHopLimit: 1',
  outside: ["CKV_AWS_79", "CKV_AWS_341", "CIS AWS 5.7", "Security Hub EC2.8", "Security Hub EC2.170"],
  parameters: z.strictObject({
    /** Most network hops an answer of the metadata service may take; containers behind a bridge need 2. */
    hopLimit: z.int().min(1).max(64).default(1),
  }),
  *checkResource({ type, inputs }, { parameters }) {
    if (!INSTANCES.has(type) && !TEMPLATES.has(type)) return;
    const options = inputs["metadataOptions"];
    // The instance's launch template decides, and is judged itself.
    if (INSTANCES.has(type) && options === undefined && inputs["launchTemplate"] !== undefined) return;
    if (valueAt(options, "httpEndpoint") === "disabled") return;
    const tokens = valueAt(options, "httpTokens");
    if (tokens !== "required") yield `httpTokens is ${shown(tokens, isUnknown(tokens))}`;
    // Not set means what the image asks for, and Amazon Linux 2023 asks for 2.
    const hops = valueAt(options, "httpPutResponseHopLimit");
    const limit = numberOf(hops);
    if (limit === undefined || limit > parameters.hopLimit)
      yield `httpPutResponseHopLimit is ${shown(hops, isUnknown(hops))}, at most ${String(parameters.hopLimit)} is allowed`;
  },
});
