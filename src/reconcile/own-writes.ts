// Read your own writes: remembers, for each key of a controller, what the controller wrote that its informers have not
// shown yet. A turn waits until they have, so a stale cache never leads to a second pod. This replaces upstream's
// expectations: nothing has to be counted, because every answer names the version that must be seen.
import { keyOf, keyText, type AnyKind, type KubeObject, type ObjectKey } from "#api/kind.ts";
import type { Client } from "#client/client.ts";
import type { Informer } from "#client/informer.ts";

interface Write {
  readonly informer: Informer<KubeObject>;
  readonly object: string;
  readonly uid: string;
  /** Version to be seen; for a deletion that left nothing behind, the object must be absent instead. */
  readonly version: number | "gone";
}
/** After this long a write counts as seen: the object may have come and gone while a watch was broken. */
const longestWaitMs = 60_000;

export class OwnWrites {
  readonly #informers: ReadonlyMap<AnyKind, Informer<KubeObject>>;
  readonly #seen: (key: string) => void;
  readonly #now: () => number;
  readonly #pending = new Map<string, Set<Write>>();
  readonly #byObject = new Map<string, Set<string>>();
  readonly #newest = new Map<AnyKind, number>();
  readonly #heldSince = new Map<string, number>();

  /** `seen(key)` is called when a key that was found behind need wait no longer. */
  constructor(options: {
    informers: ReadonlyMap<AnyKind, Informer<KubeObject>>;
    now: () => number;
    seen: (key: string) => void;
  }) {
    this.#informers = options.informers;
    this.#now = options.now;
    this.#seen = options.seen;
  }
  /** Follows the informers until disposed. */
  follow(): Disposable {
    const subscriptions = new DisposableStack();
    for (const [kind, informer] of this.#informers)
      subscriptions.use(informer.onChange((object, old) => this.#changed(kind, object ?? old!)));
    return subscriptions;
  }
  /** Whether the caches show everything that was written on behalf of the key. */
  isCurrent(key: string): boolean {
    const writes = this.#pending.get(key);
    if (writes) for (const write of writes) if (this.#isSeen(write)) this.#forget(key, write);
    if (!this.#pending.has(key)) {
      this.#heldSince.delete(key);
      return true;
    }
    const since = this.#heldSince.get(key) ?? this.#now();
    this.#heldSince.set(key, since);
    if (this.#now() - since < longestWaitMs) return false;
    for (const write of this.#pending.get(key)!) this.#forget(key, write);
    this.#heldSince.delete(key);
    return true;
  }
  /** A client whose writes are remembered for the key. */
  client(client: Client, key: string): Client {
    const wrote = <T>(kind: AnyKind, result: T, dryRun?: boolean): T => {
      if (!dryRun) this.#wrote(key, kind, result as KubeObject);
      return result;
    };
    return {
      get: (kind, k, o) => client.get(kind, k, o),
      list: (kind, q, s) => client.list(kind, q, s),
      watch: (kind, q, s) => client.watch(kind, q, s),
      create: async (kind, object, o) => wrote(kind, await client.create(kind, object, o), o?.dryRun),
      update: async (kind, object, o) => wrote(kind, await client.update(kind, object, o), o?.dryRun),
      patch: async (kind, k, p, o) => wrote(kind, await client.patch(kind, k, p, o), o?.dryRun),
      delete: async (kind, k, o) => {
        const result = await client.delete(kind, k, o);
        if (isLingering(result)) return wrote(kind, result);
        this.#deleted(key, kind, k);
        return result;
      },
      deleteCollection: (kind, q, o) => client.deleteCollection(kind, q, o),
      post: (kind, k, subresource, body, s) => client.post(kind, k, subresource, body, s),
      raw: (method, path, body, s) => client.raw(method, path, body, s),
    };
  }
  #wrote(key: string, kind: AnyKind, object: KubeObject): void {
    const informer = this.#informers.get(kind);
    const { uid, resourceVersion } = object.metadata ?? {};
    if (!informer || !uid || !resourceVersion) return;
    this.#remember(key, { informer, object: keyOf(object), uid, version: Number(resourceVersion) });
  }
  #deleted(key: string, kind: AnyKind, target: ObjectKey): void {
    const informer = this.#informers.get(kind);
    const uid = informer?.get(keyText(target))?.metadata.uid;
    if (informer && uid) this.#remember(key, { informer, object: keyText(target), uid, version: "gone" });
  }
  #remember(key: string, write: Write): void {
    if (this.#isSeen(write)) return;
    addTo(this.#pending, key, write);
    addTo(this.#byObject, objectId(write.informer.kind, write.object), key);
  }
  #forget(key: string, write: Write): void {
    removeFrom(this.#pending, key, write);
    const rest = this.#pending.get(key);
    const id = objectId(write.informer.kind, write.object);
    if (!rest || ![...rest].some((w) => objectId(w.informer.kind, w.object) === id))
      removeFrom(this.#byObject, id, key);
  }
  #isSeen(write: Write): boolean {
    const cached = write.informer.get(write.object);
    if (write.version === "gone") return cached?.metadata.uid !== write.uid;
    return write.version <= (this.#newest.get(write.informer.kind) ?? 0);
  }
  #changed(kind: AnyKind, object: KubeObject): void {
    const version = Number(object.metadata.resourceVersion);
    if (version > (this.#newest.get(kind) ?? 0)) this.#newest.set(kind, version);
    const keys = this.#byObject.get(objectId(kind, keyOf(object)));
    if (!keys) return;
    for (const key of keys) if (this.#heldSince.has(key) && this.isCurrent(key)) this.#seen(key);
  }
}

const objectId = (kind: AnyKind, key: string): string => `${kind.plural}.${kind.group}/${key}`;
const isLingering = (result: unknown): boolean => (result as KubeObject).metadata?.deletionTimestamp !== undefined;

function addTo<V>(sets: Map<string, Set<V>>, key: string, value: V): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
function removeFrom<V>(sets: Map<string, Set<V>>, key: string, value: V): void {
  const set = sets.get(key);
  if (set?.delete(value) && set.size === 0) sets.delete(key);
}
