import type { Page } from "../ports.ts";

export function token(next: string | undefined): { readonly NextToken?: string } {
  return next === undefined ? {} : { NextToken: next };
}

/** AWS says with an empty token, too, that there is no more. */
export function page<Item>(items: readonly Item[], next: string | undefined): Page<Item> {
  return next === undefined || next === "" ? { items } : { items, next };
}
