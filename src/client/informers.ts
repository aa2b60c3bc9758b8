// Informers: list once, then follow the watch; list again when the history is gone. Objects are kept as they came,
// frozen and shared, so a lookup costs a Map access.
import { ApiError, isReason } from "#api/errors.ts";
import { keyOf, type Kind, type KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { aborted, deferred } from "#base/service.ts";
import type { Client, Selectors } from "#client/client.ts";
import type { ChangeHandler, Informer, InformerSet } from "#client/informer.ts";

interface Parts {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  readonly byValue: Map<string, Map<string, T>>;
}
const pageSize = 500;
const firstBackOffMs = 200;
const longestBackOffMs = 30_000;

class CachedKind<T extends KubeObject> implements Informer<T> {
  readonly kind: Kind<T>;
  readonly name: string;
  readonly #parts: Parts;
  readonly #selectors: Selectors;
  readonly #objects = new Map<string, T>();
  readonly #byNamespace = new Map<string, Map<string, T>>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #synced = deferred();

  constructor(kind: Kind<T>, selectors: Selectors, parts: Parts) {
    this.kind = kind;
    this.#selectors = selectors;
    this.#parts = parts;
    this.name = `informer ${kind.plural}${kind.group ? `.${kind.group}` : ""}`;
  }
  get ready(): Promise<void> {
    return this.#synced.promise;
  }
  get synced(): Promise<void> {
    return this.#synced.promise;
  }
  get size(): number {
    return this.#objects.size;
  }
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }
  list(namespace?: string): readonly T[] {
    const from = namespace ? this.#byNamespace.get(namespace) : this.#objects;
    return from ? [...from.values()] : [];
  }
  index(name: string, valuesOf: (object: T) => readonly string[]): (value: string) => readonly T[] {
    let index = this.#indexes.get(name);
    if (!index) {
      index = { valuesOf, byValue: new Map() };
      this.#indexes.set(name, index);
      for (const [key, object] of this.#objects) addTo(index, key, object);
    }
    const { byValue } = index;
    return (value) => [...(byValue.get(value)?.values() ?? [])];
  }
  onChange(handler: ChangeHandler<T>): Disposable {
    this.#handlers.add(handler);
    for (const object of this.#objects.values()) handler(object, undefined);
    return { [Symbol.dispose]: () => void this.#handlers.delete(handler) };
  }
  #set(key: string, object: T | undefined): void {
    const old = this.#objects.get(key);
    if (
      old &&
      object &&
      old.metadata.resourceVersion === object.metadata.resourceVersion &&
      old.metadata.uid === object.metadata.uid
    )
      return;
    if (!old && !object) return;
    const namespace = (object ?? old)!.metadata.namespace ?? "";
    if (object) {
      this.#objects.set(key, object);
      if (namespace) {
        const sub = this.#byNamespace.get(namespace);
        if (sub) sub.set(key, object);
        else this.#byNamespace.set(namespace, new Map([[key, object]]));
      }
    } else {
      this.#objects.delete(key);
      const sub = this.#byNamespace.get(namespace);
      if (sub?.delete(key) && sub.size === 0) this.#byNamespace.delete(namespace);
    }
    for (const index of this.#indexes.values()) {
      if (old) removeFrom(index, key, old);
      if (object) addTo(index, key, object);
    }
    for (const handler of this.#handlers) handler(object, old);
  }
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    let version: string | undefined;
    let backOffMs = firstBackOffMs;
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      try {
        version ??= await this.#listAll(signal);
        version = await this.#follow(version, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Followed) version = error.version;
        const cause = error instanceof Followed ? error.cause : error;
        if (isReason(cause, "Expired", "Gone") && version !== undefined) {
          version = undefined; // history is gone: the server answers, so list again at once
          continue;
        }
        const quiet = isReason(cause, "Expired", "Gone", "ServiceUnavailable");
        log[quiet ? "debug" : "warn"]("watch ended with an error", { informer: this.name, error: cause });
        if (clock.monotonic() - startedAt > longestBackOffMs) backOffMs = firstBackOffMs;
        if (!(await pause(clock, backOffMs * (0.5 + random.next()), signal))) return;
        backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
        continue;
      }
      backOffMs = firstBackOffMs;
    }
  }
  async #listAll(signal: AbortSignal): Promise<string> {
    const seen = new Set<string>();
    let token: string | undefined;
    let version = "";
    do {
      const query = token ? { limit: pageSize, continue: token } : { resourceVersion: "0" };
      const page = await this.#parts.client.list(this.kind, { ...this.#selectors, ...query }, signal);
      for (const object of page.items) {
        const key = keyOf(object);
        seen.add(key);
        this.#set(key, object);
      }
      version = page.metadata.resourceVersion;
      token = page.metadata.continue;
    } while (token);
    for (const key of [...this.#objects.keys()]) if (!seen.has(key)) this.#set(key, undefined);
    this.#synced.resolve();
    return version;
  }
  /** Returns the version to go on from when the server ends the watch. */
  async #follow(from: string, signal: AbortSignal): Promise<string> {
    let version = from;
    const timeoutSeconds = 300 + Math.floor(this.#parts.random.next() * 300);
    const query = { ...this.#selectors, resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds };
    try {
      for await (const event of this.#parts.client.watch(this.kind, query, signal)) {
        if (event.type === "ERROR") throw ApiError.fromStatus(event.object);
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type === "BOOKMARK") continue;
        this.#set(keyOf(event.object), event.type === "DELETED" ? undefined : event.object);
      }
    } catch (error) {
      throw new Followed(version, error);
    }
    return version;
  }
}
/** Carries how far a watch came before it failed. */
class Followed extends Error {
  readonly version: string;
  constructor(version: string, cause: unknown) {
    super("the watch failed", { cause });
    this.version = version;
  }
}
function addTo<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const found = index.byValue.get(value);
    if (found) found.set(key, object);
    else index.byValue.set(value, new Map([[key, object]]));
  }
}
function removeFrom<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const found = index.byValue.get(value);
    if (found?.delete(key) && found.size === 0) index.byValue.delete(value);
  }
}
/** False when the wait was cut short. */
async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(delayMs, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

class SharedInformers implements InformerSet {
  readonly name = "informers";
  readonly #parts: Parts;
  readonly #informers = new Map<string, CachedKind<KubeObject>>();
  readonly #running: Promise<void>[] = [];
  #signal: AbortSignal | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }
  /** Once every informer asked for so far has its first list. */
  get ready(): Promise<void> {
    return Promise.all([...this.#informers.values()].map((i) => i.synced)).then(() => undefined);
  }
  informer<T extends KubeObject>(kind: Kind<T>, selectors: Selectors = {}): Informer<T> {
    const { namespace = "", labelSelector = "", fieldSelector = "" } = selectors;
    const id = [kind.group, kind.version, kind.plural, namespace, labelSelector, fieldSelector].join("|");
    const known = this.#informers.get(id) as unknown as Informer<T> | undefined;
    if (known) return known;
    const informer = new CachedKind(kind, selectors, this.#parts);
    this.#informers.set(id, informer as unknown as CachedKind<KubeObject>);
    if (this.#signal) this.#running.push(informer.run(this.#signal));
    return informer;
  }
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const informer of this.#informers.values()) this.#running.push(informer.run(signal));
    await aborted(signal);
    await Promise.all(this.#running);
  }
}

/** Informers asked for later start at once when the set is running. */
export const createInformers = (parts: Parts): InformerSet => new SharedInformers(parts);
