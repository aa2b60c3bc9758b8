// Timers of the Clock do not keep the process alive, and neither does a promise. A program that only waits holds one
// of these while it does.

export function keepAlive(): Disposable {
  const handle = setInterval(() => undefined, 2 ** 31 - 1);
  return { [Symbol.dispose]: () => clearInterval(handle) };
}
