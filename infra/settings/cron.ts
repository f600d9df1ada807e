interface Field {
  readonly title: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

/** The five fields that EC2 Auto Scaling reads in a scheduled action's `recurrence`, in its order. */
const FIELDS: readonly Field[] = [
  { title: "minute", low: 0, high: 59 },
  { title: "hour", low: 0, high: 23 },
  { title: "day of month", low: 1, high: 31 },
  {
    title: "month",
    low: 1,
    high: 12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  // Sunday is 0 only: cron programs differ on 7, so it is refused rather than read in two ways.
  { title: "day of week", low: 0, high: 6, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

/** What is wrong with a five-field cron expression; undefined for a sound one. */
export function cronProblem(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `must be a cron expression of five fields such as "0 8 * * 1-5", not of ${String(parts.length)}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] ?? "";
    if (!part.split(",").every((item) => isItem(item, field))) {
      const range = `${String(field.low)}-${String(field.high)}`;
      const names =
        field.names === undefined ? "" : ` or ${String(field.names[0])}-${String(field.names.at(-1))}`;
      return `must be a cron expression; its ${field.title} ${JSON.stringify(part)} must be *, or numbers ${range}${names} with , - and /`;
    }
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `MON-FRI`, each with an optional step such as `/15`. */
function isItem(item: string, field: Field): boolean {
  const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
  if (range === "" || (step !== undefined && Number(step) < 1)) return false;
  if (range === "*") return true;
  const [low, high, ...rest] = range.split("-").map((bound) => position(bound, field));
  if (low === undefined || rest.length > 0) return false;
  return range.includes("-") ? high !== undefined && low <= high : true;
}

function position(text: string, { low, high, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return low + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value >= low && value <= high ? value : undefined;
}
