// How a change moves fields between owners; what apply and ordinary writes have in common.
import type { Resolved } from "#api/schema.ts";
import type { Comparison } from "./compare.ts";
import { type FieldSet, difference, emptySet, intersection, setOf, union } from "./field-set.ts";
import type { Owner, Owners } from "./managers.ts";
import { fieldElement } from "./path-element.ts";
import { collapseAtomic } from "./to-set.ts";

/** Metadata that the server alone writes. */
export const serverMetadata: FieldSet = setOf(
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation"]
    .concat("managedFields", "resourceVersion")
    .map((name) => ["f:metadata", fieldElement(name)]),
);
/** Nobody owns these. */
const serverFields: FieldSet = union(serverMetadata, setOf(["f:apiVersion"], ["f:kind"], ["f:metadata"]));
export const withoutServerFields = (set: FieldSet): FieldSet => difference(set, serverFields);

/** The set of the subtrees at dotted paths, such as "status" or "metadata.labels". */
export function subtrees(paths: readonly string[] | undefined): FieldSet {
  if (!paths || paths.length === 0) return emptySet;
  let set = knownSubtrees.get(paths);
  if (!set) knownSubtrees.set(paths, (set = setOf(...paths.map((path) => path.split(".").map(fieldElement)))));
  return set;
}
const knownSubtrees = new WeakMap<readonly string[], FieldSet>();

/** What each owner holds of the fields that changed, by identity; none for owners that lose nothing. */
export function contested(owners: Owners, change: Comparison, except: string): Map<string, FieldSet> {
  const touched = union(change.modified, change.added);
  const found = new Map<string, FieldSet>();
  for (const [id, owner] of owners) {
    const set = id === except ? emptySet : intersection(owner.set, touched);
    if (set.size > 0) found.set(id, set);
  }
  return found;
}
/** Takes what changed or went away from all owners but one; owners of nothing are left out. */
export function disown(owners: Owners, change: Comparison, except: string): Map<string, Owner> {
  const lost = union(union(change.modified, change.added), change.removed);
  const left = new Map<string, Owner>();
  for (const [id, owner] of owners) {
    const set = id === except ? owner.set : difference(owner.set, lost);
    if (set.size > 0) left.set(id, set === owner.set ? owner : { ...owner, set });
  }
  return left;
}
/** Brings all sets up to the present schema. */
export const reconciled = (schema: Resolved, owners: Owners): Map<string, Owner> =>
  new Map(
    [...owners].map(([id, owner]) => {
      const set = collapseAtomic(schema, owner.set);
      return [id, set === owner.set ? owner : { ...owner, set }];
    }),
  );
