// Hands the changes of a store to its watchers. Changes are delivered at once; mere progress (`upTo` without a change)
// at most once per turn of the event loop, so that a write does not wake the watchers of all other prefixes.
import { Compacted, type Batch, type Change, type Revision } from "./store.ts";

/** What a watcher may leave unread before it is cut off. */
export interface WatchLimits {
  readonly changes: number;
  readonly bytes: number;
}
export const watchLimits: WatchLimits = { changes: 20_000, bytes: 64 * 1024 * 1024 };

/** What one watcher has not read yet. */
class Feed {
  readonly prefix: string;
  readonly #limits: WatchLimits;
  #changes: Change[] = [];
  #bytes = 0;
  #delivered: Revision;
  #upTo: Revision;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(prefix: string, after: Revision, limits: WatchLimits) {
    this.prefix = prefix;
    this.#delivered = after;
    this.#upTo = after;
    this.#limits = limits;
  }
  /** `changes` are in order and newer than all before. True when there is progress that nobody was told yet. */
  offer(changes: readonly Change[], upTo: Revision): boolean {
    if (this.#failure || upTo <= this.#upTo) return false;
    for (const change of changes) {
      if (change.revision <= this.#upTo || !change.key.startsWith(this.prefix)) continue;
      this.#changes.push(change);
      this.#bytes += (change.value?.length ?? 0) + (change.previous?.value.length ?? 0);
    }
    this.#upTo = upTo;
    if (this.#changes.length > this.#limits.changes || this.#bytes > this.#limits.bytes)
      this.fail(new Compacted(this.#delivered, upTo));
    if (this.#changes.length === 0) return true;
    this.wake();
    return false;
  }
  fail(error: Error): void {
    this.#failure ??= error;
    this.#changes = [];
    this.wake();
  }
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
  /** The unread changes; undefined when there is nothing new. */
  take(): Batch | undefined {
    if (this.#failure) throw this.#failure;
    if (this.#upTo === this.#delivered) return undefined;
    const batch = { upTo: this.#upTo, changes: this.#changes };
    this.#delivered = this.#upTo;
    this.#changes = [];
    this.#bytes = 0;
    return batch;
  }
  /** Resolves when `take` may have something, or when `wake` is called. */
  waiting(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

export class Hub {
  readonly #limits: WatchLimits;
  readonly #feeds = new Set<Feed>();
  readonly #uninformed = new Set<Feed>();
  #revision: Revision;
  #failure: Error | undefined;

  constructor(revision: Revision, limits: WatchLimits = watchLimits) {
    this.#revision = revision;
    this.#limits = limits;
  }
  /** Everything up to here has been published. */
  get revision(): Revision {
    return this.#revision;
  }
  publish(changes: readonly Change[], upTo: Revision): void {
    this.#revision = upTo;
    for (const feed of this.#feeds) {
      if (!feed.offer(changes, upTo)) continue;
      if (this.#uninformed.size === 0) setImmediate(() => this.#informOfProgress());
      this.#uninformed.add(feed);
    }
  }
  /** Ends every watcher, present and future, with `error`. */
  close(error: Error): void {
    this.#failure ??= error;
    this.cutOff(error);
  }
  /** Ends every present watcher with `error`. */
  cutOff(error: Error): void {
    for (const feed of this.#feeds) feed.fail(error);
  }
  /** What is published from now on, without what is not newer than `after`. Ends quietly when `signal` is aborted. */
  async *follow(prefix: string, after: Revision, signal: AbortSignal): AsyncGenerator<Batch> {
    if (this.#failure) throw this.#failure;
    const feed = new Feed(prefix, after, this.#limits);
    if (this.#revision > after) feed.offer([], this.#revision);
    this.#feeds.add(feed);
    const wake = (): void => feed.wake();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        const batch = feed.take();
        if (batch) yield batch;
        else await feed.waiting();
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#feeds.delete(feed);
    }
  }
  #informOfProgress(): void {
    for (const feed of this.#uninformed) feed.wake();
    this.#uninformed.clear();
  }
}

export interface WatchSource {
  readonly hub: Hub;
  readonly prefix: string;
  readonly after: Revision;
  readonly signal: AbortSignal;
  /** Whether changes after `position` have been published already, so that they must be read from history. */
  behind(position: Revision): boolean;
  /** The next piece of history after `position`; it gets nearer to the present with every call. */
  read(position: Revision): Promise<Batch> | Batch;
}

/** First history, then the present. Invariant: no await lies between the last look at history and joining the hub. */
export async function* watchFrom(source: WatchSource): AsyncGenerator<Batch> {
  const { hub, prefix, signal } = source;
  let position = source.after;
  while (!signal.aborted && source.behind(position)) {
    const batch = await source.read(position);
    if (signal.aborted) return;
    position = batch.upTo;
    yield batch;
  }
  if (!signal.aborted) yield* hub.follow(prefix, position, signal);
}
