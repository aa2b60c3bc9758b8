// Deployment: pods of one template, replaced step by step when the template changes. It works through ReplicaSets, one
// for each template it ever had.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind, scaleSubresource, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { selectorText } from "#api/selectors.ts";
import { type DeploymentSpec, Deployment as schema } from "#api/apps/deployment-schema.ts";
import { applyPodTemplateDefaults } from "#api/core/pod-rules/defaults.ts";
import {
  notDecremented,
  validateCounts,
  validateReplicated,
  workloadWarnings,
} from "#api/core/pod-rules/workload-validation.ts";
import { immutable, nonNegative, sameValue } from "#api/meta/checks.ts";
import { ageColumn, containerColumns, nameColumn, textColumn } from "#api/meta/columns.ts";
import { atMostWhole, intOrPercentValue, validateIntOrPercent } from "#api/meta/int-or-percent.ts";

export interface Deployment extends Infer<typeof schema> {}
export const Deployment = defineKind<Deployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  scope: "Namespaced",
  shortNames: ["deploy"],
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
    textColumn("Up-to-date", "Pods of the latest template.", ({ status }) => status.updatedReplicas ?? 0),
    textColumn("Available", "Pods ready for long enough.", ({ status }) => status.availableReplicas ?? 0),
    ageColumn,
    ...containerColumns<Deployment>(({ spec }) => spec.template),
    textColumn("Selector", "Labels of its pods.", ({ spec }) => selectorText(spec.selector), 1),
  ],
  rules: {
    applyDefaults,
    prepareForStatusUpdate(draft, old) {
      const { labels } = old.metadata;
      draft.metadata = { ...draft.metadata, labels: labels && { ...labels } };
    },
    validate,
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.selector", object.spec.selector, old.spec.selector);
      return found;
    },
    validateStatusUpdate,
    warnings: workloadWarnings,
    changesGeneration: (object, old) =>
      !sameValue(object.spec, old.spec) || !sameValue(object.metadata.annotations, old.metadata.annotations),
  },
});

function applyDefaults({ spec }: Draft<Deployment>): void {
  applyPodTemplateDefaults(spec?.template);
  if (spec?.strategy?.type !== "RollingUpdate") return;
  const rolling = (spec.strategy.rollingUpdate ??= {});
  rolling.maxUnavailable ??= "25%";
  rolling.maxSurge ??= "25%";
}

function validate({ spec }: Deployment): FieldError[] {
  const found: FieldError[] = [];
  nonNegative(found, "spec.replicas", spec.replicas);
  validateReplicated(found, "spec", spec);
  validateStrategy(found, "spec.strategy", spec.strategy);
  nonNegative(found, "spec.minReadySeconds", spec.minReadySeconds);
  nonNegative(found, "spec.revisionHistoryLimit", spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  nonNegative(found, "spec.progressDeadlineSeconds", deadline);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0))
    found.push(invalidValue("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
  return found;
}
function validateStrategy(
  found: FieldError[],
  field: string,
  { type, rollingUpdate }: DeploymentSpec["strategy"],
): void {
  const at = `${field}.rollingUpdate`;
  if (type === "Recreate") {
    if (rollingUpdate) found.push(forbiddenValue(at, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type !== "RollingUpdate") {
    const shown = { Type: type ?? "", RollingUpdate: rollingUpdate ?? null };
    found.push(notSupported(field, shown, ["Recreate", "RollingUpdate"]));
  } else if (!rollingUpdate) found.push(requiredValue(at, "this should be defaulted and never be nil"));
  else {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
    validateIntOrPercent(found, `${at}.maxUnavailable`, maxUnavailable);
    validateIntOrPercent(found, `${at}.maxSurge`, maxSurge);
    if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0)
      found.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
    atMostWhole(found, `${at}.maxUnavailable`, maxUnavailable);
  }
}

function validateStatusUpdate({ status }: Deployment, old: Deployment): FieldError[] {
  const found: FieldError[] = [];
  validateCounts(
    found,
    status,
    [
      "observedGeneration",
      "replicas",
      "updatedReplicas",
      "readyReplicas",
      "availableReplicas",
      "unavailableReplicas",
      "terminatingReplicas",
      "collisionCount",
    ],
    ["updatedReplicas", "readyReplicas", "availableReplicas"],
  );
  const { availableReplicas: available = 0, readyReplicas: ready = 0 } = status;
  if (available > ready)
    found.push(invalidValue("status.availableReplicas", available, "cannot be greater than readyReplicas"));
  notDecremented(found, status.collisionCount, old.status.collisionCount);
  return found;
}
