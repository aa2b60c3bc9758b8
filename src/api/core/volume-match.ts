// Which volume suits a claim. Used when claims are bound and when pods with unbound claims are placed.
import { matchesNodeSelector } from "#api/core/node-affinity.ts";
import type { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import type { PersistentVolume } from "#api/core/persistent-volume.ts";
import { compareQuantity } from "#api/quantity.ts";
import { matchesLabels } from "#api/selectors.ts";

const oldClassAnnotation = "volume.beta.kubernetes.io/storage-class";
/** "" for none. */
export const classOf = (of: PersistentVolumeClaim | PersistentVolume): string =>
  of.metadata.annotations?.[oldClassAnnotation] ?? of.spec.storageClassName ?? "";

/** Whether the volume names this claim as the one that may have it. */
export function isMeantFor({ spec: { claimRef } }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (!claimRef) return false;
  const { name, namespace, uid } = claim.metadata;
  return claimRef.name === name && claimRef.namespace === namespace && (!claimRef.uid || claimRef.uid === uid);
}
export interface Place {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}
export function reaches({ spec }: PersistentVolume, node: Place): boolean {
  const required = spec.nodeAffinity?.required;
  return !required || matchesNodeSelector(required, node.labels, node.name);
}
const sizeOf = (volume: PersistentVolume): string => volume.spec.capacity?.["storage"] ?? "0";

/** Whether a volume that is free, or meant for the claim, could be bound to it. */
export function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec } = claim;
  if (volume.metadata.deletionTimestamp) return false;
  if ((volume.spec.volumeMode ?? "Filesystem") !== (spec.volumeMode ?? "Filesystem")) return false;
  if ((volume.spec.volumeAttributesClassName ?? "") !== (spec.volumeAttributesClassName ?? "")) return false;
  const wanted = spec.resources?.requests?.["storage"] ?? "0";
  if (compareQuantity(sizeOf(volume), wanted) < 0) return false;
  if (classOf(volume) !== classOf(claim)) return false;
  if (!(spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode))) return false;
  if (isMeantFor(volume, claim)) return true;
  if (volume.spec.claimRef || (volume.status.phase ?? "Available") !== "Available") return false;
  return !spec.selector || matchesLabels(spec.selector, volume.metadata.labels);
}

/** The volume meant for the claim, else the smallest that suits it, on the node when one is given. */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node?: Place,
  taken?: ReadonlySet<string>,
): PersistentVolume | undefined {
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name!) || !suits(volume, claim) || (node && !reaches(volume, node))) continue;
    if (isMeantFor(volume, claim)) return volume;
    if (!best || compareQuantity(sizeOf(volume), sizeOf(best)) < 0) best = volume;
  }
  return best;
}
