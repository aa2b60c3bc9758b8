// Who depends on whom, over all kinds: every observed object by uid, and the dependents of each owner's uid, whether
// that owner has been seen or not. Each observation says which objects must be looked at because of it.
import { parseApiVersion, type AnyKind, type KubeObject } from "#api/kind.ts";
import { foregroundFinalizer, orphanFinalizer } from "#api/metadata.ts";
import type { OwnerReference } from "#api/meta/schema.ts";

export interface GraphNode {
  readonly uid: string;
  readonly kind: AnyKind;
  readonly object: KubeObject;
}
/** Uids of objects that may have to go, and of owners whose dependents are to be orphaned. */
export interface Suspects {
  readonly collect: ReadonlySet<string>;
  readonly orphan: ReadonlySet<string>;
}
export const ownersOf = (object: KubeObject): readonly OwnerReference[] => object.metadata.ownerReferences ?? [];
/** Its deletion waits until its dependents are gone. */
export const isDeletingDependents = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers?.includes(foregroundFinalizer) ?? false);
const isOrphaning = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers?.includes(orphanFinalizer) ?? false);

/** Whether a reference of an object in this namespace means the node: by uid alone it may be a mistake or a lie. */
export function isMeant({ kind, object }: GraphNode, reference: OwnerReference, namespace: string): boolean {
  const { group } = parseApiVersion(reference.apiVersion);
  return (
    object.metadata.uid === reference.uid &&
    object.metadata.name === reference.name &&
    kind.kind === reference.kind &&
    kind.group === group &&
    (kind.scope === "Cluster" || (object.metadata.namespace ?? "") === namespace)
  );
}

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get size(): number {
    return this.#nodes.size;
  }
  node(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }
  dependents(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((u) => this.#nodes.get(u) ?? []);
  }
  /** Dependents that an owner's foreground deletion waits for. */
  blocking(uid: string): GraphNode[] {
    return this.dependents(uid).filter((d) =>
      ownersOf(d.object).some((r) => r.uid === uid && r.blockOwnerDeletion === true),
    );
  }
  /** `object` absent: gone; `old` absent: new. */
  observe(kind: AnyKind, object: KubeObject | undefined, old: KubeObject | undefined): Suspects {
    const suspects = { collect: new Set<string>(), orphan: new Set<string>() };
    const replaced = object && old && object.metadata.uid !== old.metadata.uid;
    if (old && (!object || replaced)) this.#removed(old, suspects.collect);
    if (object) this.#observed(kind, object, replaced ? undefined : old, suspects);
    return suspects;
  }
  #observed(
    kind: AnyKind,
    object: KubeObject,
    old: KubeObject | undefined,
    suspects: { collect: Set<string>; orphan: Set<string> },
  ): void {
    const uid = object.metadata.uid!;
    this.#nodes.set(uid, { uid, kind, object });
    if (!old || old.metadata.ownerReferences !== object.metadata.ownerReferences)
      this.#relink(object, old ? ownersOf(old) : [], suspects.collect);
    if (isOrphaning(object) && !(old && isOrphaning(old))) suspects.orphan.add(uid);
    if (isDeletingDependents(object) && !(old && isDeletingDependents(old))) {
      suspects.collect.add(uid);
      for (const dependent of this.dependents(uid)) suspects.collect.add(dependent.uid);
    }
  }
  #relink(object: KubeObject, before: readonly OwnerReference[], collect: Set<string>): void {
    const { uid = "", namespace = "" } = object.metadata;
    const owners = ownersOf(object);
    const blocks = (refs: readonly OwnerReference[], owner: string): boolean =>
      refs.some((r) => r.uid === owner && r.blockOwnerDeletion === true);
    for (const { uid: owner } of before) {
      if (!owners.some((r) => r.uid === owner)) this.#unlink(uid, owner);
      if (blocks(before, owner) && !blocks(owners, owner)) this.#unblocked(owner, collect);
    }
    for (const { uid: owner } of owners) {
      const set = this.#dependents.get(owner);
      if (set) set.add(uid);
      else this.#dependents.set(owner, new Set([uid]));
    }
    const lost = before.some((r) => !owners.some((o) => o.uid === r.uid));
    const doubtful = owners.some((reference) => {
      const node = this.#nodes.get(reference.uid);
      return !node || !isMeant(node, reference, namespace) || isDeletingDependents(node.object);
    });
    if (owners.length > 0 && (lost || doubtful)) collect.add(uid);
  }
  #removed(object: KubeObject, collect: Set<string>): void {
    const uid = object.metadata.uid!;
    this.#nodes.delete(uid);
    for (const { uid: owner } of ownersOf(object)) {
      this.#unlink(uid, owner);
      this.#unblocked(owner, collect);
    }
    for (const dependent of this.dependents(uid)) collect.add(dependent.uid);
  }
  #unlink(uid: string, owner: string): void {
    const set = this.#dependents.get(owner);
    if (set?.delete(uid) && set.size === 0) this.#dependents.delete(owner);
  }
  #unblocked(owner: string, collect: Set<string>): void {
    const node = this.#nodes.get(owner);
    if (node && isDeletingDependents(node.object)) collect.add(owner);
  }
}
