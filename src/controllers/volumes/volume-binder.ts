// Binds claims to volumes, both ways, and says in the phases of both what became of them. Provisioning is others' work:
// the binder only names who is to do it.
import { PersistentVolumeClaim } from "#api/core/persistent-volume-claim.ts";
import { PersistentVolume } from "#api/core/persistent-volume.ts";
import { bestVolume, classOf, isMeantFor } from "#api/core/volume-match.ts";
import { deepEqual } from "#api/json.ts";
import { StorageClass } from "#api/storage/storage-class.ts";
import { formatTime } from "#api/time.ts";
import { defineController, watching, type Turn } from "#reconcile/controller.ts";
import { allow, tellEvents } from "#controllers/rules.ts";
import { writeStatus } from "#controllers/write-status.ts";

const bindCompleted = "pv.kubernetes.io/bind-completed";
const boundByController = "pv.kubernetes.io/bound-by-controller";
const provisionedBy = "pv.kubernetes.io/provisioned-by";
const provisioners = ["volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner"];
const selectedNode = "volume.kubernetes.io/selected-node";
/** The provisioner of classes whose volumes people make by hand. */
const noProvisioner = "kubernetes.io/no-provisioner";

const rules = [
  allow("get list watch update create delete", "", "persistentvolumes"),
  allow("update", "", "persistentvolumes/status", "persistentvolumeclaims/status"),
  allow("get list watch update patch", "", "persistentvolumeclaims"),
  allow("get list watch", "storage.k8s.io", "storageclasses"),
  tellEvents,
];
const claimKey = (ref: PersistentVolume["spec"]["claimRef"]): string[] => (ref ? [`${ref.namespace}/${ref.name}`] : []);

export const claimBinder = defineController({
  name: "persistent-volume-binder",
  rules,
  for: PersistentVolumeClaim,
  watches: [
    watching(PersistentVolume, (volume, cache) => {
      if (volume.spec.claimRef) return claimKey(volume.spec.claimRef);
      const waiting = cache(PersistentVolumeClaim).list();
      return waiting
        .filter((c) => !c.spec.volumeName && classOf(c) === classOf(volume))
        .map((c) => `${c.metadata.namespace}/${c.metadata.name}`);
    }),
    watching(StorageClass, (storageClass, cache) =>
      cache(PersistentVolumeClaim)
        .list()
        .filter((c) => !c.spec.volumeName && classOf(c) === storageClass.metadata.name)
        .map((c) => `${c.metadata.namespace}/${c.metadata.name}`),
    ),
  ],
  // One at a time: two claims must not be given the same volume.
  concurrency: 1,
  async reconcile(claim, turn) {
    if (claim.metadata.deletionTimestamp && !claim.spec.volumeName) return;
    if (!claim.spec.volumeName) return findVolume(claim, turn);
    const volume = turn.cache(PersistentVolume).get(claim.spec.volumeName);
    if (claim.metadata.annotations?.[bindCompleted] !== undefined) return checkBound(claim, volume, turn);
    // Somebody asked for this very volume.
    if (!volume || (volume.spec.claimRef && !isMeantFor(volume, claim))) return writePhase(claim, "Pending", turn);
    return bind(claim, volume, turn);
  },
});

async function findVolume(claim: PersistentVolumeClaim, turn: Turn): Promise<void> {
  const volumes = turn.cache(PersistentVolume).list();
  const className = classOf(claim);
  const storageClass = className ? turn.cache(StorageClass).get(className) : undefined;
  const waits =
    storageClass?.volumeBindingMode === "WaitForFirstConsumer" &&
    claim.metadata.annotations?.[selectedNode] === undefined;
  const meant = volumes.find((v) => isMeantFor(v, claim));
  const volume = waits ? meant && bestVolume(claim, [meant]) : bestVolume(claim, volumes);
  if (volume) return bind(claim, volume, turn);
  if (waits) {
    const message = "waiting for first consumer to be created before binding";
    turn.events.event(claim, "Normal", "WaitForFirstConsumer", message, { kind: PersistentVolumeClaim });
  } else if (className) await provision(claim, className, storageClass, turn);
  else {
    const message = "no persistent volumes available for this claim and no storage class is set";
    turn.events.event(claim, "Normal", "FailedBinding", message, { kind: PersistentVolumeClaim });
  }
  return writePhase(claim, "Pending", turn);
}

async function provision(
  claim: PersistentVolumeClaim,
  className: string,
  storageClass: StorageClass | undefined,
  turn: Turn,
): Promise<void> {
  if (!storageClass) {
    const message = `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`;
    turn.events.event(claim, "Warning", "ProvisioningFailed", message, { kind: PersistentVolumeClaim });
    return;
  }
  const { provisioner } = storageClass;
  if (provisioner === noProvisioner) return;
  const annotations = {
    ...claim.metadata.annotations,
    ...Object.fromEntries(provisioners.map((name) => [name, provisioner])),
  };
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  turn.events.event(claim, "Normal", "ExternalProvisioning", message, { kind: PersistentVolumeClaim });
  if (deepEqual(annotations, claim.metadata.annotations)) return;
  const { name = "", namespace = "" } = claim.metadata;
  await turn.client.patch(
    PersistentVolumeClaim,
    { namespace, name },
    { type: "merge", patch: { metadata: { annotations } } },
    { signal: turn.signal },
  );
}

/** First the volume, then the claim: a volume that names a claim is the claim's, whatever happens in between. */
async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume, turn: Turn): Promise<void> {
  const { client, signal } = turn;
  let bound = volume;
  if (!volume.spec.claimRef?.uid) {
    const { name = "", namespace = "", uid = "", resourceVersion = "" } = claim.metadata;
    const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid, resourceVersion };
    const own = volume.spec.claimRef ? {} : { [boundByController]: "yes" };
    const annotations = { ...volume.metadata.annotations, ...own };
    const changed = { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
    bound = await client.update(PersistentVolume, changed, { signal });
  }
  await writeVolumePhase(bound, "Bound", turn);
  const own = claim.spec.volumeName ? {} : { [boundByController]: "yes" };
  const annotations = { ...claim.metadata.annotations, ...own, [bindCompleted]: "yes" };
  const metadata = { ...claim.metadata, annotations };
  const spec = { ...claim.spec, volumeName: volume.metadata.name! };
  const written = await client.update(PersistentVolumeClaim, { ...claim, metadata, spec }, { signal });
  await checkBound(written, bound, turn);
}

async function checkBound(
  claim: PersistentVolumeClaim,
  volume: PersistentVolume | undefined,
  turn: Turn,
): Promise<void> {
  if (!volume || (volume.spec.claimRef && !isMeantFor(volume, claim))) {
    const why = volume
      ? "Bound claim has lost reference to PersistentVolume. Data on the volume is lost! Cluster intervention needed!"
      : "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
    if (claim.status.phase !== "Lost")
      turn.events.event(claim, "Warning", "ClaimLost", why, { kind: PersistentVolumeClaim });
    return writePhase(claim, "Lost", turn);
  }
  if (!volume.spec.claimRef) return bind(claim, volume, turn);
  const { accessModes = [], capacity = {} } = volume.spec;
  const { status } = claim;
  // A resize in progress knows the size better than the volume.
  const size =
    status.capacity?.["storage"] === undefined ? { capacity } : { capacity: { ...capacity, ...status.capacity } };
  await writeStatus(turn, PersistentVolumeClaim, claim, { ...status, phase: "Bound", accessModes, ...size });
}

async function writePhase(claim: PersistentVolumeClaim, phase: "Pending" | "Lost", turn: Turn): Promise<void> {
  const { accessModes: _a, capacity: _c, ...rest } = claim.status;
  const status = phase === "Pending" ? { ...rest, phase } : { ...claim.status, phase };
  await writeStatus(turn, PersistentVolumeClaim, claim, status);
}
type VolumePhase = NonNullable<PersistentVolume["status"]["phase"]>;
async function writeVolumePhase(volume: PersistentVolume, phase: VolumePhase, turn: Turn): Promise<void> {
  if (volume.status.phase === phase) return;
  const lastPhaseTransitionTime = formatTime(turn.clock.now());
  await writeStatus(turn, PersistentVolume, volume, { ...volume.status, phase, lastPhaseTransitionTime });
}

/** The other side: volumes that wait for a claim, or have lost theirs. */
export const volumeBinder = defineController({
  name: "persistent-volume-phases",
  rules,
  for: PersistentVolume,
  watches: [
    watching(PersistentVolumeClaim, (claim, cache) =>
      cache(PersistentVolume)
        .list()
        .filter((v) => isMeantFor(v, claim) || v.metadata.name === claim.spec.volumeName)
        .map((v) => v.metadata.name!),
    ),
  ],
  async reconcile(volume, turn) {
    const { claimRef } = volume.spec;
    if (!claimRef?.uid) return writeVolumePhase(volume, "Available", turn);
    const claim = turn.cache(PersistentVolumeClaim).get(`${claimRef.namespace}/${claimRef.name}`);
    if (claim?.metadata.uid === claimRef.uid) {
      if (claim.spec.volumeName === volume.metadata.name) await writeVolumePhase(volume, "Bound", turn);
      return;
    }
    await writeVolumePhase(volume, "Released", turn);
    const isOthers = volume.metadata.annotations?.[provisionedBy] !== undefined || volume.spec.csi !== undefined;
    if (volume.spec.persistentVolumeReclaimPolicy !== "Delete" || isOthers || volume.metadata.deletionTimestamp) return;
    const message = "error getting deleter volume plugin for volume: no deletable volume plugin matched";
    turn.events.event(volume, "Warning", "VolumeFailedDelete", message, { kind: PersistentVolume });
    await writeVolumePhase(volume, "Failed", turn);
  },
});
