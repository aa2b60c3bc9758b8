// PodGroup: pods that belong together when they are placed on nodes. What is wanted of it never changes.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { dnsLabel, dnsSubdomain, sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { PodGroup as schema } from "./group-schema.ts";
import { oneOfThem, requiredName, unchanged, validateGroup } from "./group-validation.ts";

export interface PodGroup extends Infer<typeof schema> {}
export const PodGroup = defineKind<PodGroup>({
  group: "scheduling.k8s.io",
  version: "v1alpha2",
  kind: "PodGroup",
  plural: "podgroups",
  scope: "Namespaced",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn("Policy", "How the pods are placed.", ({ spec }) => (spec.schedulingPolicy.gang ? "Gang" : "Basic")),
    textColumn(
      "Workload",
      "Workload that the group is of.",
      ({ spec }) => spec.podGroupTemplateRef?.workload?.workloadName ?? "<none>",
    ),
    textColumn("Status", "How far the placing has come.", stateText),
    ageColumn,
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validateCreate: ({ spec }) => validateSpec(spec),
    validateUpdate,
    validateStatusUpdate({ spec, status }) {
      const found: FieldError[] = [];
      validateConditions(found, "status.conditions", status.conditions);
      const claims = new Set(spec.resourceClaims?.map(({ name }) => name));
      const text = "must match the name of an entry in `spec.resourceClaims`";
      for (const [i, { name }] of (status.resourceClaimStatuses ?? []).entries())
        if (!claims.has(name)) found.push(invalidValue(`status.resourceClaimStatuses[${i}].name`, name, text));
      return found;
    },
  },
  hasGeneration: false,
});

function stateText({ status: { conditions = [] } }: PodGroup): string {
  const disrupted = conditions.findLast(({ type }) => type === "DisruptionTarget");
  if (disrupted) return disrupted.reason;
  const scheduled = conditions.findLast(({ type }) => type === "PodGroupScheduled");
  if (!scheduled) return "Pending";
  return scheduled.status === "True" ? "Scheduled" : "Unschedulable";
}

type Spec = PodGroup["spec"];
function validateSpec(spec: Spec): FieldError[] {
  const found: FieldError[] = [];
  const { podGroupTemplateRef: ref } = spec;
  if (ref) {
    oneOfThem(found, "spec.podGroupTemplateRef", ref, ["workload"]);
    const at = "spec.podGroupTemplateRef.workload";
    if (ref.workload) {
      requiredName(found, `${at}.workloadName`, ref.workload.workloadName, dnsSubdomain);
      requiredName(found, `${at}.podGroupTemplateName`, ref.workload.podGroupTemplateName, dnsLabel);
    }
  }
  validateGroup(found, "spec", spec);
  return found;
}
const fixed = [
  "podGroupTemplateRef",
  "schedulingPolicy",
  "schedulingConstraints",
  "resourceClaims",
  "disruptionMode",
  "priorityClassName",
  "priority",
] as const;
function validateUpdate({ spec }: PodGroup, old: PodGroup): FieldError[] {
  const found: FieldError[] = sameValue(spec, old.spec) ? [] : validateSpec(spec);
  for (const name of fixed) unchanged(found, `spec.${name}`, spec[name], old.spec[name]);
  return found;
}
