import { listOf, tableOf } from "../model/inputs.ts";
import { isUnknown, UNKNOWN, type ResourceRecord } from "../model/resource.ts";
import { companionsOf, ofType } from "./companions.ts";
import { openingsOf, type Direction, type Opening } from "./openings.ts";

export const PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
export const PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";

/**
 * Openings a resource makes to prefix lists, by the blocks of the lists. A list that the stack does not make, or
 * whose blocks are unknown, gives an opening to an unknown block.
 */
export function openingsToLists(
  resources: readonly ResourceRecord[],
  resource: ResourceRecord,
  direction: Direction,
): Opening[] {
  const through = openingsOf(resource, direction, ["prefixListId", "prefixListIds"]);
  if (through.length === 0) return [];
  const properties = ["prefixListId", "prefixListIds", direction];
  const named = new Set(properties.flatMap((key) => resource.propertyDependencies[key] ?? []));
  const lists = ofType(resources, PREFIX_LIST).filter(({ urn }) => named.has(urn));
  const ids = new Set(through.map(({ block }) => block));
  const blocks = [
    ...lists.flatMap((list) => blocksOf(resources, list)),
    // More ids than lists: one of them was made elsewhere.
    ...(ids.size > lists.length ? [UNKNOWN] : []),
  ];
  return through.flatMap((opening) => blocks.map((block) => ({ ...opening, block })));
}

function blocksOf(resources: readonly ResourceRecord[], list: ResourceRecord): string[] {
  const beside = companionsOf(resources, list, { types: [PREFIX_LIST_ENTRY], property: "prefixListId" });
  const { entries } = list.inputs;
  // AWS computes the entries where the program keeps them in resources of their own.
  if (isUnknown(entries) && beside.length === 0) return [UNKNOWN];
  return [...listOf(entries).map(tableOf), ...beside.map(({ inputs }) => inputs)].map(({ cidr }) =>
    typeof cidr === "string" ? cidr : UNKNOWN,
  );
}
