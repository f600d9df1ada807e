/** The result of a command: one JSON document and nothing else, or the text for people. */
export function print(options: { readonly json?: true }, json: unknown, text: () => string): void {
  process.stdout.write(options.json === true ? `${JSON.stringify(json, undefined, 2)}\n` : text());
}
