import { readFileSync } from "node:fs";
import { GUARD_ARCHIVE } from "../../model/guard.ts";
import { systemClock } from "./aws/clock.ts";
import { readGuardConfig } from "./aws/config-file.ts";
import { guardFunction, type GuardFunction } from "./aws/function.ts";

/** Kept from one invocation to the next, with its connections. Made at the first one: a fault in it is that run's error. */
let guard: GuardFunction | undefined;

/** What Lambda calls. The configuration lies beside this program in the function's archive. */
export const handler: GuardFunction = async (event, context) => {
  guard ??= guardFunction({
    config: readGuardConfig(readFileSync(new URL(GUARD_ARCHIVE.config, import.meta.url), "utf8")),
    variables: process.env,
    clock: systemClock,
    print: (entry) => {
      console.log(entry);
    },
  });
  return guard(event, context);
};
