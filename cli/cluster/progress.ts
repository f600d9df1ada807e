import type { ListrDefaultRendererLogLevels } from "listr2";
import type { Admission } from "../../runtime/guard/admission.ts";
import { isTrouble, type SlotView } from "./slot-state.ts";
import type { LaunchPrice } from "./price.ts";
import { priceLines } from "./render.ts";
import type { StartProgress } from "./start.ts";

/** `live`: a line for each slot, redrawn; `lines`: a line for each change, for logs; `silent`: for `--json`. */
export type ProgressKind = "live" | "lines" | "silent";

export function progressKind(isJson: boolean, isTerminal: boolean): ProgressKind {
  return isJson ? "silent" : isTerminal ? "live" : "lines";
}

/** One line that says how a slot stands. */
export function slotLine({ slot, state, detail }: Pick<SlotView, "slot" | "state" | "detail">): string {
  return `${slot}: ${state}${detail === "" ? "" : `, ${detail}`}`;
}

/** What is said of one of the slots, for its own line; undefined for anything else. */
export function slotNote(
  text: string,
  slots: Iterable<string>,
): { readonly slot: string; readonly note: string } | undefined {
  for (const slot of slots)
    if (text.startsWith(`${slot}: `)) return { slot, note: text.slice(slot.length + 2) };
  return undefined;
}

/** Only those whose state changed, or whose detail did while it is not a matter of minutes that pass. */
export function changedLines(
  before: ReadonlyMap<string, string>,
  views: readonly SlotView[],
): readonly string[] {
  return views.flatMap((view) => (before.get(view.slot) === signature(view) ? [] : [slotLine(view)]));
}

export function signature({ state, failing, detail }: SlotView): string {
  return state === "booting" ? `${state} ${detail}` : `${state} ${failing ?? ""}`;
}

/** What a start says while it goes on, on the error stream, so that the result can be piped. */
export class SlotProgress implements StartProgress {
  readonly #kind: ProgressKind;
  readonly #length: number;
  readonly #write: (text: string) => void;
  readonly #shown = new Map<string, string>();
  readonly #later: string[] = [];
  #live: LiveList | undefined;

  constructor(kind: ProgressKind, length: number, write: (text: string) => void) {
    this.#kind = kind;
    this.#length = length;
    this.#write = write;
  }

  priced(price: LaunchPrice, admission: Admission, warnings: readonly string[]): void {
    if (this.#kind === "silent") return;
    this.#write(`${priceLines(price, admission, this.#length, price.bySlot.size)}\n`);
    for (const warning of warnings) this.#write(`warning: ${warning}\n`);
  }

  slots(views: readonly SlotView[]): void {
    if (this.#kind === "live") {
      this.#live ??= new LiveList(views);
      this.#live.update(views);
    } else if (this.#kind === "lines")
      for (const line of changedLines(this.#shown, views)) this.#write(`${line}\n`);
    for (const view of views) this.#shown.set(view.slot, signature(view));
  }

  said(text: string): void {
    if (this.#kind === "lines") this.#write(`${text}\n`);
    else if (this.#kind === "live" && this.#live?.note(text) !== true) this.#later.push(text);
  }

  /** Ends the redrawn lines; what was said meanwhile, and of no slot, follows them. */
  async end(): Promise<void> {
    await this.#live?.end();
    for (const text of this.#later) this.#write(`${text}\n`);
  }
}

interface Row {
  view: SlotView;
  /** What was said of the slot last; a redrawn list takes no line in between. */
  note: string;
  show: () => void;
  readonly settle: () => void;
  readonly settled: Promise<void>;
}

/** A task of listr2 for each slot, done when the slot is ready. */
class LiveList {
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #run: Promise<unknown>;

  constructor(views: readonly SlotView[]) {
    this.#rows = new Map(
      views.map((view): [string, Row] => {
        const { promise, resolve } = deferred();
        return [view.slot, { view, note: "", show: () => undefined, settle: resolve, settled: promise }];
      }),
    );
    this.#run = this.#start();
  }

  update(views: readonly SlotView[]): void {
    for (const view of views) {
      const row = this.#rows.get(view.slot);
      if (row === undefined) continue;
      row.view = view;
      row.show();
      if (view.state === "ready") row.settle();
    }
  }

  /** @returns false where it is of none of the slots */
  note(text: string): boolean {
    const said = slotNote(text, this.#rows.keys());
    const row = said === undefined ? undefined : this.#rows.get(said.slot);
    if (said === undefined || row === undefined) return false;
    row.note = said.note;
    row.show();
    return true;
  }

  async end(): Promise<void> {
    for (const row of this.#rows.values()) row.settle();
    await this.#run;
  }

  async #start(): Promise<void> {
    const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
    const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
      processOutput: new ProcessOutput(process.stderr, process.stderr),
    });
    const tasks = [...this.#rows.values()].map((row) => ({
      title: rowLine(row),
      task: async (_context: unknown, task: { title: string }) => {
        row.show = () => {
          task.title = rowLine(row);
        };
        row.show();
        await row.settled;
        row.show();
        if (isTrouble(row.view.state)) throw new Error(slotLine(row.view));
      },
    }));
    const list = new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      collectErrors: false,
      rendererOptions: { logger, showErrorMessage: false },
      // The command gives slots back at an interruption; listr2 would end the process before that.
      registerSignalListeners: false,
    });
    await list.run();
  }
}

function rowLine({ view, note }: Pick<Row, "view" | "note">): string {
  return `${slotLine(view)}${note === "" ? "" : ` (${note})`}`;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
