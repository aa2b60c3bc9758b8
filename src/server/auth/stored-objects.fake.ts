// Stored objects in a map, with a version that moves on every set.
import { keyOf, type AnyKind, type KubeObject } from "#api/kind.ts";
import type { StoredObjects } from "./objects.ts";

export interface FakeObjects extends StoredObjects {
  set(kind: AnyKind, object: object): void;
}

export function objectsOf(): FakeObjects {
  const all = new Map<string, Map<string, KubeObject>>();
  let version = 0;
  const of = (kind: AnyKind): Map<string, KubeObject> => all.get(kind.plural) ?? new Map<string, KubeObject>();
  return {
    get: (kind, key) => of(kind).get(key) as never,
    list: (kind, namespace) =>
      [...of(kind).values()].filter((o) => !namespace || o.metadata.namespace === namespace) as never,
    version: () => version,
    set(kind, object) {
      version++;
      all.set(kind.plural, of(kind).set(keyOf(object as KubeObject), object as KubeObject));
    },
  };
}
