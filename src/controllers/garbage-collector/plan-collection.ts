// What becomes of one object, given what is known of its owners and dependents.
import type { KubeObject } from "#api/kind.ts";
import { foregroundFinalizer, orphanFinalizer } from "#api/metadata.ts";
import type { OwnerReference } from "#api/meta/schema.ts";
import { isDeletingDependents, ownersOf } from "#controllers/garbage-collector/owner-graph.ts";

/** "waiting": the owner is deleted in the foreground and waits for its dependents. */
export type OwnerState = "solid" | "absent" | "waiting";
export interface CollectionFacts {
  readonly object: KubeObject;
  readonly stateOf: (reference: OwnerReference) => OwnerState;
  readonly dependents: readonly KubeObject[];
  /** Those of the dependents that the object's own foreground deletion waits for. */
  readonly blocking: readonly KubeObject[];
}
export type CollectionPlan =
  | { readonly type: "keep" }
  /** Its dependents are gone, so may it. */
  | { readonly type: "finish" }
  /** Dependents that have to go first. */
  | { readonly type: "wait"; readonly for: readonly KubeObject[] }
  | { readonly type: "forgetOwners"; readonly uids: ReadonlySet<string> }
  | {
      readonly type: "delete";
      readonly policy: "Background" | "Foreground" | "Orphan";
      /** The object and one of its dependents wait for each other: first it stops blocking its owners. */
      readonly unblock: boolean;
    };

export function planCollection({ object, stateOf, dependents, blocking }: CollectionFacts): CollectionPlan {
  if (object.metadata.deletionTimestamp !== undefined) {
    if (!isDeletingDependents(object)) return { type: "keep" };
    const waitFor = blocking.filter((d) => !isDeletingDependents(d));
    return blocking.length === 0 ? { type: "finish" } : { type: "wait", for: waitFor };
  }
  const owners = ownersOf(object);
  if (owners.length === 0) return { type: "keep" };
  const inState = (...states: OwnerState[]): OwnerReference[] => owners.filter((r) => states.includes(stateOf(r)));
  if (inState("solid").length > 0) {
    const uids = new Set(inState("absent", "waiting").map((r) => r.uid));
    return uids.size > 0 ? { type: "forgetOwners", uids } : { type: "keep" };
  }
  if (inState("waiting").length > 0 && dependents.length > 0)
    return { type: "delete", policy: "Foreground", unblock: dependents.some(isDeletingDependents) };
  const { finalizers = [] } = object.metadata;
  const policy = finalizers.includes(orphanFinalizer)
    ? "Orphan"
    : finalizers.includes(foregroundFinalizer)
      ? "Foreground"
      : "Background";
  return { type: "delete", policy, unblock: false };
}
