// DaemonSet: one pod on every node that fits.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Draft, Infer } from "#api/schema.ts";
import { type DaemonSetSpec, DaemonSet as schema } from "#api/apps/set-schema.ts";
import { applyPodTemplateDefaults } from "#api/core/pod-rules/defaults.ts";
import { validatePodTemplate } from "#api/core/pod-rules/pod-validation.ts";
import {
  keepsRunning,
  notDecremented,
  selectorMatchesTemplate,
  templateWarnings,
  validateCounts,
} from "#api/core/pod-rules/workload-validation.ts";
import { immutable, nonNegative, sameValue } from "#api/meta/checks.ts";
import {
  ageColumn,
  containerColumns,
  integerColumn,
  labelsText,
  nameColumn,
  selectorCell,
  textColumn,
} from "#api/meta/columns.ts";
import { atMostWhole, intOrPercentValue, validateIntOrPercent } from "#api/meta/int-or-percent.ts";
import { isEmptySelector, validateLabelSelector } from "#api/meta/label-selector-validation.ts";

/** How often the template changed; a field in versions of old, now kept here. */
const templateGeneration = "deprecated.daemonset.template.generation";

export interface DaemonSet extends Infer<typeof schema> {}
export const DaemonSet = defineKind<DaemonSet>({
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
  scope: "Namespaced",
  shortNames: ["ds"],
  categories: ["all"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    integerColumn("Desired", "Nodes that should have a pod.", ({ status }) => status.desiredNumberScheduled),
    integerColumn("Current", "Nodes that should and do.", ({ status }) => status.currentNumberScheduled),
    integerColumn("Ready", "Nodes whose pod is ready.", ({ status }) => status.numberReady),
    integerColumn(
      "Up-to-date",
      "Nodes with a pod of the latest template.",
      ({ status }) => status.updatedNumberScheduled ?? 0,
    ),
    integerColumn(
      "Available",
      "Nodes whose pod was ready for long enough.",
      ({ status }) => status.numberAvailable ?? 0,
    ),
    textColumn("Node Selector", "Labels of its nodes.", ({ spec }) => labelsText(spec.template.spec.nodeSelector)),
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec.template),
    textColumn("Selector", "Labels of its pods.", ({ spec }) => selectorCell(spec.selector), 1),
  ],
  rules: {
    applyDefaults,
    asTracked(object) {
      const annotations = { [templateGeneration]: "0", ...object.metadata.annotations };
      return { ...object, metadata: { ...object.metadata, annotations } };
    },
    prepareForCreate(draft) {
      const asked = Number(draft.metadata?.annotations?.[templateGeneration] ?? 0);
      setGeneration(draft, Math.max(1, Math.trunc(asked) || 1));
    },
    prepareForUpdate(draft, old) {
      const before = Number(old.metadata.annotations?.[templateGeneration] ?? 0);
      setGeneration(draft, before + (sameValue(draft.spec?.template, old.spec.template) ? 0 : 1));
    },
    validate,
    changesFirst: true,
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      immutable(found, "spec.selector", object.spec.selector, old.spec.selector);
      return found;
    },
    validateStatusUpdate,
    warnings: (object, old) =>
      old && sameValue(object.spec.template, old.spec.template) ? [] : templateWarnings(object),
  },
});

function setGeneration(draft: Draft<DaemonSet>, generation: number): void {
  const annotations = { ...draft.metadata?.annotations, [templateGeneration]: String(generation) };
  draft.metadata = { ...draft.metadata, annotations };
}
function applyDefaults({ spec }: Draft<DaemonSet>): void {
  applyPodTemplateDefaults(spec?.template);
  if (spec?.updateStrategy?.type !== "RollingUpdate") return;
  const rolling = (spec.updateStrategy.rollingUpdate ??= {});
  rolling.maxUnavailable ??= 1;
  rolling.maxSurge ??= 0;
}

function validate({ spec }: DaemonSet): FieldError[] {
  const found: FieldError[] = [];
  const { selector, template } = spec;
  validateLabelSelector(found, "spec.selector", selector);
  if (found.length === 0) selectorMatchesTemplate(found, "spec.template", selector, template);
  if (selector && isEmptySelector(selector))
    found.push(invalidValue("spec.selector", selector, "empty selector is invalid for daemonset"));
  validatePodTemplate(found, "spec.template", template);
  keepsRunning(found, "spec.template", template, "DaemonSet");
  nonNegative(found, "spec.minReadySeconds", spec.minReadySeconds);
  validateStrategy(found, "spec.updateStrategy", spec.updateStrategy);
  nonNegative(found, "spec.revisionHistoryLimit", spec.revisionHistoryLimit);
  return found;
}
function validateStrategy(found: FieldError[], field: string, strategy: DaemonSetSpec["updateStrategy"]): void {
  const { type, rollingUpdate } = strategy;
  if (type === "OnDelete") return;
  if (type !== "RollingUpdate") {
    const shown = { Type: type ?? "", RollingUpdate: rollingUpdate ?? null };
    return void found.push(notSupported(field, shown, ["RollingUpdate", "OnDelete"]));
  }
  const at = `${field}.rollingUpdate`;
  if (!rollingUpdate) return void found.push(requiredValue(at));
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  validateIntOrPercent(found, `${at}.maxUnavailable`, maxUnavailable);
  validateIntOrPercent(found, `${at}.maxSurge`, maxSurge);
  atMostWhole(found, `${at}.maxUnavailable`, maxUnavailable);
  atMostWhole(found, `${at}.maxSurge`, maxSurge);
  const [lacks, adds] = [intOrPercentValue(maxUnavailable) !== 0, intOrPercentValue(maxSurge) !== 0];
  if (lacks && adds)
    found.push(invalidValue(`${at}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero"));
  if (!lacks && !adds) found.push(requiredValue(`${at}.maxUnavailable`, "cannot be 0 when maxSurge is 0"));
}

function validateStatusUpdate({ status }: DaemonSet, old: DaemonSet): FieldError[] {
  const found: FieldError[] = [];
  validateCounts(found, status, [
    "currentNumberScheduled",
    "numberMisscheduled",
    "desiredNumberScheduled",
    "numberReady",
    "observedGeneration",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
    "collisionCount",
  ]);
  notDecremented(found, status.collisionCount, old.status.collisionCount);
  return found;
}
