// A local copy of all objects of a kind, kept current by a watch. Shared: one informer per kind and selector.
import type { Kind, KubeObject } from "#api/kind.ts";
import type { Selectors } from "#client/client.ts";
import type { Service } from "#base/service.ts";

/** `object` absent: deleted. `old` absent: new. Handlers are synchronous and must not throw. */
export type ChangeHandler<T> = (object: T | undefined, old: T | undefined) => void;

export interface Informer<T extends KubeObject> extends Service {
  readonly kind: Kind<T>;
  /** By "namespace/name" or "name". Objects are frozen and shared. */
  get(key: string): T | undefined;
  list(namespace?: string): readonly T[];
  readonly size: number;
  /** Objects under an index value. Declared once, kept current from then on. */
  index(name: string, valuesOf: (object: T) => readonly string[]): (value: string) => readonly T[];
  onChange(handler: ChangeHandler<T>): Disposable;
  /** Resolves once the first list is in. */
  readonly synced: Promise<void>;
}
/** One informer per kind and selector; asking again returns the same. */
export interface InformerSet extends Service {
  informer<T extends KubeObject>(kind: Kind<T>, selectors?: Selectors): Informer<T>;
}
