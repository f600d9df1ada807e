/**
 * Names that resources had before, by the name they have today, both as the program names them: a slot
 * (`storage-1`), a component (`artifacts`), or any other resource by its exact name.
 */
export type FormerNames = Readonly<Partial<Record<string, string>>>;

/**
 * Add a line for whatever is renamed, and keep it as long as a stack from before may live: without it the
 * next update makes everything under the new name anew, with empty disks, and deletes the old. The name
 * in AWS stays the former one, which AWS cannot change; DNS names, tags and parameters take the new one.
 */
export const FORMER_NAMES: FormerNames = {};
