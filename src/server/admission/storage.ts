// Storage: claims without a class get the default one, and what is in use is not deleted under its users.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import { VolumeAttributesClass } from "#api/storage/volume-attributes-class.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import type { Registry } from "#server/registry.ts";
import { concernsOnly, type AdmissionPlugin, type AdmissionRequest } from "./admission.ts";
import { refuse } from "./refuse.ts";

const defaultAnnotations = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
const isDefault = (c: KubeObject): boolean =>
  defaultAnnotations.some((key) => c.metadata.annotations?.[key] === "true");

/** The newest of the default classes, then the first by name. */
function defaultClass(registry: Registry): StorageClass | undefined {
  const rank = (c: StorageClass): string => c.metadata.creationTimestamp ?? "";
  return [...registry.list(StorageClass)]
    .filter(isDefault)
    .toSorted((a, b) =>
      rank(a) === rank(b) ? (a.metadata.name! < b.metadata.name! ? -1 : 1) : rank(a) < rank(b) ? 1 : -1,
    )[0];
}

export const defaultStorageClass = (registry: Registry): AdmissionPlugin => ({
  name: "DefaultStorageClass",
  concerns: concernsOnly(PersistentVolumeClaim, "CREATE"),
  admit(request) {
    const claim = request.object as Draft<PersistentVolumeClaim>;
    if (claim.spec?.storageClassName !== undefined) return;
    if (claim.metadata?.annotations?.["volume.beta.kubernetes.io/storage-class"] !== undefined) return;
    const chosen = defaultClass(registry);
    if (chosen) (claim.spec ??= {}).storageClassName = chosen.metadata.name!;
  },
});

/** By the kind in which objects are stored, whatever version they are written in. */
const protections: ReadonlyMap<AnyKind, string> = new Map<AnyKind, string>([
  [PersistentVolumeClaim, "kubernetes.io/pvc-protection"],
  [PersistentVolume, "kubernetes.io/pv-protection"],
  [VolumeAttributesClass, "kubernetes.io/vac-protection"],
]);
const protectionOf = ({ of }: AdmissionRequest): string | undefined => protections.get(of.storedAs?.kind ?? of);
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  concerns: (request) =>
    request.operation === "CREATE" && request.subresource === "" && protectionOf(request) !== undefined,
  admit(request) {
    const meta = (request.object!.metadata ??= {});
    const finalizer = protectionOf(request)!;
    if (!meta.finalizers?.includes(finalizer)) meta.finalizers = [...(meta.finalizers ?? []), finalizer];
  },
};

export const persistentVolumeClaimResize = (registry: Registry): AdmissionPlugin => ({
  name: "PersistentVolumeClaimResize",
  concerns: concernsOnly(PersistentVolumeClaim, "UPDATE"),
  validate(request) {
    const asked = (request.object as unknown as PersistentVolumeClaim).spec;
    const stood = (request.old as PersistentVolumeClaim).spec;
    const size = asked.resources?.requests?.["storage"];
    const before = stood.resources?.requests?.["storage"];
    if (size === before || before === undefined || !asked.volumeName) return;
    const name = asked.storageClassName;
    const chosen = name ? registry.get(StorageClass, name) : undefined;
    if (!chosen?.allowVolumeExpansion)
      throw refuse(
        request,
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
      );
  },
});
