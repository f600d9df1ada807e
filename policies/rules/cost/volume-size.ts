import { z } from "zod";
import { numberOf } from "../../../model/inputs.ts";
import { resourceRule } from "../../rule.ts";
import { volumesOf } from "./volumes.ts";

export const volumeSize = resourceRule({
  name: "volume-size",
  level: "mandatory",
  why: "EBS is charged for what is provided, full or empty: a terabyte of gp3 is 82 USD a month.",
  fix: "lower the size, or raise parameters.volume-size.gib",
  parameters: z.strictObject({
    gib: z.int().min(1).max(65_536).default(2048).describe("Largest EBS volume, GiB."),
  }),
  *checkResource(resource, { parameters }) {
    for (const { title, gib } of volumesOf(resource)) {
      // Without a size it is the machine image's or the snapshot's.
      if (gib === undefined) continue;
      const size = numberOf(gib);
      if (size === undefined) yield `${title}: its size is unknown before deployment`;
      else if (size > parameters.gib)
        yield `${title}: ${String(size)} GiB, at most ${String(parameters.gib)} GiB are allowed`;
    }
  },
});
