import * as pulumi from "@pulumi/pulumi";
import { CASES } from "./cases.ts";

const name = new pulumi.Config().require("case");
const chosen = CASES[name];
if (chosen === undefined) throw new RangeError(`no case ${name}, but ${Object.keys(CASES).join(", ")}`);
chosen.make();
