import { printable } from "./printable.ts";

/** Text that is HTML already. Only {@link markup} and {@link trusted} make it, so nothing from a plan reaches a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Indentation of the templates: on a page of 5,000 rows it would be a third of the file. */
const INDENT = /\n\s*/g;

/** Safe in text and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** HTML in which every value put in is escaped, unless it is {@link Markup} itself. Attributes must be quoted. */
export function markup(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings
      .map(
        (literal, index) =>
          literal.replace(INDENT, "\n") + (index < values.length ? render(values[index] ?? "") : ""),
      )
      .join(""),
  );
}

/** Marks a text of this project's own as HTML: style sheet, script, drawn graph. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/**
 * JSON for a `<script type="application/json">`: with `<` written as an escape no text in it can end
 * the element, whatever it holds.
 */
export function jsonData(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"));
}

function render(value: Content): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return value.map(render).join("");
}
