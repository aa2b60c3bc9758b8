// When the watchers of a resource are told of what waits for them: at once where they are few. Each write to a client has
// its price, so many watchers are told less often and of several events at a time; their number bounds the writes.
import type { Clock, Timer } from "#base/clock.ts";

/** So many writes a millisecond at most. */
const writesPerMs = 50;
const longestMs = 20;

export interface Paced {
  wake(): void;
}

export class Pace {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  readonly #waiting = new Set<Paced>();
  #last = -Infinity;
  #timer: Timer | undefined;

  constructor(clock: Pick<Clock, "monotonic" | "after">) {
    this.#clock = clock;
  }
  /** Something waits for it now. */
  add(watcher: Paced): void {
    this.#waiting.add(watcher);
  }
  /** Call after each event. */
  go(): void {
    if (this.#timer || this.#waiting.size === 0) return;
    const periodMs = Math.min(longestMs, Math.floor(this.#waiting.size / writesPerMs));
    const waitMs = this.#last + periodMs - this.#clock.monotonic();
    if (waitMs <= 0) this.#wakeAll();
    else this.#timer = this.#clock.after(waitMs, () => this.#wakeAll());
  }
  #wakeAll(): void {
    this.#timer = undefined;
    this.#last = this.#clock.monotonic();
    for (const watcher of this.#waiting) watcher.wake();
    this.#waiting.clear();
  }
}
