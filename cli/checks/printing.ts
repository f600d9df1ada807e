import { printable } from "../report/printable.ts";

/**
 * Text out of a repository's workflows, which whoever opens a pull request may write, made safe for a terminal and
 * for the log of a job: neither moves the cursor nor is taken for one of the runner's commands.
 *
 * Source: `ActionCommand` in the public source of actions/runner: `::NAME …::` after blanks, `##[NAME` anywhere.
 */
export function inLog(text: string): string {
  return printable(text)
    .replaceAll("##[", "#\\u{23}[")
    .replaceAll(/::(?=[A-Za-z][\w-]*(?: [^:]*|(?: [^:]*:[^:]+)*)?::)/g, ":\\u{3a}");
}

/** True for a name that shows what it is. */
export function isPrintable(name: string): boolean {
  return printable(name) === name;
}

/** JSON with what a terminal would obey or hide written as escapes; it means the same. */
export function jsonInLog(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(
    /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
