/**
 * Waits for a call so long and no longer, even where the call does not heed the signal, as the SDK's search for
 * credentials does not. Timers of Node run on the monotonic clock.
 *
 * @throws Error where there was no answer in time; whatever the call throws.
 */
export async function within<Result>(
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(milliseconds / 1000)} s`));
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([call(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
