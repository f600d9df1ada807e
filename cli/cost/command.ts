import type { Command } from "commander";
import { withStackOptions, type StackOptions } from "../stack-options.ts";

export interface CostOptions extends StackOptions {
  readonly json?: true;
  /** False with `--no-bill`. */
  readonly bill: boolean;
}

export function registerCost(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command("cost")
    .description(
      "today's money by role and owner, the time left until the line, yesterday beside AWS's bill",
    );
  withStackOptions(command, "look at")
    .option("--no-bill", "do not ask Cost Explorer, for which AWS charges $0.01")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", HELP)
    .action(async (options: CostOptions) => {
      finish(await (await import("./run.ts")).runCost(options));
    });
}

const HELP = `
Today is what the guard counts with, as of its last look: the higher of its meter and of what AWS Budgets said of
today; the parts by role and owner are the meter's. AWS's bill comes 8 to 12 hours late and changes for a day or more;
it is told apart by environment only once the cost-allocation tags are active (\`ground doctor --fix\`).

Exit codes: 0 fine; 2 bad configuration, or a stack without a guard; 3 no credentials; 4 the guard has not metered yet,
or the bill could not be read; 6 unknown stack.`;
