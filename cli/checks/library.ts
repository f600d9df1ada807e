import { readWorkflow, type WorkflowFile } from "./workflow.ts";

/** The workflows at hand, each read once. */
export class Library {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #read = new Map<string, ReturnType<typeof readWorkflow>>();

  /** @param remote workflows of other repositories by `OWNER/NAME/PATH@REF` */
  constructor(files: readonly WorkflowFile[], remote: ReadonlyMap<string, string> = new Map()) {
    this.#texts = new Map([...files.map(({ path, text }) => [path, text] as const), ...remote]);
  }

  /** Undefined where the workflow is not at hand. */
  read(path: string): ReturnType<typeof readWorkflow> | undefined {
    const text = this.#texts.get(path);
    if (text === undefined) return undefined;
    const read = this.#read.get(path) ?? readWorkflow({ path, text });
    this.#read.set(path, read);
    return read;
  }
}
