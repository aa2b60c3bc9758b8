// ConfigMaps, Secrets and the like that the node's pods name. A node may read only those, so each has a watch of its
// own, which lives as long as some pod holds it.
import { isReason } from "#api/errors.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import type { Informer, InformerSet } from "#client/informer.ts";
import { createInformers } from "#client/informers.ts";

// any: references to objects of different kinds stand in one list
// eslint-disable-next-line
export type AnyKind = Kind<any>;
export interface Reference {
  readonly kind: AnyKind;
  readonly namespace: string;
  readonly name: string;
}
export interface References {
  /** The object as it is now; undefined when there is none. */
  get<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<T | undefined>;
  /** What this holder needs from now on; `changed` is called when one of them changes. An empty list lets all go. */
  hold(holder: string, references: readonly Reference[], changed: () => void): void;
}
const keyText = (r: Reference): string => `${r.kind.group}/${r.kind.plural}/${r.namespace}/${r.name}`;

interface Watched {
  readonly informer: Informer<KubeObject>;
  readonly stop: AbortController;
  readonly holders: Map<string, () => void>;
  isSynced: boolean;
}
export interface ReferenceParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends every watch. */
  readonly signal: AbortSignal;
}

class WatchedReferences implements References {
  readonly #parts: ReferenceParts;
  readonly #watched = new Map<string, Watched>();
  /** Keys by holder. */
  readonly #held = new Map<string, ReadonlySet<string>>();

  constructor(parts: ReferenceParts) {
    this.#parts = parts;
  }
  async get<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const watched = this.#watched.get(keyText({ kind, namespace, name }));
    const known = watched?.isSynced ? watched.informer.get(namespace ? `${namespace}/${name}` : name) : undefined;
    if (known) return known as T;
    try {
      return await this.#parts.client.get(kind, { namespace, name }, { signal });
    } catch (error) {
      if (isReason(error, "NotFound")) return undefined;
      throw error;
    }
  }
  hold(holder: string, references: readonly Reference[], changed: () => void): void {
    const before = this.#held.get(holder) ?? new Set();
    const now = new Map(references.map((r) => [keyText(r), r]));
    if (now.size > 0) this.#held.set(holder, new Set(now.keys()));
    else this.#held.delete(holder);
    for (const [key, reference] of now) {
      const watched = this.#watched.get(key) ?? this.#watch(key, reference);
      watched.holders.set(holder, changed);
    }
    for (const key of before) if (!now.has(key)) this.#release(key, holder);
  }
  #release(key: string, holder: string): void {
    const watched = this.#watched.get(key);
    watched?.holders.delete(holder);
    if (watched?.holders.size !== 0) return;
    this.#watched.delete(key);
    watched.stop.abort();
  }
  #watch(key: string, { kind, namespace, name }: Reference): Watched {
    const informers = createInformers(this.#parts);
    const fieldSelector = `metadata.name=${name}`;
    const informer = informers.informer<KubeObject>(kind, { ...(namespace ? { namespace } : {}), fieldSelector });
    const stop = new AbortController();
    const watched: Watched = { informer, stop, holders: new Map(), isSynced: false };
    this.#watched.set(key, watched);
    informer.onChange(() => {
      // what the first list brings is what get() has told already
      if (watched.isSynced) for (const changed of watched.holders.values()) changed();
    });
    void informer.synced.then(() => (watched.isSynced = true));
    const signal = AbortSignal.any([stop.signal, this.#parts.signal]);
    informers
      .run(signal)
      .catch((error: unknown) => this.#parts.log.error("watch of a reference failed", { key, error }));
    return watched;
  }
}
export const createReferences = (parts: ReferenceParts): References => new WatchedReferences(parts);

/** References out of informers that hold everything: for many nodes in one process. */
export function sharedReferences(informers: InformerSet): References {
  const holds = new Map<string, { keys: ReadonlySet<string>; changed: () => void }>();
  const listening = new Set<AnyKind>();
  const listen = (kind: AnyKind): void => {
    if (listening.has(kind)) return;
    listening.add(kind);
    informers.informer<KubeObject>(kind).onChange((object, old) => {
      const { namespace = "", name = "" } = (object ?? old)!.metadata;
      const key = keyText({ kind, namespace, name });
      for (const hold of holds.values()) if (hold.keys.has(key)) hold.changed();
    });
  };
  return {
    async get(kind, namespace, name) {
      const informer = informers.informer(kind);
      await informer.synced;
      return informer.get(namespace ? `${namespace}/${name}` : name);
    },
    hold(holder, references, changed) {
      for (const { kind } of references) listen(kind);
      if (references.length === 0) holds.delete(holder);
      else holds.set(holder, { keys: new Set(references.map(keyText)), changed });
    },
  };
}
