// All stored objects: one list and one watch on the whole store feed a cache for each resource, and writes go to the
// store with the object handed over to its cache, so that it is never parsed again. The caches appear with the first
// object or reader, whether or not a kind is served for them (yet).
import { ApiError } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { inSpan, type Attributes, type Span } from "#base/tracing/span.ts";
import {
  Compacted,
  type Batch,
  type Change,
  type Commit,
  type Entry,
  type Page,
  type Revision,
  type Store,
} from "#store/store.ts";
import type { HistoryLimits } from "./history.ts";
import { storedForm, StoredObject } from "./stored-object.ts";
import { fromEntry, WatchCache } from "./watch-cache.ts";

export const registryRoot = "/registry/";
const retryMs = 1_000;
const bookmarkMs = 60_000;
const listPage = 10_000;

export type Written =
  | { readonly ok: true; readonly stored: StoredObject }
  /** `current` is what stands there instead; absent: nothing does. */
  | { readonly ok: false; readonly current?: StoredObject };

interface HandedOver {
  readonly value: Uint8Array;
  readonly source: KubeObject;
  /** Set once the revision is known. */
  stored?: StoredObject;
}
interface Waiter {
  readonly revision: Revision;
  readonly resolve: () => void;
}

export class Storage {
  readonly store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: HistoryLimits | undefined;
  readonly #caches = new Map<string, WatchCache>();
  readonly #handedOver = new Map<string, HandedOver>();
  readonly #waiters = new Set<Waiter>();
  #revision: Revision = 0;
  /** The cache of the last change; the next one is often of the same. */
  #last: WatchCache | undefined;

  constructor(options: { store: Store; clock: Clock; log: Log; limits?: HistoryLimits }) {
    this.store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#limits = options.limits;
  }
  /** The caches show this revision of the store. */
  get revision(): Revision {
    return this.#revision;
  }
  caches(): IterableIterator<WatchCache> {
    return this.#caches.values();
  }
  /** `group` is "" for core. */
  cache(group: string, plural: string): WatchCache {
    return this.#cacheAt(`${registryRoot}${group || "core"}/${plural}/`);
  }
  #cacheAt(prefix: string): WatchCache {
    let cache = this.#caches.get(prefix);
    if (!cache) {
      cache = new WatchCache({
        prefix,
        since: this.#revision,
        clock: this.#clock,
        ...(this.#limits && { limits: this.#limits }),
      });
      this.#caches.set(prefix, cache);
    }
    return cache;
  }

  /** Loads everything; afterwards `follow` must run. */
  async load(): Promise<void> {
    const { entries, revision } = await this.#listAll();
    this.#revision = revision;
    for (const entry of entries) {
      const prefix = prefixOf(entry.key);
      if (prefix) this.#cacheAt(prefix).load(fromEntry(entry, prefix));
    }
    // Invariant: a cache made before its first list has no history, whatever it was told.
    for (const cache of this.#caches.values()) cache.begin(revision);
    this.#advance(revision);
  }
  async #listAll(): Promise<{ entries: Entry[]; revision: Revision }> {
    let page = await this.store.list(registryRoot, { limit: listPage });
    const { revision } = page;
    const entries = [...page.entries];
    while (page.more) {
      const from = `${entries.at(-1)!.key}\0`;
      page = await this.store.list(registryRoot, { limit: listPage, at: revision, from });
      for (const entry of page.entries) entries.push(entry);
    }
    return { entries, revision };
  }
  /** Keeps the caches current until `signal` is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    using _bookmarks = this.#bookmarksEvery(bookmarkMs, signal);
    let isLost = false;
    while (!signal.aborted) {
      try {
        if (isLost) await this.#reload();
        isLost = false;
        for await (const batch of this.store.watch(registryRoot, this.#revision, signal)) this.#take(batch);
      } catch (error) {
        if (signal.aborted) break;
        isLost = error instanceof Compacted;
        if (isLost) continue;
        this.#log.error("the watch on the store broke", { error });
        await this.#clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
    for (const cache of this.#caches.values()) cache.endAll();
  }
  async #reload(): Promise<void> {
    this.#log.warn("the store's history is gone, listing everything again", { revision: this.#revision });
    const { entries, revision } = await this.#listAll();
    this.#handedOver.clear();
    const byPrefix = Map.groupBy(entries, (entry) => prefixOf(entry.key) ?? "");
    byPrefix.delete("");
    this.#revision = revision;
    for (const prefix of new Set([...this.#caches.keys(), ...byPrefix.keys()]))
      this.#cacheAt(prefix).replace(
        (byPrefix.get(prefix) ?? []).map((e) => fromEntry(e, prefix)),
        revision,
      );
    this.#advance(revision);
  }
  #take(batch: Batch): void {
    for (const change of batch.changes) {
      if (!this.#last || !change.key.startsWith(this.#last.prefix)) {
        const prefix = prefixOf(change.key);
        if (!prefix) continue;
        this.#last = this.#cacheAt(prefix);
      }
      this.#last.apply(change, this.#claim(change, this.#last.prefix));
    }
    this.#advance(batch.upTo);
  }
  /** The object that this process wrote, when the change is its write. */
  #claim(change: Change, prefix: string): StoredObject | undefined {
    const handed = this.#handedOver.get(change.key);
    if (!handed || !change.value || !isSame(handed.value, change.value)) return undefined;
    this.#handedOver.delete(change.key);
    if (handed.stored?.revision === change.revision) return handed.stored;
    return new StoredObject(change.key.slice(prefix.length), change.revision, change.value, handed.source);
  }
  #advance(revision: Revision): void {
    this.#revision = Math.max(this.#revision, revision);
    for (const waiter of this.#waiters) {
      if (waiter.revision > this.#revision) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
  #bookmarksEvery(periodMs: number, signal: AbortSignal): Disposable {
    let timer = this.#clock.after(periodMs, tick);
    const stop = (): void => timer.stop();
    const again = (): void => {
      timer = this.#clock.after(periodMs, tick);
    };
    // Invariant: caches have applied everything up to #revision when this runs, for #take is synchronous.
    const mark = (): void => {
      for (const cache of this.#caches.values()) cache.markAll(this.#revision);
    };
    function tick(): void {
      if (signal.aborted) return;
      mark();
      again();
    }
    return { [Symbol.dispose]: stop };
  }

  /** Resolves once the caches show `revision`. */
  async waitFor(revision: Revision, signal: AbortSignal): Promise<void> {
    if (revision <= this.#revision) return;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { revision, resolve };
    const abort = (): void => {
      this.#waiters.delete(waiter);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#waiters.add(waiter);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
  /** Makes sure that the caches show everything that was written before the call. */
  async catchUp(signal: AbortSignal): Promise<Revision> {
    await this.waitFor(await this.store.revision(), signal);
    return this.#revision;
  }

  /** Whether an object is to be written even where nothing changes. */
  isStale(cache: WatchCache, key: string): boolean {
    return this.store.isStale?.(cache.prefix + key) ?? false;
  }
  /** Past the caches: what the store itself holds now. */
  async read(cache: WatchCache, key: string): Promise<StoredObject | undefined> {
    const { entry } = await this.store.get(cache.prefix + key);
    return entry && this.#stored(cache, entry);
  }
  #stored(cache: WatchCache, entry: Entry): StoredObject {
    const stored = fromEntry(entry, cache.prefix);
    const cached = cache.get(stored.key);
    return cached?.revision === stored.revision ? cached : stored;
  }
  /** Entries of the past, or of the store itself; the objects that have not changed since come from the cache. */
  async page(
    cache: WatchCache,
    options: { readonly namespace: string; readonly at?: Revision; readonly from?: string; readonly limit?: number },
  ): Promise<Omit<Page, "entries"> & { readonly objects: readonly StoredObject[] }> {
    const prefix = cache.prefix + (options.namespace ? `${options.namespace}/` : "");
    const page = await this.store.list(prefix, {
      ...(options.at === undefined ? {} : { at: options.at }),
      ...(options.from ? { from: cache.prefix + options.from } : {}),
      ...(options.limit ? { limit: options.limit } : {}),
    });
    const { entries, ...rest } = page;
    return { ...rest, objects: entries.map((e) => this.#stored(cache, e)) };
  }
  /** Writes `object` when the key's revision is `expected` (0: must not exist). */
  async put(cache: WatchCache, key: string, object: KubeObject, expected: Revision): Promise<Written> {
    const { object: source, value } = storedForm(object);
    if (value.length > maxObjectBytes) throw tooLarge(value.length);
    const handed: HandedOver = { value, source };
    // Composed once: a text is worked out anew by every Map that it is new to.
    const path = cache.prefix + key;
    this.#handedOver.set(path, handed);
    const name = expected === 0 ? "Create etcd3" : "GuaranteedUpdate etcd3";
    const write = (): Promise<Commit> => this.store.put(path, value, expected);
    const commit = await inSpan(name, () => attributesOf(cache, key, source), transaction(value.length, write)).catch(
      (error: unknown) => {
        this.#dropHandedOver(path, handed);
        throw error;
      },
    );
    if (!commit.ok) {
      this.#dropHandedOver(path, handed);
      return commit.current ? { ok: false, current: this.#stored(cache, commit.current) } : { ok: false };
    }
    const cached = cache.get(key);
    if (cached?.revision === commit.revision) return { ok: true, stored: cached };
    handed.stored = new StoredObject(key, commit.revision, value, source);
    return { ok: true, stored: handed.stored };
  }
  #dropHandedOver(key: string, handed: HandedOver): void {
    if (this.#handedOver.get(key) === handed) this.#handedOver.delete(key);
  }
  /** Deletes what stands at revision `expected`; the result is its last state, at the deletion's revision. */
  async delete(cache: WatchCache, last: StoredObject): Promise<Written> {
    const commit = await inSpan(
      "Delete etcd3",
      () => attributesOf(cache, last.key, last.object),
      transaction(0, () => this.store.delete(cache.prefix + last.key, last.revision)),
    );
    if (commit.ok) return { ok: true, stored: last.at(commit.revision) };
    return commit.current ? { ok: false, current: this.#stored(cache, commit.current) } : { ok: false };
  }
}

/** As upstream names them, whatever the store is. */
function attributesOf(cache: WatchCache, key: string, { kind = "" }: KubeObject): Attributes {
  const [group = "", resource = ""] = cache.prefix.slice(registryRoot.length).split("/");
  return { key: `/${resource}/${key}`, type: kind, group: group === "core" ? "" : group, resource };
}
const transaction =
  (sizeBytes: number, run: () => Promise<Commit>) =>
  async (span: Span | undefined): Promise<Commit> => {
    if (sizeBytes > 0) span?.event("Encode succeeded", { len: sizeBytes });
    const commit = await run();
    span?.event(commit.ok ? "Txn call succeeded" : "Txn call found another revision");
    return commit;
  };

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a === b || Buffer.compare(a, b) === 0;

/** What etcd accepts in one request by default. */
const maxObjectBytes = 1.5 * 1024 * 1024;
const tooLarge = (sizeBytes: number): ApiError =>
  new ApiError(
    "RequestEntityTooLarge",
    `etcdserver: request is too large (${sizeBytes} bytes, at most ${maxObjectBytes})`,
  );

/** "/registry/<group>/<plural>/" of a key, or undefined for a key of another shape. */
function prefixOf(key: string): string | undefined {
  const group = key.indexOf("/", registryRoot.length);
  const plural = group < 0 ? -1 : key.indexOf("/", group + 1);
  return plural < 0 ? undefined : key.slice(0, plural + 1);
}
