// ReplicationController: keeps a number of pods; ReplicaSets came after it.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import { ReplicationController as schema } from "#api/core/schema/replication-controller.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { nonNegative, sortedMap } from "#api/meta/checks.ts";
import { ageColumn, containerColumns, integerColumn, labelsText, nameColumn, textColumn } from "#api/meta/columns.ts";
import { applyPodTemplateDefaults } from "./pod-rules/defaults.ts";
import { validatePodTemplate } from "./pod-rules/pod-validation.ts";
import { podTemplateWarnings } from "./pod-rules/warnings.ts";
import { nameWarnings, validateCounts } from "./pod-rules/workload-validation.ts";
import type { PodTemplateSpec } from "./schema/pod-spec.ts";

export interface ReplicationController extends Infer<typeof schema> {}
export const ReplicationController = defineKind<ReplicationController>({
  group: "",
  version: "v1",
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  scope: "Namespaced",
  shortNames: ["rc"],
  categories: ["all"],
  schema,
  subresources: [scaleSubresource, statusSubresource],
  scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", labelSelector: ".spec.selector" },
  columns: [
    nameColumn,
    integerColumn("Desired", "Pods that are wanted.", ({ spec }) => spec.replicas ?? 0),
    integerColumn("Current", "Pods that exist.", ({ status }) => status.replicas),
    integerColumn("Ready", "Pods that are ready.", ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    ...containerColumns<ReplicationController>(({ spec }) => spec.template),
    textColumn("Selector", "Labels of its pods.", ({ spec }) => labelsText(spec.selector), 1),
  ],
  selectableFields: { "status.replicas": ({ status }) => String(status.replicas ?? 0) },
  rules: { applyDefaults, validate, validateStatusUpdate, warnings },
});

function applyDefaults(draft: Draft<ReplicationController>): void {
  applyPodTemplateDefaults(draft.spec?.template);
  const labels = draft.spec?.template?.metadata?.labels;
  if (!draft.spec || !labels) return;
  if (Object.keys(draft.spec.selector ?? {}).length === 0) draft.spec.selector = { ...labels };
  if (Object.keys(draft.metadata?.labels ?? {}).length === 0)
    draft.metadata = { ...draft.metadata, labels: { ...labels } };
}

function validate({ spec }: ReplicationController): FieldError[] {
  const found: FieldError[] = [];
  const { replicas, selector = {}, template } = spec;
  nonNegative(found, "spec.minReadySeconds", spec.minReadySeconds);
  if (Object.keys(selector).length === 0) found.push(requiredValue("spec.selector"));
  if (replicas === undefined) found.push(requiredValue("spec.replicas"));
  nonNegative(found, "spec.replicas", replicas);
  if (template) validateTemplate(found, "spec.template", template, selector);
  else found.push(requiredValue("spec.template"));
  return found;
}
function validateTemplate(
  found: FieldError[],
  field: string,
  template: PodTemplateSpec,
  selector: Readonly<Record<string, string>>,
): void {
  const { labels } = template.metadata;
  if (Object.entries(selector).some(([key, value]) => labels?.[key] !== value)) {
    const shown = labels ? sortedMap(labels) : null;
    found.push(invalidValue(`${field}.metadata.labels`, shown, "`selector` does not match template `labels`"));
  }
  validatePodTemplate(found, field, template);
  const { restartPolicy = "", activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== "Always") found.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const text = "activeDeadlineSeconds in ReplicationController is not Supported";
    found.push(forbiddenValue(`${field}.spec.activeDeadlineSeconds`, text));
  }
}
function validateStatusUpdate({ status }: ReplicationController): FieldError[] {
  const found: FieldError[] = [];
  const atMost = ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"] as const;
  validateCounts(found, status, ["replicas", ...atMost, "observedGeneration"], atMost);
  const { availableReplicas = 0, readyReplicas = 0 } = status;
  if (availableReplicas > readyReplicas)
    found.push(invalidValue("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas"));
  return found;
}
/** On an update upstream speaks of the template as it was. */
function warnings({ metadata, spec }: ReplicationController, old?: ReplicationController): string[] {
  if (old && old.metadata.generation === metadata.generation) return [];
  const template = (old ?? { spec }).spec.template;
  return [
    ...(old ? [] : nameWarnings(metadata.name)),
    ...(template ? podTemplateWarnings("spec.template", template) : []),
  ];
}
