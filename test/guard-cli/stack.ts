import type { GuardedStack } from "../../cli/guard/stack.ts";
import { guardedStackOf } from "../../cli/guard/stack.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";

/** The dev stack's names with another configuration of the guard. */
export function stackWith(config: GuardConfig): GuardedStack {
  return { ...guardedStackOf(stackSettings("dev"), MOTO_ACCOUNT, loadCatalogue()), config };
}
