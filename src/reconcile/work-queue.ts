// Keys that wait to be worked on. A key is queued at most once and worked on by at most one worker: a key that is
// added while it is being worked on runs again afterwards. Its length is bounded by the number of distinct keys.
import type { Clock, Timer } from "#base/clock.ts";
import { Heap } from "#base/heap.ts";
import { aborted } from "#base/service.ts";

export interface WorkQueueMetrics {
  added(queue: string): void;
  /** Keys that are ready and wait. */
  depth(queue: string, keys: number): void;
  retried(queue: string): void;
  started(queue: string, waitedSeconds: number): void;
  finished(queue: string, tookSeconds: number): void;
}
export interface WorkQueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly metrics?: WorkQueueMetrics | undefined;
  /** Delay after the first failure; it doubles with each further one. Default 5 ms. */
  readonly firstBackOffMs?: number;
  /** Default 1,000 s. */
  readonly longestBackOffMs?: number;
}
interface Delayed {
  readonly key: string;
  at: number;
}

export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #metrics: WorkQueueMetrics | undefined;
  readonly #firstBackOffMs: number;
  readonly #longestBackOffMs: number;
  /** Ready keys in order of arrival, with the time of arrival. */
  readonly #ready = new Map<string, number>();
  /** Keys being worked on; the value says whether the key was added again meanwhile. */
  readonly #active = new Map<string, { again: boolean; since: number }>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #byTime = new Heap<Delayed>((a, b) => a.at < b.at);
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  #onReady: () => void = () => undefined;

  constructor(options: WorkQueueOptions) {
    this.name = options.name;
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#firstBackOffMs = options.firstBackOffMs ?? 5;
    this.#longestBackOffMs = options.longestBackOffMs ?? 1_000_000;
  }
  /** Called when a key becomes ready; there is one listener. */
  onReady(listener: () => void): void {
    this.#onReady = listener;
  }
  get readyCount(): number {
    return this.#ready.size;
  }
  add(key: string): void {
    this.#cancelDelay(key);
    if (this.#ready.has(key)) return;
    this.#metrics?.added(this.name);
    const active = this.#active.get(key);
    if (active) active.again = true;
    else this.#enqueue(key);
  }
  /** Adds the key after a while; of several delays the shortest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.add(key);
    if (this.#ready.has(key)) return;
    const at = this.#clock.now() + delayMs;
    const known = this.#delayed.get(key);
    if (known && known.at <= at) return;
    const entry = known ?? { key, at };
    entry.at = at;
    this.#delayed.set(key, entry);
    this.#byTime.push(entry);
    this.#arm();
  }
  /** Adds the key after a delay that grows with each call until `forget`. */
  retry(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics?.retried(this.name);
    this.addAfter(key, Math.min(this.#firstBackOffMs * 2 ** failures, this.#longestBackOffMs));
  }
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
  /** The key succeeded: its next failure is its first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }
  /** The next ready key, which is the caller's until `done`. */
  take(): string | undefined {
    const first = this.#ready.entries().next();
    if (first.done) return undefined;
    const [key, since] = first.value;
    this.#ready.delete(key);
    this.#metrics?.depth(this.name, this.#ready.size);
    const now = this.#clock.monotonic();
    this.#metrics?.started(this.name, (now - since) / 1000);
    this.#active.set(key, { again: false, since: now });
    return key;
  }
  done(key: string): void {
    const active = this.#active.get(key);
    if (!active) return;
    this.#active.delete(key);
    this.#metrics?.finished(this.name, (this.#clock.monotonic() - active.since) / 1000);
    if (active.again) this.#enqueue(key);
  }
  /** Drops what waits; keys being worked on stay with their workers. */
  clear(): void {
    this.#ready.clear();
    this.#delayed.clear();
    this.#byTime.clear();
    this.#timer?.timer.stop();
    this.#timer = undefined;
  }
  #enqueue(key: string): void {
    this.#ready.set(key, this.#clock.monotonic());
    this.#metrics?.depth(this.name, this.#ready.size);
    this.#onReady();
  }
  #cancelDelay(key: string): void {
    const entry = this.#delayed.get(key);
    if (!entry) return;
    this.#delayed.delete(key);
    this.#byTime.delete(entry);
  }
  #arm(): void {
    const next = this.#byTime.peek();
    if (!next || (this.#timer && this.#timer.at <= next.at)) return;
    this.#timer?.timer.stop();
    const timer = this.#clock.after(next.at - this.#clock.now(), () => this.#fire());
    this.#timer = { at: next.at, timer };
  }
  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let next = this.#byTime.peek(); next && next.at <= now; next = this.#byTime.peek()) this.add(next.key);
    this.#arm();
  }
}

/** `finished: false`: the turn could not be taken yet; the key's failures stay counted. */
export interface TurnResult {
  readonly finished: boolean;
  readonly againInMs?: number;
}
export interface WorkerOptions {
  readonly concurrency: number;
  /** One turn for a key. */
  work(key: string): Promise<TurnResult>;
  /** Told of every failure; the key is tried again with back-off. */
  failed(key: string, error: unknown, failures: number): void;
}
/** Works on the queue's keys until `signal` is aborted, then waits for the turns under way. */
export async function runWorkers(queue: WorkQueue, options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let pumping = false;
  const turn = async (key: string): Promise<void> => {
    try {
      const { finished, againInMs } = await options.work(key);
      if (finished) queue.forget(key);
      if (againInMs !== undefined) queue.addAfter(key, againInMs);
    } catch (error) {
      if (signal.aborted) return;
      options.failed(key, error, queue.failures(key) + 1);
      queue.retry(key);
    } finally {
      queue.done(key);
    }
  };
  const pump = (): void => {
    pumping = false;
    while (!signal.aborted && underWay.size < options.concurrency) {
      const key = queue.take();
      if (key === undefined) return;
      const running = turn(key).finally(() => {
        underWay.delete(running);
        schedule();
      });
      underWay.add(running);
    }
  };
  // Invariant: turns start from a microtask, never inside the change handler that added the key, so that a turn sees
  // a cache in which the whole change has been applied.
  const schedule = (): void => {
    if (pumping || signal.aborted) return;
    pumping = true;
    queueMicrotask(pump);
  };
  queue.onReady(schedule);
  schedule();
  await aborted(signal);
  queue.clear();
  await Promise.all(underWay);
}
