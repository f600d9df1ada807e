/** Control characters (line breaks and tabs included), direction overrides, zero-width and line separators. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/**
 * Text from a plan, made safe to look at, on one line. A plan may come from a file somebody else
 * wrote: control characters would drive the terminal, and characters that turn the reading
 * direction make one name look like another. Each is written out, for example `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Breaks a text at spaces to at most `width` columns a line; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
