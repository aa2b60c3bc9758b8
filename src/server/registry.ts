// The served kinds, by group, version and plural. The set changes while the server runs (CustomResourceDefinitions);
// versions of one resource share its storage and its watch cache and differ in how they show the stored object.
import { apiVersionOf, type AnyKind, type GroupVersion, type Kind, type KubeObject } from "#api/kind.ts";
import { Encoded } from "./cache/frame.ts";
import type { Version } from "./cache/history.ts";
import type { Storage } from "./cache/storage.ts";
import type { StoredObject } from "./cache/stored-object.ts";
import type { WatchCache } from "./cache/watch-cache.ts";
import type { EncodedObject } from "./pipeline.ts";

/** One kind as it is served. */
export interface Served extends Version {
  readonly of: AnyKind;
  readonly cache: WatchCache;
  /** The key in its cache. */
  key(namespace: string, name: string): string;
  /** The object as this version shows it. */
  show(stored: StoredObject): KubeObject;
  /** The object as it is stored. */
  toStored(object: KubeObject): KubeObject;
}

class ServedKind implements Served {
  readonly of: AnyKind;
  readonly cache: WatchCache;
  readonly apiVersion: string;
  readonly kind: string;
  /** Converted objects, kept as long as the stored one. */
  readonly #converted = new WeakMap<StoredObject, EncodedObject>();

  constructor(of: AnyKind, cache: WatchCache) {
    this.of = of;
    this.cache = cache;
    this.apiVersion = apiVersionOf(of);
    this.kind = of.kind;
  }
  key(namespace: string, name: string): string {
    return this.of.scope === "Namespaced" ? `${namespace}/${name}` : name;
  }
  encode(stored: StoredObject): EncodedObject {
    const { storedAs } = this.of;
    if (!storedAs) return stored;
    let converted = this.#converted.get(stored);
    if (!converted) {
      converted = new Encoded(storedAs.fromStored(stored.object) as KubeObject);
      this.#converted.set(stored, converted);
    }
    return converted;
  }
  show(stored: StoredObject): KubeObject {
    return this.encode(stored).object;
  }
  toStored(object: KubeObject): KubeObject {
    return this.of.storedAs ? this.of.storedAs.toStored(object) : object;
  }
}

const idOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;

export class Registry {
  readonly storage: Storage;
  readonly #served = new Map<string, Served>();
  readonly #listeners = new Set<() => void>();

  constructor(storage: Storage, kinds: readonly AnyKind[] = []) {
    this.storage = storage;
    for (const kind of kinds) this.add(kind);
  }
  /** Serves a kind, or replaces what is served under its name. */
  add(kind: AnyKind): Served {
    const place = kind.storedAs?.kind ?? kind;
    const served = new ServedKind(kind, this.storage.cache(place.group, place.plural));
    this.#served.set(idOf(kind.group, kind.version, kind.plural), served);
    for (const listener of this.#listeners) listener();
    return served;
  }
  /** Stops serving a kind; its watches end, its objects stay. */
  remove(kind: AnyKind): void {
    const id = idOf(kind.group, kind.version, kind.plural);
    this.#served.get(id)?.cache.endAll();
    this.#served.delete(id);
    for (const listener of this.#listeners) listener();
  }
  find(group: string, version: string, plural: string): Served | undefined {
    return this.#served.get(idOf(group, version, plural));
  }
  /** In the order in which they were added. */
  all(): readonly Served[] {
    return [...this.#served.values()];
  }
  kinds(): readonly AnyKind[] {
    return this.all().map((served) => served.of);
  }
  /** Any version that is served of a resource. */
  ofResource(group: string, plural: string): Served | undefined {
    return this.all().find((s) => s.of.group === group && s.of.plural === plural);
  }
  ofKind(of: GroupVersion & { readonly kind: string }): Served | undefined {
    return this.all().find((s) => s.of.group === of.group && s.of.version === of.version && s.of.kind === of.kind);
  }
  hasGroupVersion(group: string, version: string): boolean {
    return this.all().some((s) => s.of.group === group && s.of.version === version);
  }
  /** Called after every change of the set. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  // What authentication, authorization and admission read of the stored objects (auth/objects.ts).
  get<T extends KubeObject>(kind: Kind<T>, key: string): T | undefined {
    const served = this.find(kind.group, kind.version, kind.plural);
    const stored = served?.cache.get(key);
    return stored && (served!.show(stored) as T);
  }
  *list<T extends KubeObject>(kind: Kind<T>, namespace = ""): Generator<T> {
    const served = this.find(kind.group, kind.version, kind.plural);
    if (served) for (const stored of served.cache.list(namespace)) yield served.show(stored) as T;
  }
  /** Moves whenever an object of the kind changes. */
  version(kind: AnyKind): number {
    return this.find(kind.group, kind.version, kind.plural)?.cache.changes ?? -1;
  }
}
