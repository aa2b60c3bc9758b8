// A store that fails now and then, as one behind a network does: before anything was done, or after it was.
import type { Random } from "#base/random.ts";
import { StoreUnavailable } from "#store/errors.ts";
import type { Batch, Commit, ListOptions, Page, Revision, Store } from "#store/store.ts";

const away = (): StoreUnavailable => new StoreUnavailable(["store"], "the test has it fail");

export class FaultyStore implements Store {
  readonly #store: Store;
  readonly #random: Random;
  /** The share of calls that fail; 0 at first. */
  failing = 0;
  /** How many did. */
  failures = 0;
  #breakWatches = new AbortController();

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }
  /** Ends all watches with an error. */
  breakWatches(): void {
    this.#breakWatches.abort();
    this.#breakWatches = new AbortController();
  }
  #fails(): boolean {
    if (this.failing === 0 || this.#random.next() >= this.failing) return false;
    this.failures++;
    return true;
  }
  async #read<T>(read: () => Promise<T>): Promise<T> {
    if (this.#fails()) throw away();
    return read();
  }
  async #write(write: () => Promise<Commit>): Promise<Commit> {
    const fails = this.#fails();
    // Whether it was written is not known to who wrote.
    if (fails && this.#random.next() < 0.5) throw away();
    const commit = await write();
    if (fails) throw away();
    return commit;
  }
  get(key: string, at?: Revision): ReturnType<Store["get"]> {
    return this.#read(() => this.#store.get(key, at));
  }
  list(prefix: string, options?: ListOptions): Promise<Page> {
    return this.#read(() => this.#store.list(prefix, options));
  }
  put(key: string, value: Uint8Array, expected: Revision): Promise<Commit> {
    return this.#write(() => this.#store.put(key, value, expected));
  }
  delete(key: string, expected: Revision): Promise<Commit> {
    return this.#write(() => this.#store.delete(key, expected));
  }
  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    const broken = this.#breakWatches.signal;
    yield* this.#store.watch(prefix, after, AbortSignal.any([signal, broken]));
    if (broken.aborted && !signal.aborted) throw away();
  }
  compact(before: Revision): Promise<void> {
    return this.#store.compact(before);
  }
  revision(): Promise<Revision> {
    return this.#read(() => this.#store.revision());
  }
  sizeBytes(): Promise<number> {
    return this.#store.sizeBytes();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}
