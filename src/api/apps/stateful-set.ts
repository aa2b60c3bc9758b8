// StatefulSet: numbered pods, each with a name and volumes of its own that outlive it.
import type { FieldError } from "#api/field-error.ts";
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { StatefulSet as schema } from "#api/apps/set-schema.ts";
import { applyPodTemplateDefaults } from "#api/core/pod-rules/defaults.ts";
import {
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from "#api/apps/stateful-set-validation.ts";
import { templateWarnings } from "#api/core/pod-rules/workload-validation.ts";
import { ageColumn, containerColumns, nameColumn, textColumn } from "#api/meta/columns.ts";

export interface StatefulSet extends Infer<typeof schema> {}
export const StatefulSet = defineKind<StatefulSet>({
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  scope: "Namespaced",
  shortNames: ["sts"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
  columns: [
    nameColumn,
    textColumn(
      "Ready",
      "Pods that are ready, of all wanted.",
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template),
  ],
  rules: {
    applyDefaults,
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    validateStatusUpdate: (object, old): FieldError[] => validateStatefulSetStatus(object, old),
    warnings,
  },
  nameRule: "dnsLabel",
});

function applyDefaults({ spec }: Draft<StatefulSet>): void {
  if (!spec) return;
  applyPodTemplateDefaults(spec.template);
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = "RollingUpdate";
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === "RollingUpdate" && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= "Retain";
  retention.whenScaled ||= "Retain";
  for (const claim of spec.volumeClaimTemplates ?? []) {
    if (!claim) continue;
    claim.apiVersion ||= "v1";
    claim.kind ||= "PersistentVolumeClaim";
    claim.status = { ...claim.status, phase: claim.status?.phase || "Pending" };
    if (claim.spec) claim.spec.volumeMode ??= "Filesystem";
  }
}

function warnings(object: StatefulSet, old?: StatefulSet): string[] {
  const changed = !old || object.metadata.generation !== old.metadata.generation;
  return [
    ...(changed ? templateWarnings(object) : []),
    ...((object.spec.revisionHistoryLimit ?? 0) < 0
      ? ["spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"]
      : []),
  ];
}
