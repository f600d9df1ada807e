/**
 * Numbers in place of those that only GitHub knows. The program asks for a user's number and hands it on; an
 * unknown value would say the same of everybody, and a plan could not tell one reviewer from another. Each name
 * gets a number of its own, which turns into the name's marker where the plan shows it.
 */
export class StandInNumbers {
  readonly #markers: string[] = [];

  /** The number that stands for a marker such as `[user.monalisa]`. */
  numberFor(marker: string): number {
    const known = this.#markers.indexOf(marker);
    return HIGHEST - (known === -1 ? this.#markers.push(marker) - 1 : known);
  }

  /** The marker that a number stands for; undefined for every other number. */
  markerOf(number: number): string | undefined {
    return this.#markers[HIGHEST - number];
  }
}

/** Far from any that a program works with, and exact as a floating-point number. */
const HIGHEST = Number.MAX_SAFE_INTEGER;
