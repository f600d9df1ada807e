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
