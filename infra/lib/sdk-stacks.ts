type PrepareStackTrace = (error: Error, frames: NodeJS.CallSite[]) => unknown;

/** In place once one program of this process has begun; a second one adds nothing. */
let inPlace: PrepareStackTrace | undefined;

/**
 * The SDK notes for each of its promises where it was made (sdk: runtime/debuggable.js), dozens a resource, to name it
 * should it leak; under the engine every such note is mapped to its source lines, a fifth of all the program's time.
 * Nobody reads them without `PULUMI_DEBUG_PROMISE_LEAKS`. Errors keep their stacks.
 *
 * Called before a program makes anything.
 */
export function skipPromiseStacks(): void {
  const mapper: { prepareStackTrace?: PrepareStackTrace } = Error;
  const before = mapper.prepareStackTrace;
  if (before === undefined || before === inPlace) return;
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined) return;
  inPlace = (error, frames) =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? "" : before.call(Error, error, frames);
  mapper.prepareStackTrace = inPlace;
}

/**
 * The same error with the SDK's own frames left out of its stack: Node 20 needs up to 40 seconds and a
 * gigabyte to print them in colour, and they say nothing about the program.
 */
export function withoutSdkFrames(error: unknown): unknown {
  if (!(error instanceof Error) || error.stack === undefined) return error;
  error.stack = error.stack
    .split("\n")
    .filter((line) => !line.includes("/node_modules/@pulumi/"))
    .join("\n");
  return error;
}
