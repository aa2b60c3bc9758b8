// Keeps claims that pods use, volumes that are bound, and classes that either names, until they are free.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { Pod } from "#api/core/pod.ts";
import { isReason } from "#api/errors.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import { VolumeAttributesClass } from "#api/storage/volume-attributes-class.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { isFinished } from "#controllers/pods/pod-state.ts";
import { allow, tellEvents } from "#controllers/rules.ts";

const claimFinalizer = "kubernetes.io/pvc-protection";
const volumeFinalizer = "kubernetes.io/pv-protection";

/** Names of the claims that a pod mounts, those made for it alone included. */
export const claimNamesOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((v) =>
    v.persistentVolumeClaim
      ? [v.persistentVolumeClaim.claimName]
      : v.ephemeral
        ? [`${pod.metadata.name}-${v.name}`]
        : [],
  );
const keysOf = (pod: Pod): string[] => claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`);

export const claimProtectionController = defineController({
  name: "pvc-protection-controller",
  rules: [
    allow("get list watch update patch", "", "persistentvolumeclaims"),
    allow("get list watch", "", "pods"),
    tellEvents,
  ],
  for: PersistentVolumeClaim,
  watches: [watching(Pod, keysOf, (pod, old) => !pod || !old || isFinished(pod) !== isFinished(old))],
  async reconcile(claim, turn) {
    const uses = (pod: Pod): boolean =>
      !isFinished(pod) && Boolean(pod.spec.nodeName) && keysOf(pod).includes(turn.key);
    const isUsed = async (): Promise<boolean> => {
      if (turn.cache(Pod).index("claim", keysOf)(turn.key).some(uses)) return true;
      // Before a claim is let go the server is asked: the cache may not know the newest pod yet.
      const { items } = await turn.client.list(Pod, { namespace: claim.metadata.namespace! }, turn.signal);
      return items.some(uses);
    };
    await protect(PersistentVolumeClaim, claim, claimFinalizer, isUsed, turn);
  },
});

export const volumeProtectionController = defineController({
  name: "pv-protection-controller",
  rules: [allow("get list watch update patch", "", "persistentvolumes"), tellEvents],
  for: PersistentVolume,
  async reconcile(volume, turn) {
    await protect(PersistentVolume, volume, volumeFinalizer, async () => volume.status.phase === "Bound", turn);
  },
});

/** A claim counts for the class that it asks for, for the one it has and for the one it is being brought to. */
const classesOf = ({ spec, status }: PersistentVolumeClaim): string[] => [
  ...new Set(
    [
      spec.volumeAttributesClassName,
      status.currentVolumeAttributesClassName,
      status.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ].filter((name): name is string => Boolean(name)),
  ),
];
const classOf = ({ spec }: PersistentVolume): string[] =>
  spec.volumeAttributesClassName ? [spec.volumeAttributesClassName] : [];

export const attributesClassProtectionController = defineController({
  name: "volumeattributesclass-protection-controller",
  rules: [
    allow("get list watch update patch", "storage.k8s.io", "volumeattributesclasses"),
    allow("get list watch", "", "persistentvolumes", "persistentvolumeclaims"),
    tellEvents,
  ],
  for: VolumeAttributesClass,
  watches: [watching(PersistentVolume, classOf), watching(PersistentVolumeClaim, classesOf)],
  async reconcile(attributes, turn) {
    const isUsed = async (): Promise<boolean> => {
      const { items: volumes } = await turn.client.list(PersistentVolume, {}, turn.signal);
      if (volumes.some((volume) => classOf(volume).includes(turn.key))) return true;
      const { items: claims } = await turn.client.list(PersistentVolumeClaim, {}, turn.signal);
      return claims.some((claim) => classesOf(claim).includes(turn.key));
    };
    await protect(VolumeAttributesClass, attributes, "kubernetes.io/vac-protection", isUsed, turn);
  },
});

async function protect<T extends KubeObject>(
  kind: Kind<T>,
  object: T,
  finalizer: string,
  isUsed: () => Promise<boolean>,
  turn: Turn,
): Promise<void> {
  const finalizers = object.metadata.finalizers ?? [];
  const has = finalizers.includes(finalizer);
  const going = object.metadata.deletionTimestamp !== undefined;
  if (going ? !has || (await isUsed()) : has) return;
  const { name = "", namespace = "", uid, resourceVersion } = object.metadata;
  const rest = going ? finalizers.filter((f) => f !== finalizer) : [...finalizers, finalizer];
  const patch = { metadata: { uid, resourceVersion, finalizers: rest.length > 0 ? rest : null } };
  try {
    await turn.client.patch(kind, { namespace, name }, { type: "merge", patch }, { signal: turn.signal });
  } catch (error) {
    if (!isReason(error, "NotFound")) throw error;
  }
}
