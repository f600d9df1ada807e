import { z } from "zod";
import { numberOf } from "../../../model/inputs.ts";
import { resourceRule } from "../../rule.ts";
import { volumesOf } from "./volumes.ts";

export const volumeSize = resourceRule({
  name: "volume-size",
  level: "mandatory",
  why: "EBS is charged for what is provided, full or empty: a terabyte of gp3 is 82 USD a month.",
  fix: "state or lower the size, or raise parameters.volume-size.gib",
  parameters: z.strictObject({
    gib: z.int().min(1).max(65_536).default(2048).describe("Largest EBS volume, GiB."),
  }),
  *checkResource(resource, { parameters }) {
    for (const { title, gib, snapshot } of volumesOf(resource)) {
      if (gib === undefined || gib === null) {
        // Else it is the machine image's, some GiB. A snapshot may be of any volume.
        if (snapshot !== undefined && snapshot !== null && snapshot !== "")
          yield `${title}: its size is not set, and that of its snapshot is unknown before deployment`;
        continue;
      }
      const size = numberOf(gib);
      if (size === undefined) yield `${title}: its size is unknown before deployment`;
      else if (size > parameters.gib)
        yield `${title}: ${String(size)} GiB, at most ${String(parameters.gib)} GiB are allowed`;
    }
  },
});
