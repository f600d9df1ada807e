/**
 * Runs work of Pulumi's SDK and waits for its loose ends. An error inside `apply` or while a resource is
 * made rejects promises nobody holds: the run itself ends well, and the error would kill the process
 * later, after half a plan was printed. Here it fails the run, as in the SDK's own language host.
 *
 * Meanwhile no other listener hears of unhandled rejections, or a test runner would report them too.
 *
 * @throws what the work threw, else the first error that nobody handled.
 */
export async function withoutLooseEnds<Result>(work: () => Promise<Result>): Promise<Result> {
  const others = process.listeners("unhandledRejection");
  const unhandled: Error[] = [];
  const collect = (reason: unknown) => {
    unhandled.push(reason instanceof Error ? reason : new Error(String(reason)));
  };
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    const [outcome] = await Promise.allSettled([work()]);
    // Node announces them between two turns of the event loop.
    await new Promise((done) => setImmediate(done));
    if (outcome.status === "rejected") throw outcome.reason;
    const [first] = unhandled;
    if (first !== undefined) throw first;
    return outcome.value;
  } finally {
    process.off("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
}
