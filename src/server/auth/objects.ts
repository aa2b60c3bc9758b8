// What authentication and authorization read of the stored objects. The registry's watch caches serve it.
import type { AnyKind, Kind, KubeObject } from "#api/kind.ts";

export interface StoredObjects {
  /** By "namespace/name" or "name". */
  get<T extends KubeObject>(kind: Kind<T>, key: string): T | undefined;
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): Iterable<T>;
  /** A number that moves whenever an object of the kind changes. */
  version(kind: AnyKind): number;
}
