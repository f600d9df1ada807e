import type { Handler, Routes } from "./call.ts";

export interface Match {
  readonly route: string;
  readonly handler: Handler;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handler: Handler;
}

/** Finds the handler of a request. A longer path goes before a shorter, a word before a parameter. */
export class Router {
  readonly #compiled: readonly Compiled[];

  constructor(routes: Routes) {
    const words = (route: string): string => route.replaceAll(/\{[^}]+\}/g, "~");
    const length = (route: string): number => route.split("/").length;
    this.#compiled = Object.entries(routes)
      .sort(([left], [right]) => length(right) - length(left) || (words(left) < words(right) ? -1 : 1))
      .map(([route, handler]) => compile(route, handler));
  }

  match(method: string, path: string): Match | undefined {
    for (const { route, method: wanted, pattern, names, handler } of this.#compiled) {
      if (wanted !== method) continue;
      const values = pattern.exec(path);
      if (values === null) continue;
      const parameters = names.map((name, index) => [name, decodeURIComponent(values[index + 1] ?? "")]);
      return { route, handler, parameters: Object.fromEntries(parameters) as Record<string, string> };
    }
    return undefined;
  }
}

/** Parameters that may hold slashes. Source: "Get repository content", "Get a reference", "Get a branch". */
const MANY_SEGMENTS: ReadonlySet<string> = new Set(["path", "ref", "branch"]);

function compile(route: string, handler: Handler): Compiled {
  const [method = "", template = ""] = route.split(" ");
  const names: string[] = [];
  const source = template.replaceAll(/\{([^}]+)\}|[.]/g, (text, name: string | undefined) => {
    if (name === undefined) return `\\${text}`;
    names.push(name);
    return MANY_SEGMENTS.has(name) ? "(.*?)" : "([^/]+)";
  });
  return { route, method, pattern: new RegExp(`^${source}$`), names, handler };
}
