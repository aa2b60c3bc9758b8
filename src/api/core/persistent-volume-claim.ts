// PersistentVolumeClaim: a request for storage that a pod can then mount.
import { defineKind, statusSubresource } from "#api/kind.ts";
import { type PersistentVolumeClaimSpec, PersistentVolumeClaim as schema } from "#api/core/schema/persistent-volume.ts";
import { parseQuantity } from "#api/quantity.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn, wide } from "#api/meta/columns.ts";
import { roundUpToMilli } from "./pod-rules/resource-names.ts";
import { validateClaim, validateClaimStatus, validateClaimUpdate } from "./rules/claim-update.ts";
import { accessModesText, betaClassAnnotation, betaClassWarning, storageClassOf } from "./rules/storage-cells.ts";

export interface PersistentVolumeClaim extends Infer<typeof schema> {}
export const PersistentVolumeClaim = defineKind<PersistentVolumeClaim>({
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  returnsDeleted: true,
  scope: "Namespaced",
  shortNames: ["pvc"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Status", "Whether a volume was found.", ({ metadata, status }) =>
      metadata.deletionTimestamp ? "Terminating" : (status.phase ?? ""),
    ),
    textColumn("Volume", "The volume it has.", ({ spec }) => spec.volumeName ?? ""),
    textColumn("Capacity", "Size of the volume.", ({ spec, status }) =>
      spec.volumeName ? (status.capacity?.["storage"] ?? "0") : "",
    ),
    textColumn("Access Modes", "Ways the volume can be mounted.", ({ spec, status }) =>
      spec.volumeName ? accessModesText(status.accessModes) : "",
    ),
    textColumn("StorageClass", "Class it asks for.", storageClassOf),
    textColumn(
      "VolumeAttributesClass",
      "Class of adjustable properties it asks for.",
      ({ spec }) => spec.volumeAttributesClassName ?? "<unset>",
    ),
    ageColumn,
    wide(textColumn("VolumeMode", "Directory or raw device.", ({ spec }) => spec.volumeMode ?? "<unset>")),
  ],
  rules: {
    applyDefaults({ spec, status }) {
      for (const amounts of [
        spec?.resources?.limits,
        spec?.resources?.requests,
        status?.capacity,
        status?.allocatedResources,
      ])
        roundUpToMilli(amounts);
    },
    prepareForCreate: (draft) => normalizeSources(draft.spec, undefined),
    prepareForUpdate: (draft, old) => normalizeSources(draft.spec, old.spec),
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
    validateStatusUpdate: validateClaimStatus,
    warnings,
  },
  hasGeneration: false,
});

/** The old field for a source and the new one are kept the same; the old one knows two kinds, and drops others. */
function normalizeSources(
  spec: Draft<PersistentVolumeClaimSpec> | undefined,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  if (!spec) return;
  const { dataSource: source } = spec;
  if (source && !old?.dataSource && !old?.dataSourceRef && !spec.dataSourceRef) {
    const isClaim = source.kind === "PersistentVolumeClaim" && !source.apiGroup;
    const isSnapshot = source.kind === "VolumeSnapshot" && source.apiGroup === "snapshot.storage.k8s.io";
    if (!isClaim && !isSnapshot) delete spec.dataSource;
  }
  const copy = ({ apiGroup, kind, name }: NonNullable<typeof source>) => ({
    ...(apiGroup !== undefined && { apiGroup }),
    kind: kind ?? "",
    name: name ?? "",
  });
  if (spec.dataSource) spec.dataSourceRef ??= copy(spec.dataSource);
  else if (spec.dataSourceRef && !spec.dataSourceRef.namespace) spec.dataSource = copy(spec.dataSourceRef);
}

function warnings({ metadata, spec, status }: PersistentVolumeClaim, old?: PersistentVolumeClaim): string[] {
  // A write of the status warns of nothing.
  if (old && !sameValue(status, old.status)) return [];
  const annotated = metadata.annotations?.[betaClassAnnotation] !== undefined;
  return [
    ...(annotated ? [`metadata.annotations[${betaClassAnnotation}]: ${betaClassWarning}`] : []),
    ...(["requests", "limits"] as const).flatMap((list) => {
      const amount = spec.resources[list]?.["storage"];
      if (amount === undefined || parseQuantity(amount).nano % 1_000_000_000n === 0n) return [];
      return [`spec.resources.${list}[storage]: fractional byte value "${amount}" is invalid, must be an integer`];
    }),
  ];
}
