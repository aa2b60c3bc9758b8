// The store: an ordered map from keys to bytes, with one revision number for the whole map and a history to watch.
// Invariant: a watcher sees every revision under its prefix once, in order.

/** Grows by at least one with every change of the store. 0 means: none. */
export type Revision = number;

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  /** The revision at which this value was written. */
  readonly revision: Revision;
}

/** A conflict is a value, not an exception: `current` is what stands there instead (absent: nothing does). */
export type Commit =
  | { readonly ok: true; readonly revision: Revision }
  | { readonly ok: false; readonly current?: Entry };

export interface Change {
  readonly key: string;
  readonly revision: Revision;
  /** Absent: the key was deleted at this revision. */
  readonly value?: Uint8Array;
  /** What stood there before; absent when nothing did. */
  readonly previous?: Entry;
}

export interface Page {
  /** In key order (by UTF-8 bytes). */
  readonly entries: readonly Entry[];
  /** The revision that the page shows. */
  readonly revision: Revision;
  /** Whether keys under the prefix follow beyond `limit`, and how many. */
  readonly more: boolean;
  readonly remaining: number;
}

export interface ListOptions {
  /** Read as of this revision; absent: the newest. */
  readonly at?: Revision;
  /** Start at this key (inclusive), which lies under the prefix. */
  readonly from?: string;
  readonly limit?: number;
}

export interface Batch {
  /** Everything under the prefix up to this revision has been delivered. */
  readonly upTo: Revision;
  /** In revision order; empty batches only advance `upTo`. */
  readonly changes: readonly Change[];
}

/** The asked revision is older than the kept history. */
export class Compacted extends Error {
  readonly asked: Revision;
  readonly oldest: Revision;
  constructor(asked: Revision, oldest: Revision) {
    super(`revision ${asked} has been compacted, the oldest kept is ${oldest}`);
    this.asked = asked;
    this.oldest = oldest;
  }
}

/** The asked revision lies in the future. */
export class FutureRevision extends Error {
  readonly asked: Revision;
  readonly newest: Revision;
  constructor(asked: Revision, newest: Revision) {
    super(`revision ${asked} is newer than the store's ${newest}`);
    this.asked = asked;
    this.newest = newest;
  }
}

export interface Store extends AsyncDisposable {
  get(key: string, at?: Revision): Promise<{ readonly entry?: Entry; readonly revision: Revision }>;
  list(prefix: string, options?: ListOptions): Promise<Page>;
  /** Writes when the key's revision is `expected`; 0: the key must not exist. Durable once it resolves. */
  put(key: string, value: Uint8Array, expected: Revision): Promise<Commit>;
  /** Deletes when the key's revision is `expected`. `revision` of the commit is that of the deletion. */
  delete(key: string, expected: Revision): Promise<Commit>;
  /**
   * Delivers every change under `prefix` after revision `after`, in order. Throws Compacted when that history is
   * gone. The iterator ends when `signal` is aborted. A consumer that falls behind by more than the store's limit gets
   * Compacted too and must list again.
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch>;
  /** Forgets history before `before`: older reads and watches then throw Compacted. The newest values stay. */
  compact(before: Revision): Promise<void>;
  /** Whether a value is worth writing even where it does not change: it lies in a form of before. Absent: never. */
  isStale?(key: string): boolean;
  /** The newest revision. */
  revision(): Promise<Revision>;
  /** Bytes the store occupies, for metrics. */
  sizeBytes(): Promise<number>;
}
