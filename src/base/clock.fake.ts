// A clock whose time moves only when a test says so. Its timers lie in a heap: a cluster of thousands of nodes has tens
// of thousands of them.
import { sleepWith, type Clock, type Timer } from "#base/clock.ts";
import { Heap } from "#base/heap.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  #now: number;
  readonly #start: number;
  #order = 0;
  readonly #pending = new Heap<Pending>((a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at));

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
    // whole milliseconds, as the real clock tells them; never too early
    const entry: Pending = { at: this.#now + Math.ceil(Math.max(0, delayMs)), order: this.#order++, run };
    this.#pending.push(entry);
    const stop = (): void => void this.#pending.delete(entry);
    return { stop, [Symbol.dispose]: stop };
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }
  /** Timers that have not fired. */
  get pending(): number {
    return this.#pending.size;
  }
  /** When the next timer fires, in milliseconds since the epoch. */
  nextAt(): number | undefined {
    return this.#pending.peek()?.at;
  }
  /** Moves to the next timer that is due at or before `until` and runs it; false when there is none. */
  runNext(until: number): boolean {
    const next = this.#pending.peek();
    if (!next || next.at > until) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
  /** As `runNext`, for all timers that stand at that moment; what they set for the same moment waits for the next call. */
  runMoment(until: number): boolean {
    const next = this.#pending.peek();
    if (!next || next.at > until) return false;
    const before = this.#order;
    this.#now = Math.max(this.#now, next.at);
    for (let due = this.#pending.peek(); due && due.at <= this.#now && due.order < before; due = this.#pending.peek()) {
      this.#pending.delete(due);
      due.run();
    }
    return true;
  }
  /** Sets the time without running timers; the caller has run those that are due. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }
}
