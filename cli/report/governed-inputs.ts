/** Readers of a resource's inputs, which may come from a file that somebody else wrote: nothing is trusted to be there. */

export type Inputs = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Inputs {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Inputs) : {};
}

export function text(inputs: Inputs, input: string): string {
  const value = inputs[input];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The texts of a list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function on(inputs: Inputs, input: string): boolean {
  return inputs[input] === true;
}

/** `wiki`, or `no wiki` where it is switched off. */
export function says(inputs: Inputs, input: string, words: string): string {
  return on(inputs, input) ? words : `no ${words}`;
}

/** `NAME = value`. */
export function named(inputs: Inputs, input: string): string {
  return `${text(inputs, input)} = ${text(inputs, "value")}`;
}

/** One item for a list, `secrets A, B`; none for an empty one. */
export function itemsOf(title: string, list: readonly string[]): string[] {
  return list.length === 0 ? [] : [`${title} ${list.join(", ")}`];
}

/** The objects of a list. */
export function objectsOf(value: unknown): Inputs[] {
  return Array.isArray(value) ? (value as readonly unknown[]).map(objectOf) : [];
}

/** The only object of a list of one, as the provider nests what may be there once. */
export function firstOf(value: unknown): Inputs {
  return objectsOf(value)[0] ?? {};
}

/** `alice` of `[user.alice]` and `team sre` of `[team.sre]`: a plan knows names where GitHub takes numbers. */
export function actorName(id: unknown): string {
  const [, kind, name] = /^\[(user|team)\.(.+)\]$/.exec(typeof id === "string" ? id : "") ?? [];
  if (name === undefined) return typeof id === "number" ? `number ${String(id)}` : "somebody";
  return kind === "team" ? `team ${name}` : name;
}
