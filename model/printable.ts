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
