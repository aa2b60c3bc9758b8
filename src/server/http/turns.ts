// Whose request begins next. Most requests are answered without ever waiting, so that a flood of them would be worked off
// to its end before anybody else is even read. Once a turn of the event loop has lasted too long, further requests wait,
// and begin in the following turns, a few in each, where the connections take them one after the other.
import type { Clock } from "#base/clock.ts";

const turnMs = 20;
/** Of those that wait, so many begin in one turn at most, and none once they have taken so long. */
const mostBegun = 64;
const sliceMs = 10;

interface Waiting {
  readonly begin: () => void;
  /** Aborted: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export class Turns {
  readonly #clock: Pick<Clock, "monotonic">;
  /** The requests that wait, by connection; the next connection is the first. */
  readonly #waiting = new Map<object, Waiting[]>();
  /** When this turn of the event loop began; undefined between turns. */
  #since: number | undefined;
  /** When the first of those that waited began in this turn. */
  #begunSince: number | undefined;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }
  /** Begins now, or when the connection's turn has come; not at all once `signal` is aborted. */
  take(connection: object, begin: () => void, signal: AbortSignal): void {
    if (this.#waiting.size === 0 && !this.#isOver()) return begin();
    const queue = this.#waiting.get(connection);
    if (queue) queue.push({ begin, signal });
    else this.#waiting.set(connection, [{ begin, signal }]);
  }
  #isOver(): boolean {
    if (this.#since !== undefined) return this.#clock.monotonic() - this.#since > turnMs;
    this.#since = this.#clock.monotonic();
    setImmediate(() => this.#next());
    return false;
  }
  /** Ends the turn; as long as somebody waits, another one follows. */
  #next(): void {
    this.#since = undefined;
    if (this.#waiting.size === 0) return;
    this.#since = this.#clock.monotonic();
    this.#begunSince = undefined;
    // Each in a callback of its own, after which its promises settle; all of them belong to one turn of the event loop.
    for (let i = 0; i < mostBegun; i++) setImmediate(() => this.#begin());
    setImmediate(() => this.#next());
  }
  #begin(): void {
    const now = this.#clock.monotonic();
    this.#begunSince ??= now;
    if (now - this.#begunSince < sliceMs) this.#first()?.begin();
  }
  #first(): Waiting | undefined {
    for (const [connection, queue] of this.#waiting) {
      const alive = queue.findIndex(({ signal }) => !signal.aborted);
      const next = alive < 0 ? undefined : queue[alive];
      const rest = alive < 0 ? [] : queue.slice(alive + 1);
      this.#waiting.delete(connection);
      if (rest.length > 0) this.#waiting.set(connection, rest);
      if (next) return next;
    }
    return undefined;
  }
}
