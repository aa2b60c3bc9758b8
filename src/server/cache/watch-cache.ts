// The present state of one stored resource and its recent past, in memory, fed by the one watch on the store. Every
// method is synchronous: a list and the watch that follows it see the same moment.
import type { Clock } from "#base/clock.ts";
import { SortedMap } from "#store/sorted-map.ts";
import type { Change, Entry, Revision } from "#store/store.ts";
import { CacheEvent, History, type HistoryLimits } from "./history.ts";
import { Pace } from "./pace.ts";
import { StoredObject } from "./stored-object.ts";
import { selects, Watcher, type Selection, type WatcherOptions } from "./watcher.ts";
import { WatcherSet } from "./watcher-set.ts";

interface Cell {
  stored: StoredObject;
}
export type WatchStart =
  /** The present objects first. */
  | { readonly type: "present"; readonly endWithBookmark: boolean }
  /** Only what happens after `revision`. */
  | { readonly type: "after"; readonly revision: Revision };

export class WatchCache {
  /** "/registry/<group>/<plural>/" */
  readonly prefix: string;
  /** Moves with every change. */
  changes = 0;
  readonly #objects = new SortedMap<Cell>();
  readonly #history: History;
  readonly #watchers = new WatcherSet();
  readonly #listeners = new Set<(event: CacheEvent) => void>();
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  readonly #pace: Pace;
  /** Who waits for a key to appear. */
  readonly #appearances = new Map<string, readonly (() => void)[]>();

  constructor(options: {
    readonly prefix: string;
    readonly since: Revision;
    readonly clock: Pick<Clock, "monotonic" | "after">;
    readonly limits?: HistoryLimits;
  }) {
    this.prefix = options.prefix;
    this.#clock = options.clock;
    this.#pace = new Pace(options.clock);
    this.#history = new History(options.since, options.limits);
  }
  get size(): number {
    return this.#objects.size;
  }
  get watcherCount(): number {
    return this.#watchers.size;
  }
  /** Watches can start at this revision or later. */
  get since(): Revision {
    return this.#history.since;
  }
  get(key: string): StoredObject | undefined {
    return this.#objects.get(key)?.stored;
  }
  /** In key order; `namespace` "" for all. The cache must not change while this is read. */
  *list(namespace = "", from = ""): Generator<StoredObject> {
    const prefix = namespace ? `${namespace}/` : "";
    for (const [key, cell] of this.#objects.from(from > prefix ? from : prefix)) {
      if (!key.startsWith(prefix)) return;
      yield cell.stored;
    }
  }
  /** Takes over an object of the first list. */
  load(stored: StoredObject): void {
    this.#set(stored);
    this.changes++;
  }
  /** The first list is in: the history begins here. */
  begin(revision: Revision): void {
    this.#history.reset(revision);
  }
  /** `stored`: the changed object where the caller has it at hand. */
  apply(change: Change, stored: StoredObject | undefined): void {
    const key = stored?.key ?? change.key.slice(this.prefix.length);
    const previous = this.get(key) ?? (change.previous && fromEntry(change.previous, this.prefix));
    const event = this.#eventOf(change, key, previous, stored);
    if (!event) return;
    if (event.type === "DELETED") this.#objects.delete(key);
    else this.#set(event.stored);
    this.changes++;
    this.#history.add(event);
    this.#watchers.offer(event, (watcher) => this.#pace.add(watcher));
    this.#pace.go();
    for (const listener of this.#listeners) listener(event);
  }
  /** Told of every change, at once; for the server's own upkeep. */
  onEvent(listener: (event: CacheEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
  #eventOf(
    change: Change,
    key: string,
    previous: StoredObject | undefined,
    stored: StoredObject | undefined,
  ): CacheEvent | undefined {
    const at = this.#clock.monotonic();
    if (change.value) {
      const next = stored ?? new StoredObject(key, change.revision, change.value);
      return new CacheEvent(previous ? "MODIFIED" : "ADDED", next, previous, at);
    }
    return previous && new CacheEvent("DELETED", previous.at(change.revision), previous, at);
  }
  #set(stored: StoredObject): void {
    const cell = this.#objects.get(stored.key);
    if (cell) cell.stored = stored;
    else {
      this.#objects.add(stored.key, { stored });
      for (const resolve of this.#appearances.get(stored.key) ?? []) resolve();
    }
  }
  /** Replaces everything after the history was lost; every watcher is ended, for it has missed events. */
  replace(objects: readonly StoredObject[], revision: Revision): void {
    const present = new Set(objects.map((o) => o.key));
    const gone = Array.from(this.list(), (o) => o.key).filter((key) => !present.has(key));
    for (const key of gone) this.#objects.delete(key);
    for (const stored of objects) if (this.get(stored.key)?.revision !== stored.revision) this.#set(stored);
    this.changes++;
    this.#history.reset(revision);
    this.endAll();
  }
  /** The selected objects, in key order. */
  *select(selection: Selection, from?: string): Generator<StoredObject> {
    const name = selection.exact?.["metadata.name"];
    if (name !== undefined && (selection.namespace || !this.#isNamespaced())) {
      const stored = this.get(selection.namespace ? `${selection.namespace}/${name}` : name);
      if (stored && stored.key >= (from ?? "") && selects(selection, stored)) yield stored;
      return;
    }
    for (const stored of this.list(selection.namespace, from)) if (selects(selection, stored)) yield stored;
  }
  #isNamespaced(): boolean {
    for (const [key] of this.#objects.from("")) return key.includes("/");
    return false;
  }
  /** The caller has made sure that the revision of `start` is not older than `since`. `now`: what the cache shows. */
  watch(options: WatcherOptions, start: WatchStart, now: Revision): Watcher {
    const watcher = new Watcher(options);
    if (start.type === "present") {
      watcher.begin(options.version.prepare ? this.list(options.namespace) : this.select(options), now);
      if (start.endWithBookmark) watcher.mark(now, true);
    } else {
      watcher.beginAfter(start.revision);
      for (const event of this.#history.after(start.revision)) watcher.offer(event);
    }
    if (!watcher.ended) this.#watchers.add(watcher);
    return watcher;
  }
  unwatch(watcher: Watcher): void {
    watcher.end();
    this.#watchers.delete(watcher);
  }
  /** Resolves once an object stands under `key`, or after `withinMs`. */
  async appears(key: string, withinMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.get(key) || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = clock.after(withinMs, resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    const waiting = this.#appearances.get(key) ?? [];
    this.#appearances.set(key, [...waiting, resolve]);
    await promise;
    const others = (this.#appearances.get(key) ?? []).filter((other) => other !== resolve);
    if (others.length > 0) this.#appearances.set(key, others);
    else this.#appearances.delete(key);
  }
  markAll(revision: Revision): void {
    this.#history.expire(this.#clock.monotonic());
    for (const watcher of this.#watchers) watcher.mark(revision);
  }
  endAll(): void {
    for (const watcher of Array.from(this.#watchers)) this.unwatch(watcher);
  }
}

export const fromEntry = (entry: Entry, prefix: string): StoredObject =>
  new StoredObject(entry.key.slice(prefix.length), entry.revision, entry.value);
