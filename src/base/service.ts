// Everything that lives: it starts, says when it is ready, and ends when its signal is aborted.

export interface Service {
  readonly name: string;
  /** Resolves once it does its work; rejects when it cannot start. */
  readonly ready: Promise<void>;
  /** Runs until `signal` is aborted, then cleans up and resolves. A rejection is a failure of the service. */
  run(signal: AbortSignal): Promise<void>;
}

/** Runs services side by side. When one fails, the others are stopped and its error is thrown. */
export async function runAll(services: readonly Service[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let failure: { error: unknown } | undefined;
  await Promise.all(
    services.map(async (service) => {
      try {
        await service.run(both);
      } catch (error) {
        failure ??= { error: new Error(`service ${service.name} failed`, { cause: error }) };
      }
      if (!both.aborted) {
        failure ??= { error: new Error(`service ${service.name} ended early`) };
        stop.abort(failure.error);
      }
    }),
  );
  if (failure && !signal.aborted) throw failure.error;
}

/** A promise with its handles, for a service's `ready`. A rejection that nobody waits for is not an error. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  const d = Promise.withResolvers<T>();
  d.promise.catch(() => undefined);
  return d;
}

/** Resolves when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
