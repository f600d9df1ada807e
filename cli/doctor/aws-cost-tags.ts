import type { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { REQUIRED_TAGS } from "../../model/tags.ts";
import { isRefusal } from "../aws-errors.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";

/** Cost Explorer has one endpoint for all regions. Source: AWS General Reference, "Billing and Cost Management endpoints". */
const REGION = "us-east-1";

/**
 * Whether the tags that bills are split by count there. With `fix` those that wait are switched on, which is safe: it
 * changes no resource, and takes effect for the days to come. AWS knows a tag a day after its first use only.
 */
export function costTagsCheck(account: AwsAccount, fix: boolean): Check {
  return {
    id: "aws.cost-tags",
    title: "Cost-allocation tags",
    side: "aws",
    rights: `ce:ListCostAllocationTags${fix ? " and ce:UpdateCostAllocationTagsStatus" : ""}`,
    async look() {
      await account.ready();
      const { CostExplorerClient } = await import("@aws-sdk/client-cost-explorer");
      const client = new CostExplorerClient({ ...account.client, region: REGION });
      try {
        const states = await statesOf(client);
        const inactive = REQUIRED_TAGS.filter((tag) => states.get(tag) === "Inactive");
        if (!fix || inactive.length === 0) return tagsFinding(states);
        const errors = await activate(client, inactive);
        const now = inactive.filter((tag) => !errors.has(tag));
        return tagsFinding(new Map([...states, ...now.map((tag) => [tag, "Active"] as const)]), now, errors);
      } catch (error) {
        // A member of an organization is refused as such, whatever its rights.
        if (!isRefusal(error) && !isLinkedAccount(error)) throw error;
        return {
          status: "warning",
          found: `not shown to this account (${error.name})`,
          fix: "Ask whoever has the payer account to run: ground doctor --fix. Budgets watch the whole account, with or without tags.",
        };
      }
    },
  };
}

function isLinkedAccount(error: unknown): error is Error {
  return (
    error instanceof Error && error.name === "ValidationException" && /linked account/i.test(error.message)
  );
}

async function statesOf(client: CostExplorerClient): Promise<ReadonlyMap<string, string>> {
  const { ListCostAllocationTagsCommand } = await import("@aws-sdk/client-cost-explorer");
  const states = new Map<string, string>();
  let next: string | undefined;
  do {
    const page = await client.send(
      new ListCostAllocationTagsCommand({
        TagKeys: [...REQUIRED_TAGS],
        Type: "UserDefined",
        NextToken: next,
      }),
    );
    for (const { TagKey, Status } of page.CostAllocationTags ?? [])
      if (TagKey !== undefined && Status !== undefined) states.set(TagKey, Status);
    next = page.NextToken === "" ? undefined : page.NextToken;
  } while (next !== undefined);
  return states;
}

/** @returns what AWS said of the tags that it did not switch on. */
async function activate(
  client: CostExplorerClient,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { UpdateCostAllocationTagsStatusCommand } = await import("@aws-sdk/client-cost-explorer");
  const { Errors = [] } = await client.send(
    new UpdateCostAllocationTagsStatusCommand({
      CostAllocationTagsStatus: tags.map((TagKey) => ({ TagKey, Status: "Active" as const })),
    }),
  );
  return new Map(
    Errors.map(({ TagKey = "", Message, Code }) => [TagKey, Message ?? Code ?? "no reason given"]),
  );
}

/** @param activated tags that were switched on just now */
export function tagsFinding(
  states: ReadonlyMap<string, string>,
  activated: readonly string[] = [],
  errors: ReadonlyMap<string, string> = new Map(),
): Finding {
  const missing = REQUIRED_TAGS.filter((tag) => !states.has(tag));
  const inactive = REQUIRED_TAGS.filter((tag) => states.get(tag) === "Inactive");
  const done =
    activated.length === 0 ? "" : `switched on now: ${activated.join(", ")}; they count from tomorrow on`;
  if (missing.length === 0 && inactive.length === 0)
    return { status: "ok", found: done === "" ? REQUIRED_TAGS.join(", ") : done };
  const refused = inactive.flatMap((tag) => (errors.has(tag) ? [`${tag}: ${errors.get(tag) ?? ""}`] : []));
  return {
    status: "warning",
    found: [
      ...(done === "" ? [] : [done]),
      ...(inactive.length === 0 ? [] : [`not switched on: ${inactive.join(", ")}`]),
      ...(missing.length === 0 ? [] : [`not known to billing: ${missing.join(", ")}`]),
      ...refused,
    ].join("; "),
    fix:
      inactive.length > 0
        ? "Run: ground doctor --fix (in the payer account)."
        : "AWS knows a tag a day after its first use: run ground doctor --fix the day after the first `up`.",
  };
}
