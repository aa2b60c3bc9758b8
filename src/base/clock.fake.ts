// A clock whose time moves only when a test says so.
import { sleepWith, type Clock, type Timer } from "#base/clock.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  #now: number;
  readonly #start: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  /** `start`: milliseconds since the epoch. */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
    this.#start = start;
  }
  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now - this.#start;
  }
  after(delayMs: number, run: () => void): Timer {
    const entry: Pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#pending.add(entry);
    const stop = (): void => void this.#pending.delete(entry);
    return { stop, [Symbol.dispose]: stop };
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }
  /** When the next timer fires, in milliseconds since the epoch. */
  nextAt(): number | undefined {
    return this.#next()?.at;
  }
  /** Moves to the next timer that is due at or before `until` and runs it; false when there is none. */
  runNext(until: number): boolean {
    const next = this.#next();
    if (!next || next.at > until) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
  /** Sets the time without running timers; the caller has run those that are due. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }
  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const p of this.#pending)
      if (!first || p.at < first.at || (p.at === first.at && p.order < first.order)) first = p;
    return first;
  }
}
