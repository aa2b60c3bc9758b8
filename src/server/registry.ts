// The served kinds, by group, version and plural. The set changes while the server runs (CustomResourceDefinitions);
// versions of one resource share its storage and its watch cache and differ in how they show the stored object.
import {
  apiVersionOf,
  type AnyKind,
  type Conversion,
  type GroupVersion,
  type Kind,
  type KubeObject,
} from "#api/kind.ts";
import { inOrder } from "#api/key-order.ts";
import type { Message } from "#api/schema.ts";
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
  toStored(object: KubeObject): KubeObject | Promise<KubeObject>;
}

class ServedKind implements Served {
  readonly of: AnyKind;
  readonly cache: WatchCache;
  readonly apiVersion: string;
  readonly kind: string;
  /** Converted objects, kept as long as the stored one. */
  readonly #converted = new WeakMap<StoredObject, EncodedObject>();
  readonly #pending = new WeakMap<StoredObject, Promise<void>>();
  readonly prepare?: Version["prepare"] & object;

  constructor(of: AnyKind, cache: WatchCache) {
    this.of = of;
    this.cache = cache;
    this.apiVersion = apiVersionOf(of);
    this.kind = of.kind;
    const conversion = of.storedAs?.conversion;
    if (conversion) this.prepare = (stored) => this.#prepare(conversion, stored);
  }
  key(namespace: string, name: string): string {
    return this.of.scope === "Namespaced" ? `${namespace}/${name}` : name;
  }
  encode(stored: StoredObject): EncodedObject {
    const { storedAs } = this.of;
    if (!storedAs) return stored;
    let converted = this.#converted.get(stored);
    if (!converted) {
      if (this.#mustAsk(stored)) throw new Error(`${this.kind} ${stored.key} is shown before it is converted`);
      this.#converted.set(stored, (converted = this.#encoded(stored, stored.object)));
    }
    return converted;
  }
  #encoded(stored: StoredObject, object: KubeObject): EncodedObject {
    const shown = this.of.storedAs!.fromStored(object) as KubeObject;
    return shown === stored.object ? stored : new Encoded(shown);
  }
  #mustAsk(stored: StoredObject): boolean {
    return this.of.storedAs?.conversion !== undefined && stored.object.apiVersion !== this.apiVersion;
  }
  /** Each object is asked about once, however many wait for it. */
  #prepare(conversion: Conversion, stored: Iterable<StoredObject>): Promise<void> | undefined {
    const waits = new Set<Promise<void>>();
    const missing: StoredObject[] = [];
    for (const one of stored) {
      if (this.#converted.has(one) || !this.#mustAsk(one)) continue;
      const pending = this.#pending.get(one);
      if (pending) waits.add(pending);
      else missing.push(one);
    }
    if (missing.length > 0) waits.add(this.#ask(conversion, missing));
    return waits.size > 0 ? Promise.all(waits).then(() => undefined) : undefined;
  }
  #ask(conversion: Conversion, missing: readonly StoredObject[]): Promise<void> {
    const objects = missing.map((one) => one.object);
    const asked = conversion.convert(objects, this.apiVersion).then((converted) => {
      for (const [i, one] of missing.entries()) this.#converted.set(one, this.#encoded(one, converted[i]!));
    });
    for (const one of missing) this.#pending.set(one, asked);
    const forget = (): void => missing.forEach((one) => this.#pending.delete(one));
    return asked.finally(forget);
  }
  show(stored: StoredObject): KubeObject {
    return this.encode(stored).object;
  }
  toStored(object: KubeObject): KubeObject | Promise<KubeObject> {
    const { storedAs } = this.of;
    if (!storedAs) return ordered(this.of, object);
    const { conversion } = storedAs;
    if (!conversion && !storedAs.kind.custom) return ordered(storedAs.kind, storedAs.toStored(object));
    if (!conversion || object.apiVersion === conversion.storedVersion) return storedAs.toStored(object);
    return conversion.convert([object], conversion.storedVersion).then(([converted]) => storedAs.toStored(converted!));
  }
}

/** Upstream: members stand in the order of the types, whoever added them. */
const ordered = (kind: AnyKind, object: KubeObject): KubeObject =>
  kind.custom ? object : inOrder(kind.schema as Message<KubeObject>, object);

const idOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;

export class Registry {
  readonly storage: Storage;
  readonly #served = new Map<string, Served>();
  readonly #listeners = new Set<() => void>();
  /** By the kind's value: admission looks a dozen kinds up for every write. */
  #ofKinds = new WeakMap<GroupVersion, Served>();

  constructor(storage: Storage, kinds: readonly AnyKind[] = []) {
    this.storage = storage;
    for (const kind of kinds) this.add(kind);
  }
  /** Serves a kind, or replaces what is served under its name. */
  add(kind: AnyKind): Served {
    const place = kind.storedAs?.kind ?? kind;
    const served = new ServedKind(kind, this.storage.cache(place.group, place.plural));
    this.#served.set(idOf(kind.group, kind.version, kind.plural), served);
    this.#ofKinds = new WeakMap();
    for (const listener of this.#listeners) listener();
    return served;
  }
  /** Stops serving a kind; its watches end, its objects stay. */
  remove(kind: AnyKind): void {
    const id = idOf(kind.group, kind.version, kind.plural);
    this.#served.get(id)?.cache.endAll();
    this.#served.delete(id);
    this.#ofKinds = new WeakMap();
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
  #servedAs(kind: GroupVersion & { readonly plural: string }): Served | undefined {
    const known = this.#ofKinds.get(kind);
    if (known) return known;
    const served = this.find(kind.group, kind.version, kind.plural);
    if (served) this.#ofKinds.set(kind, served);
    return served;
  }
  get<T extends KubeObject>(kind: Kind<T>, key: string): T | undefined {
    const served = this.#servedAs(kind);
    const stored = served?.cache.get(key);
    return stored && (served!.show(stored) as T);
  }
  *list<T extends KubeObject>(kind: Kind<T>, namespace = ""): Generator<T> {
    const served = this.#servedAs(kind);
    if (served && served.cache.size > 0)
      for (const stored of served.cache.list(namespace)) yield served.show(stored) as T;
  }
  /** Moves whenever an object of the kind changes. */
  version(kind: AnyKind): number {
    return this.#servedAs(kind)?.cache.changes ?? -1;
  }
}
