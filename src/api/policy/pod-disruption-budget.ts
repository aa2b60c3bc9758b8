// PodDisruptionBudget: how many pods of a group may be evicted at a time.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { PodDisruptionBudgetSpec, PodDisruptionBudget as schema } from "#api/policy/schema.ts";
import type { Infer } from "#api/schema.ts";
import { nonNegative, supported } from "#api/meta/checks.ts";
import { ageColumn, integerColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { atMostWhole, validateIntOrPercent } from "#api/meta/int-or-percent.ts";
import { validateConditions, validateLabelSelector } from "#api/meta/label-selector-validation.ts";

export interface PodDisruptionBudget extends Infer<typeof schema> {}
export const PodDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  scope: "Namespaced",
  shortNames: ["pdb"],
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Min Available", "Pods that must stay.", ({ spec }) => String(spec.minAvailable ?? "N/A")),
    textColumn("Max Unavailable", "Pods that may be missing.", ({ spec }) => String(spec.maxUnavailable ?? "N/A")),
    integerColumn("Allowed Disruptions", "Pods that may go now.", ({ status }) => status.disruptionsAllowed ?? 0),
    ageColumn,
  ],
  rules: { validate, validateStatusUpdate },
  nameRule: "pathSegment",
  unconditionalUpdate: false,
});

function validate({ spec }: PodDisruptionBudget): FieldError[] {
  const found: FieldError[] = [];
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = goStruct(PodDisruptionBudgetSpec, spec);
    found.push(invalidValue("spec", shown, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const name of ["minAvailable", "maxUnavailable"] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    validateIntOrPercent(found, `spec.${name}`, value);
    atMostWhole(found, `spec.${name}`, value);
  }
  validateLabelSelector(found, "spec.selector", spec.selector);
  if (unhealthyPodEvictionPolicy !== undefined) {
    const field = "spec.unhealthyPodEvictionPolicy";
    supported(found, field, unhealthyPodEvictionPolicy, ["AlwaysAllow", "IfHealthyBudget"]);
  }
  return found;
}
function validateStatusUpdate({ status }: PodDisruptionBudget): FieldError[] {
  const found: FieldError[] = [];
  validateConditions(found, "status.conditions", status.conditions);
  for (const name of ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"] as const)
    nonNegative(found, `status.${name}`, status[name]);
  return found;
}
