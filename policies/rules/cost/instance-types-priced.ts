import { UnpricedError } from "../../../pricing/errors.ts";
import { unpricedResources } from "../../../pricing/unpriced.ts";
import { costOf } from "../../cost.ts";
import type { StackRule } from "../../rule.ts";

export const instanceTypesPriced: StackRule = {
  name: "instance-types-priced",
  level: "mandatory",
  why: "What has no price is spending that no figure in the plan contains.",
  fix: "run ground prices refresh for the region and type, or choose something that is priced",
  *checkStack(resources) {
    for (const { urn, type } of unpricedResources(resources))
      yield { urn, message: `${type} costs money that no figure here contains` };
    try {
      costOf(resources);
    } catch (error) {
      if (!(error instanceof UnpricedError)) throw error;
      yield { message: error.message };
    }
  },
};
