/** Prices the catalogue does not hold, or values a price cannot be told without; all of them at once. */
export class UnpricedError extends Error {
  /** One sentence or two each: what has no price, what is near it, what to do. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const [only, ...rest] = problems;
    super(
      rest.length === 0
        ? (only ?? "A price is missing.")
        : [
            `${String(problems.length)} prices are missing:`,
            ...problems.map((problem) => `  ${problem}`),
          ].join("\n"),
    );
    this.name = "UnpricedError";
    this.problems = problems;
  }
}

/** The catalogue itself is unsound: a price of zero, below zero or not a number, or a figure without a source. */
export class CatalogueError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      [
        `The price catalogue has ${String(problems.length)} unsound ${problems.length === 1 ? "entry" : "entries"}:`,
        ...problems.map((problem) => `  ${problem}`),
      ].join("\n"),
    );
    this.name = "CatalogueError";
    this.problems = problems;
  }
}
