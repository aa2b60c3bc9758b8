// What many nodes in one process share: one watch of pods and one of nodes for all of them, with each change handed to
// the node that it is for. A node of its own process has watches of its own instead.
import { Node } from "#api/core/node.ts";
import { Pod } from "#api/core/pod.ts";
import type { KubeObject } from "#api/kind.ts";
import type { ChangeHandler, Informer, InformerSet } from "#client/informer.ts";
import { sharedReferences, type References } from "./references.ts";

/** The part of an informer that the agent needs. */
export type ObjectSource<T extends KubeObject> = Pick<Informer<T>, "get" | "onChange" | "synced">;

export interface SharedSources {
  /** Pods that are assigned to the node. */
  pods(nodeName: string): ObjectSource<Pod>;
  /** The node's own object. */
  nodes(nodeName: string): ObjectSource<Node>;
  readonly references: References;
}

/** Splits an informer by an owner's name, at the cost of one handler for all owners. */
function split<T extends KubeObject>(
  informer: Informer<T>,
  ownerOf: (object: T) => string,
): (owner: string) => ObjectSource<T> {
  const handlers = new Map<string, Set<ChangeHandler<T>>>();
  const byOwner = informer.index("owner", (object) => [ownerOf(object)]);
  informer.onChange((object, old) => {
    const now = object && ownerOf(object);
    const before = old && ownerOf(old);
    if (before !== undefined && before !== now)
      for (const handler of handlers.get(before) ?? []) handler(undefined, old);
    if (now !== undefined)
      for (const handler of handlers.get(now) ?? []) handler(object, before === now ? old : undefined);
  });
  return (owner) => ({
    get: (key) => informer.get(key),
    synced: informer.synced,
    onChange(handler) {
      const own = handlers.get(owner) ?? new Set();
      handlers.set(owner, own.add(handler));
      for (const object of byOwner(owner)) handler(object, undefined);
      return {
        [Symbol.dispose]: () => {
          own.delete(handler);
          if (own.size === 0) handlers.delete(owner);
        },
      };
    },
  });
}
export function sharedSources(informers: InformerSet): SharedSources {
  return {
    pods: split(informers.informer(Pod), (pod) => pod.spec.nodeName ?? ""),
    nodes: split(informers.informer(Node), (node) => node.metadata.name ?? ""),
    references: sharedReferences(informers),
  };
}
