// Time, passed in. Everything that waits or stamps takes a Clock, so a whole cluster can run on virtual time.

/** A timer that can be stopped before it fires; stopping it twice is harmless. */
export interface Timer extends Disposable {
  stop(): void;
}

export interface Clock {
  /** Whole milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a scale that never goes back; for measuring. */
  monotonic(): number;
  /** Runs `run` once after `delayMs`. A pending timer does not keep the process alive on its own. */
  after(delayMs: number, run: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** `sleep` for a clock that has `after`. */
export function sleepWith(clock: Pick<Clock, "after">, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      timer.stop();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, Math.min(Math.max(0, delayMs), longestDelayMs));
    handle.unref();
    const stop = (): void => clearTimeout(handle);
    return { stop, [Symbol.dispose]: stop };
  },
  sleep(delayMs, signal) {
    return sleepWith(systemClock, delayMs, signal);
  },
};
