// Steps that are let come to their end when they are given up, unless that takes too long: a sandbox that is being made
// may exist all the same, unseen, and a container whose start is broken off looks as if it could not be started.
import type { Timer } from "#base/clock.ts";
import type { PodWork } from "./pod-work.ts";

const patienceMs = 10_000;

/** `run` gets the signal that it must obey. */
export async function patiently<T>(
  { parts }: Pick<PodWork, "parts">,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const tooLong = new AbortController();
  let timer: Timer | undefined;
  const onAbort = (): void => {
    timer = parts.clock.after(patienceMs, () => tooLong.abort(signal.reason as Error));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await run(AbortSignal.any([parts.signal, tooLong.signal]));
  } finally {
    signal.removeEventListener("abort", onAbort);
    timer?.stop();
  }
}
