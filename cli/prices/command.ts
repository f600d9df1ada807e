import { InvalidArgumentError, type Command } from "commander";
import { closest } from "fastest-levenshtein";
import { SIZES } from "../../model/sizes.ts";
import { DEFAULT_REGION, REGIONS } from "../../model/regions.ts";
import { credentialsError } from "../aws-errors.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { Refreshed } from "./refresh.ts";

/** The catalogue, relative to the project, in which `ground` runs. */
const CATALOGUE = "pricing/catalogue.json";

interface RefreshFlags {
  readonly region?: readonly string[];
  readonly type?: readonly string[];
}

export function registerPrices(program: Command): void {
  const prices = program.command("prices").description("the price catalogue behind every plan");
  prices
    .command("refresh")
    .description("renew on-demand and spot prices from AWS (needs credentials that may read prices)")
    .option("--region <name...>", `regions to renew (default: ${DEFAULT_REGION})`, knownRegion)
    .option(
      "--type <name...>",
      "instance types to renew (default: those of the cluster sizes and the orchestrator)",
      collect,
    )
    .addHelpText("after", "\nExit codes: 0 renewed, 3 no usable credentials, 4 nothing sound came back.")
    .action(refresh);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function knownRegion(value: string, before?: readonly string[]): string[] {
  if (!REGIONS.some((region) => region === value))
    throw new InvalidArgumentError(`Did you mean ${closest(value, REGIONS)}?`);
  return collect(value, before);
}

/** The types this project itself names. */
function usualTypes(): string[] {
  const sizes = Object.values(SIZES).flatMap((size) =>
    Object.values(size).flatMap((role) => role.instanceTypes),
  );
  return [...new Set([...sizes, "c7a.2xlarge", "c7a.large"])].sort();
}

async function refresh({ region = [], type = [] }: RefreshFlags): Promise<void> {
  const [{ Listr }, { refreshFile }, { awsPriceCalls }] = await Promise.all([
    import("listr2"),
    import("./refresh.ts"),
    import("./aws.ts"),
  ]);
  const regions = region.length > 0 ? region : [DEFAULT_REGION];
  const types = type.length > 0 ? type : usualTypes();
  const done: Refreshed[] = [];
  const tasks = regions.map((of) => ({
    title: `${of}: ${String(types.length)} instance types`,
    task: async () => {
      done.push(await refreshFile(CATALOGUE, { ...awsPriceCalls(), regions: [of], types, now: new Date() }));
    },
  }));
  try {
    await new Listr(tasks, { renderer: process.stdout.isTTY ? "default" : "simple" }).run();
  } catch (error) {
    throw credentialsError(
      error,
      "pricing:GetProducts, ec2:DescribeSpotPriceHistory and ec2:DescribeAvailabilityZones",
    );
  }
  for (const problem of done.flatMap(({ problems }) => problems)) console.log(`  ${problem}`);
  const updated = done.reduce((sum, result) => sum + result.updated, 0);
  if (updated === 0)
    throw new GroundError("No sound price came back; the catalogue is as it was.", EXIT.resourceFailed);
  console.log(`${String(updated)} prices written to ${CATALOGUE}. See what they change: npm run plan`);
}
