// The watchers of one resource, found by what an event concerns. A watcher that asks for one exact name or node is kept
// under that value, so that an event does not ask every node's watch whether it is interested.
import type { KubeObject } from "#api/kind.ts";
import type { CacheEvent } from "./history.ts";
import type { Watcher } from "./watcher.ts";

/** How an event yields the values that exact watchers are kept under. */
export type IndexedField = (object: KubeObject) => string;
const nameOf: IndexedField = (object) => object.metadata.name ?? "";
const nodeNameOf: IndexedField = (object) =>
  (object as { spec?: { nodeName?: string } } & KubeObject).spec?.nodeName ?? "";

export const indexedFields: Readonly<Record<string, IndexedField>> = {
  "metadata.name": nameOf,
  "spec.nodeName": nodeNameOf,
};

export class WatcherSet {
  readonly #all = new Set<Watcher>();
  readonly #general = new Set<Watcher>();
  readonly #exact = new Map<string, Map<string, Set<Watcher>>>();

  get size(): number {
    return this.#all.size;
  }
  [Symbol.iterator](): IterableIterator<Watcher> {
    return this.#all[Symbol.iterator]();
  }
  add(watcher: Watcher): void {
    this.#all.add(watcher);
    const place = this.#placeOf(watcher);
    if (!place) {
      this.#general.add(watcher);
      return;
    }
    let values = this.#exact.get(place.field);
    if (!values) this.#exact.set(place.field, (values = new Map()));
    const watchers = values.get(place.value);
    if (watchers) watchers.add(watcher);
    else values.set(place.value, new Set([watcher]));
  }
  delete(watcher: Watcher): void {
    this.#all.delete(watcher);
    this.#general.delete(watcher);
    const place = this.#placeOf(watcher);
    const values = place && this.#exact.get(place.field);
    const watchers = values?.get(place!.value);
    if (!watchers) return;
    watchers.delete(watcher);
    if (watchers.size === 0) values!.delete(place!.value);
    if (values!.size === 0) this.#exact.delete(place!.field);
  }
  /** `concern` gets each watcher that has something to send now. */
  offer(event: CacheEvent, concern: (watcher: Watcher) => void): void {
    const offer = (watcher: Watcher): void => {
      if (watcher.offer(event)) concern(watcher);
    };
    for (const watcher of this.#general) offer(watcher);
    for (const [field, values] of this.#exact) {
      const valueOf = indexedFields[field]!;
      const now = valueOf(event.stored.object);
      const before = event.previous ? valueOf(event.previous.object) : now;
      for (const watcher of values.get(now) ?? []) offer(watcher);
      if (before !== now) for (const watcher of values.get(before) ?? []) offer(watcher);
    }
  }
  #placeOf(watcher: Watcher): { field: string; value: string } | undefined {
    for (const [field, value] of Object.entries(watcher.options.exact ?? {}))
      if (indexedFields[field]) return { field, value };
    return undefined;
  }
}
