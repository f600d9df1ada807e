/** ANSI colours by what they say. Node's `styleText` decides by itself whether to colour, differently from version to version; here only the caller does. */
export type Paint = Readonly<
  Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan", (text: string) => string>
>;

export function painter(color: boolean): Paint {
  const code = (start: number, end: number) => (text: string) =>
    color && text !== "" ? `\u001b[${String(start)}m${text}\u001b[${String(end)}m` : text;
  return {
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    green: code(32, 39),
    yellow: code(33, 39),
    cyan: code(36, 39),
  };
}
