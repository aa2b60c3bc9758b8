// Which objects the pods of a node need, so that the node may read those. Asked for one object at a time: pods of the
// object's namespace are looked through, which costs less than to keep sets for every node up to date.
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Pod } from "#api/core/pod.ts";
import { ResourceSlice } from "#api/resource/resource-slice.ts";
import { VolumeAttachment } from "#api/storage/volume-attachment.ts";
import type { StoredObjects } from "#server/auth/objects.ts";

type Names = Iterable<string | undefined>;
type Volume = NonNullable<Pod["spec"]["volumes"]>[number];

const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
const containersOf = ({ spec }: Pod) => [
  ...(spec.containers ?? []),
  ...(spec.initContainers ?? []),
  ...(spec.ephemeralContainers ?? []),
];

function* secretsOfVolume(volume: Volume): Names {
  yield volume.secret?.secretName;
  for (const source of volume.projected?.sources ?? []) yield source.secret?.name;
  yield volume.azureFile?.secretName;
  yield volume.cephfs?.secretRef?.name;
  yield volume.cinder?.secretRef?.name;
  yield volume.flexVolume?.secretRef?.name;
  yield volume.rbd?.secretRef?.name;
  yield volume.scaleIO?.secretRef?.name;
  yield volume.iscsi?.secretRef?.name;
  yield volume.storageos?.secretRef?.name;
  yield volume.csi?.nodePublishSecretRef?.name;
}
/** The Secrets that a pod names. */
export function* secretsOf(pod: Pod): Names {
  for (const secret of pod.spec.imagePullSecrets ?? []) yield secret.name;
  for (const { env, envFrom } of containersOf(pod)) {
    for (const from of envFrom ?? []) yield from.secretRef?.name;
    for (const one of env ?? []) yield one.valueFrom?.secretKeyRef?.name;
  }
  for (const volume of pod.spec.volumes ?? []) yield* secretsOfVolume(volume);
}
function* configMapsOf(pod: Pod): Names {
  for (const { env, envFrom } of containersOf(pod)) {
    for (const from of envFrom ?? []) yield from.configMapRef?.name;
    for (const one of env ?? []) yield one.valueFrom?.configMapKeyRef?.name;
  }
  for (const volume of pod.spec.volumes ?? []) {
    yield volume.configMap?.name;
    for (const source of volume.projected?.sources ?? []) yield source.configMap?.name;
  }
}
function* claimsOf(pod: Pod): Names {
  for (const volume of pod.spec.volumes ?? [])
    yield (
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined)
    );
}
function* resourceClaimsOf({ spec, status }: Pod): Names {
  for (const claim of spec.resourceClaims ?? [])
    yield (
      claim.resourceClaimName ?? status?.resourceClaimStatuses?.find((s) => s.name === claim.name)?.resourceClaimName
    );
  yield status?.extendedResourceClaimStatus?.resourceClaimName;
}
/** Upstream: by the driver's own reference to a secret, which names its namespace or means the claim's. */
function* secretsOfPersistentVolume({ spec }: PersistentVolume): Iterable<string> {
  const refs = [
    spec.cephfs?.secretRef,
    spec.cinder?.secretRef,
    spec.flexVolume?.secretRef,
    spec.rbd?.secretRef,
    spec.scaleIO?.secretRef,
    spec.iscsi?.secretRef,
    spec.storageos?.secretRef,
    spec.csi?.controllerPublishSecretRef,
    spec.csi?.nodePublishSecretRef,
    spec.csi?.nodeStageSecretRef,
    spec.csi?.controllerExpandSecretRef,
    spec.csi?.nodeExpandSecretRef,
  ];
  const own = spec.claimRef?.namespace ?? "";
  for (const ref of refs) if (ref?.name) yield `${ref.namespace || own}/${ref.name}`;
  const { azureFile } = spec;
  if (azureFile) yield `${azureFile.secretNamespace || own}/${azureFile.secretName}`;
}

export class NodeReferences {
  readonly #objects: StoredObjects;
  constructor(objects: StoredObjects) {
    this.#objects = objects;
  }
  /** Whether a pod runs there. */
  pod(node: string, namespace: string, name: string): boolean {
    return this.#objects.get(Pod, `${namespace}/${name}`)?.spec.nodeName === node;
  }
  secret(node: string, namespace: string, name: string): boolean {
    if (this.#somePod(node, namespace, secretsOf, name)) return true;
    const key = `${namespace}/${name}`;
    return [...this.#objects.list(PersistentVolume)].some(
      (volume) => [...secretsOfPersistentVolume(volume)].includes(key) && this.#isMounted(node, volume),
    );
  }
  configMap(node: string, namespace: string, name: string): boolean {
    return this.#somePod(node, namespace, configMapsOf, name);
  }
  claim(node: string, namespace: string, name: string): boolean {
    return this.#somePod(node, namespace, claimsOf, name);
  }
  resourceClaim(node: string, namespace: string, name: string): boolean {
    return this.#somePod(node, namespace, resourceClaimsOf, name);
  }
  account(node: string, namespace: string, name: string): boolean {
    return this.#somePod(node, namespace, ({ spec }) => [spec.serviceAccountName], name);
  }
  persistentVolume(node: string, name: string): boolean {
    const volume = this.#objects.get(PersistentVolume, name);
    return volume !== undefined && this.#isMounted(node, volume);
  }
  attachment(node: string, name: string): boolean {
    return this.#objects.get(VolumeAttachment, name)?.spec.nodeName === node;
  }
  slice(node: string, name: string): boolean {
    return this.#objects.get(ResourceSlice, name)?.spec.nodeName === node;
  }
  #isMounted(node: string, { spec }: PersistentVolume): boolean {
    const { namespace = "", name = "" } = spec.claimRef ?? {};
    return name !== "" && this.claim(node, namespace, name);
  }
  /** What a mirror pod says counts for nothing: the node wrote it. */
  #somePod(node: string, namespace: string, names: (pod: Pod) => Names, wanted: string): boolean {
    for (const pod of this.#objects.list(Pod, namespace)) {
      if (pod.spec.nodeName !== node || isMirror(pod)) continue;
      for (const name of names(pod)) if (name === wanted) return true;
    }
    return false;
  }
}
