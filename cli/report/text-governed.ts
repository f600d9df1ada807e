import type { Plan } from "../../model/plan.ts";
import { governedRepositories } from "./governed.ts";
import type { Paint } from "./paint.ts";
import { printable, wrap } from "./printable.ts";

/** Columns that a topic may take. */
const WIDEST_TOPIC = 30;

/** What is set in each repository, topic by topic. */
export function governed(plan: Plan, width: number, paint: Paint): string[] {
  const repositories = governedRepositories(plan);
  if (repositories.length === 0) return [];
  const topics = repositories.flatMap(({ rows }) => rows.map(({ topic }) => printable(topic).length));
  const column = Math.min(Math.max(0, ...topics), WIDEST_TOPIC) + 2;
  return repositories.flatMap(({ repository, rows }, index) => [
    ...(index === 0 ? [] : [""]),
    paint.bold(`GitHub ${printable(repository)}`),
    ...rows.flatMap(({ topic, items }) => {
      const title = printable(topic);
      const told = wrap(printable(items.join(" · ")), width - column - 2);
      const first = title.length + 2 > column ? [`  ${title}`] : [];
      return [
        ...first,
        ...told.map((line, at) => `  ${(at === 0 && first.length === 0 ? title : "").padEnd(column)}${line}`),
      ];
    }),
  ]);
}
