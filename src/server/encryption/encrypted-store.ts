// A store whose values are sealed on their way in and opened on their way out, by resource. Whoever uses it sees plain
// values only; keys, revisions and sizes are those of the store behind it.
import type { Batch, Change, Commit, Entry, ListOptions, Page, Revision, Store } from "#store/store.ts";
import type { Encryption } from "./configuration.ts";
import { isSealed, Unsealable } from "./sealer.ts";

export class EncryptedStore implements Store {
  readonly #store: Store;
  readonly #encryption: Pick<Encryption, "sealerFor">;
  /** Keys whose newest known value was not sealed by the first key. */
  readonly #stale = new Map<string, Revision>();

  constructor(store: Store, encryption: Pick<Encryption, "sealerFor">) {
    this.#store = store;
    this.#encryption = encryption;
  }
  /** What should be written anew. */
  stale(): Iterable<string> {
    return this.#stale.keys();
  }
  isStale(key: string): boolean {
    return this.#stale.has(key);
  }
  #open(entry: Entry): Entry {
    const { key, value, revision } = entry;
    const sealer = this.#encryption.sealerFor(key);
    if (!sealer) {
      if (isSealed(value)) throw new Unsealable(key);
      return entry;
    }
    const opened = sealer.open(value, key);
    const known = this.#stale.get(key) ?? 0;
    if (opened.isStale && revision >= known) this.#stale.set(key, revision);
    else if (!opened.isStale && revision > known) this.#stale.delete(key);
    return { ...entry, value: opened.value };
  }
  #commit(commit: Commit): Commit {
    return commit.ok || !commit.current ? commit : { ok: false, current: this.#open(commit.current) };
  }
  #change(change: Change): Change {
    const { key, revision, value, previous } = change;
    if (!value) this.#stale.delete(key);
    const before = previous ? { previous: this.#open(previous) } : {};
    return { ...change, ...before, ...(value ? { value: this.#open({ key, revision, value }).value } : {}) };
  }

  async get(key: string, at?: Revision): Promise<{ readonly entry?: Entry; readonly revision: Revision }> {
    const { entry, revision } = await this.#store.get(key, at);
    return entry ? { entry: this.#open(entry), revision } : { revision };
  }
  async list(prefix: string, options?: ListOptions): Promise<Page> {
    const page = await this.#store.list(prefix, options);
    return { ...page, entries: page.entries.map((entry) => this.#open(entry)) };
  }
  async put(key: string, value: Uint8Array, expected: Revision): Promise<Commit> {
    const sealed = this.#encryption.sealerFor(key)?.seal(value, key) ?? value;
    const commit = await this.#store.put(key, sealed, expected);
    if (commit.ok) this.#stale.delete(key);
    return this.#commit(commit);
  }
  async delete(key: string, expected: Revision): Promise<Commit> {
    return this.#commit(await this.#store.delete(key, expected));
  }
  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncGenerator<Batch> {
    for await (const { upTo, changes } of this.#store.watch(prefix, after, signal))
      yield { upTo, changes: changes.map((change) => this.#change(change)) };
  }
  compact(before: Revision): Promise<void> {
    return this.#store.compact(before);
  }
  revision(): Promise<Revision> {
    return this.#store.revision();
  }
  sizeBytes(): Promise<number> {
    return this.#store.sizeBytes();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}

/** Writes what is stale anew, one after the other, so that an old key is needed no more. Tells how many it were. */
export async function rewriteStale(store: EncryptedStore, signal: AbortSignal): Promise<number> {
  let written = 0;
  for (const key of Array.from(store.stale())) {
    if (signal.aborted) break;
    const { entry } = await store.get(key);
    if (!entry || !store.isStale(key)) continue;
    // Whoever is faster has sealed it by the first key.
    if ((await store.put(key, entry.value, entry.revision)).ok) written++;
  }
  return written;
}
