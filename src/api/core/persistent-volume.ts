// PersistentVolume: a piece of storage that outlives the pods which use it.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PersistentVolume as schema } from "#api/core/schema/persistent-volume.ts";
import type { Infer } from "#api/schema.ts";
import { ageColumn, nameColumn, textColumn, wide } from "#api/meta/columns.ts";
import { formatTime } from "#api/time.ts";
import { deprecatedNodeLabel } from "./pod-rules/warnings.ts";
import { validateVolume, validateVolumeUpdate } from "./rules/persistent-volume-validation.ts";
import { accessModesText, betaClassAnnotation, betaClassWarning, storageClassOf } from "./rules/storage-cells.ts";

export interface PersistentVolume extends Infer<typeof schema> {}
export const PersistentVolume = defineKind<PersistentVolume>({
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  returnsDeleted: true,
  scope: "Cluster",
  shortNames: ["pv"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Capacity", "Its size.", ({ spec }) => spec.capacity?.["storage"] ?? "0"),
    textColumn("Access Modes", "Ways it can be mounted.", ({ spec }) => accessModesText(spec.accessModes)),
    textColumn(
      "Reclaim Policy",
      "What becomes of it when its claim is gone.",
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? "",
    ),
    textColumn("Status", "Whether it is free or in use.", ({ metadata, status }) =>
      metadata.deletionTimestamp ? "Terminating" : (status.phase ?? ""),
    ),
    textColumn("Claim", "The claim that holds it.", ({ spec: { claimRef } }) =>
      claimRef ? `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}` : "",
    ),
    textColumn("StorageClass", "Class it belongs to.", storageClassOf),
    textColumn(
      "VolumeAttributesClass",
      "Class of its adjustable properties.",
      ({ spec }) => spec.volumeAttributesClassName ?? "<unset>",
    ),
    textColumn("Reason", "Why it failed.", ({ status }) => status.reason ?? ""),
    ageColumn,
    wide(textColumn("VolumeMode", "Directory or raw device.", ({ spec }) => spec.volumeMode ?? "<unset>")),
  ],
  rules: {
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.persistentVolumeReclaimPolicy ||= "Retain";
      spec.volumeMode ??= "Filesystem";
    },
    prepareForCreate(draft, { now }) {
      draft.status = { phase: "Pending", lastPhaseTransitionTime: formatTime(now) };
    },
    prepareForStatusUpdate(draft, old, now) {
      const status = (draft.status ??= {});
      const before = old.status.lastPhaseTransitionTime;
      if (status.phase !== old.status.phase) {
        if (!status.lastPhaseTransitionTime || status.lastPhaseTransitionTime === before)
          status.lastPhaseTransitionTime = formatTime(now);
      } else if (before !== undefined) status.lastPhaseTransitionTime ??= before;
    },
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
    warnings,
  },
  hasGeneration: false,
});

const deprecatedAnnotations: readonly (readonly [key: string, text: string])[] = [
  [betaClassAnnotation, betaClassWarning],
  ["volume.beta.kubernetes.io/mount-options", `deprecated since v1.31; use "mountOptions" attribute instead`],
];
const deprecatedSources = [
  ["cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"],
] as const;
function warnings({ metadata, spec, status }: PersistentVolume, old?: PersistentVolume): string[] {
  // A write of the status warns of nothing.
  if (old && status !== old.status && JSON.stringify(status) !== JSON.stringify(old.status)) return [];
  const recycled =
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.";
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...deprecatedAnnotations
      .filter(([key]) => metadata.annotations?.[key] !== undefined)
      .map(([key, text]) => `metadata.annotations[${key}]: ${text}`),
    ...(spec.persistentVolumeReclaimPolicy === "Recycle" ? [recycled] : []),
    ...terms.flatMap(({ matchExpressions = [] }, i) =>
      matchExpressions.flatMap(({ key }, j) => {
        const field = `spec.nodeAffinity.required.nodeSelectorTerms[${i}].matchExpressions[${j}].key`;
        return deprecatedNodeLabel(key) ? [`${field}: ${key} is ${deprecatedNodeLabel(key)}`] : [];
      }),
    ),
    ...deprecatedSources.filter(([name]) => spec[name]).map(([, shown, text]) => `spec.${shown}: ${text}`),
  ];
}
