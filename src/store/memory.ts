// The store in memory, for tests and simulations. Every version of a key is kept until compaction, deletions included,
// so that reads of the past and watches from the past work as in the durable stores.
import { StoreClosed } from "./errors.ts";
import { Hub, watchFrom, type WatchLimits } from "./hub.ts";
import { listStart } from "./keys.ts";
import { SortedMap } from "./sorted-map.ts";
import {
  Compacted,
  FutureRevision,
  type Batch,
  type Change,
  type Commit,
  type Entry,
  type ListOptions,
  type Page,
  type Revision,
  type Store,
} from "./store.ts";

export interface MemoryStoreOptions {
  /** How many changes are remembered; older ones are compacted on their own. */
  readonly historyLimit?: number;
  readonly watchLimits?: WatchLimits;
}

/** Versions of one key, oldest first. Without a value: deleted. */
type Versions = { readonly revision: Revision; readonly entry?: Entry }[];

const defaultHistoryLimit = 20_000;
const historyPage = 1_000;
/** As in etcd, the empty store is at revision 1, for 0 means none. */
const firstRevision = 1;

export const createMemoryStore = (options: MemoryStoreOptions = {}): Store => new MemoryStore(options);

class MemoryStore implements Store {
  readonly #historyLimit: number;
  readonly #hub: Hub;
  readonly #keys = new SortedMap<Versions>();
  /** Changes newer than `#oldest`, in order; the first `#forgotten` of them are gone and wait to be cut off. */
  #history: Change[] = [];
  #forgotten = 0;
  #oldest: Revision = 0;
  #sizeBytes = 0;
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.#historyLimit = options.historyLimit ?? defaultHistoryLimit;
    this.#hub = new Hub(firstRevision, options.watchLimits);
  }

  async get(key: string, at?: Revision): Promise<{ readonly entry?: Entry; readonly revision: Revision }> {
    const revision = this.#readable(at);
    const entry = entryAt(this.#keys.get(key), revision);
    return entry ? { entry, revision } : { revision };
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    const revision = this.#readable(options.at);
    const limit = options.limit || Infinity;
    const entries: Entry[] = [];
    let remaining = 0;
    for (const [key, versions] of this.#keys.from(listStart(prefix, options.from))) {
      if (!key.startsWith(prefix)) break;
      const entry = entryAt(versions, revision);
      if (!entry) continue;
      if (entries.length < limit) entries.push(entry);
      else remaining++;
    }
    return { entries, revision, more: remaining > 0, remaining };
  }

  async put(key: string, value: Uint8Array, expected: Revision): Promise<Commit> {
    const current = this.#current(key);
    if ((current?.revision ?? 0) !== expected) return conflict(current);
    const revision = this.#hub.revision + 1;
    this.#record({ key, revision, value, ...(current && { previous: current }) }, { key, value, revision });
    return { ok: true, revision };
  }

  async delete(key: string, expected: Revision): Promise<Commit> {
    const current = this.#current(key);
    if (!current || current.revision !== expected) return conflict(current);
    const revision = this.#hub.revision + 1;
    this.#record({ key, revision, previous: current });
    return { ok: true, revision };
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncGenerator<Batch> {
    if (signal.aborted) return;
    this.#readable(after);
    yield* watchFrom({
      hub: this.#hub,
      prefix,
      after,
      signal,
      behind: (position) => position < this.#hub.revision,
      read: (position) => this.#historyAfter(prefix, position),
    });
  }

  async compact(before: Revision): Promise<void> {
    this.#readable(Math.max(before, this.#oldest));
    this.#forget(before);
  }

  async revision(): Promise<Revision> {
    return this.#readable(undefined);
  }

  async sizeBytes(): Promise<number> {
    return this.#sizeBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#hub.close(new StoreClosed());
  }

  /** The revision that a read at `at` shows; throws when there is none. */
  #readable(at: Revision | undefined): Revision {
    if (this.#closed) throw new StoreClosed();
    const newest = this.#hub.revision;
    if (at === undefined) return newest;
    if (at < this.#oldest) throw new Compacted(at, this.#oldest);
    if (at > newest) throw new FutureRevision(at, newest);
    return at;
  }

  #current(key: string): Entry | undefined {
    return entryAt(this.#keys.get(key), this.#readable(undefined));
  }

  #record(change: Change, entry?: Entry): void {
    const version = { revision: change.revision, ...(entry && { entry }) };
    const versions = this.#keys.get(change.key);
    if (versions) versions.push(version);
    else this.#keys.add(change.key, [version]);
    this.#sizeBytes += versionBytes(change.key, version);
    this.#history.push(change);
    const oldestKept = this.#history.length - this.#historyLimit;
    if (oldestKept > this.#forgotten) this.#forget(this.#history[oldestKept - 1]!.revision);
    this.#hub.publish([change], change.revision);
  }

  #historyAfter(prefix: string, position: Revision): Batch {
    if (position < this.#oldest) throw new Compacted(position, this.#oldest);
    // Revisions have no gaps here, so a change's place follows from its revision.
    const start = this.#history.length - (this.#hub.revision - position);
    const piece = this.#history.slice(start, start + historyPage);
    return { upTo: position + piece.length, changes: piece.filter((c) => c.key.startsWith(prefix)) };
  }

  #forget(before: Revision): void {
    if (before <= this.#oldest) return;
    this.#oldest = before;
    for (let change = this.#history[this.#forgotten]; change && change.revision <= before;) {
      this.#trim(change.key);
      change = this.#history[++this.#forgotten];
    }
    if (this.#forgotten < this.#history.length / 2) return;
    this.#history = this.#history.slice(this.#forgotten);
    this.#forgotten = 0;
  }

  /** Drops the versions of a key that nobody can read any more. */
  #trim(key: string): void {
    const versions = this.#keys.get(key);
    if (!versions) return;
    const isGone = (): boolean => {
      const [first, second] = versions;
      if (!first || first.revision > this.#oldest) return false;
      return !first.entry || (second !== undefined && second.revision <= this.#oldest);
    };
    while (isGone()) this.#sizeBytes -= versionBytes(key, versions.shift()!);
    if (versions.length === 0) this.#keys.delete(key);
  }
}

const versionBytes = (key: string, version: Versions[number]): number =>
  key.length + (version.entry?.value.length ?? 0);

const conflict = (current: Entry | undefined): Commit => (current ? { ok: false, current } : { ok: false });

function entryAt(versions: Versions | undefined, at: Revision): Entry | undefined {
  return versions?.findLast((version) => version.revision <= at)?.entry;
}
