// ReplicaSet: so many pods of one template. Deployments make them; by itself it does not replace pods.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { ReplicaSet as schema } from "#api/apps/deployment-schema.ts";
import { applyPodTemplateDefaults } from "#api/core/pod-rules/defaults.ts";
import { validateCounts, validateReplicated, workloadWarnings } from "#api/core/pod-rules/workload-validation.ts";
import { immutable, nonNegative } from "#api/meta/checks.ts";
import { ageColumn, containerColumns, integerColumn, nameColumn, selectorCell, textColumn } from "#api/meta/columns.ts";

export interface ReplicaSet extends Infer<typeof schema> {}
export const ReplicaSet = defineKind<ReplicaSet>({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  scope: "Namespaced",
  shortNames: ["rs"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
  columns: [
    nameColumn,
    integerColumn("Desired", "Pods wanted.", ({ spec }) => spec.replicas ?? 0),
    integerColumn("Current", "Pods there are.", ({ status }) => status.replicas),
    integerColumn("Ready", "Pods that are ready.", ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    ...containerColumns<ReplicaSet>(({ spec }) => spec.template),
    textColumn("Selector", "Labels of its pods.", ({ spec }) => selectorCell(spec.selector), 1),
  ],
  rules: {
    applyDefaults: ({ spec }) => applyPodTemplateDefaults(spec?.template),
    validate({ spec }) {
      const found: FieldError[] = [];
      nonNegative(found, "spec.replicas", spec.replicas);
      nonNegative(found, "spec.minReadySeconds", spec.minReadySeconds);
      validateReplicated(found, "spec", spec);
      return found;
    },
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.selector", object.spec.selector, old.spec.selector);
      return found;
    },
    validateStatusUpdate,
    warnings: workloadWarnings,
  },
});

function validateStatusUpdate({ status }: ReplicaSet): FieldError[] {
  const found: FieldError[] = [];
  validateCounts(
    found,
    status,
    [
      "replicas",
      "fullyLabeledReplicas",
      "readyReplicas",
      "availableReplicas",
      "observedGeneration",
      "terminatingReplicas",
    ],
    ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
  );
  const { availableReplicas: available = 0, readyReplicas: ready = 0 } = status;
  if (available > ready)
    found.push(invalidValue("status.availableReplicas", available, "cannot be greater than readyReplicas"));
  return found;
}
