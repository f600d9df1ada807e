import * as pulumi from "@pulumi/pulumi";
import { CASES } from "./cases.ts";

/** One case a run, chosen by the configuration; a case nobody wrote ends the program. */
const name = new pulumi.Config().require("case");
const program = CASES[name];
if (program === undefined)
  throw new pulumi.RunError(`no such case: ${name}; there are ${Object.keys(CASES).join(", ")}`);
program();
