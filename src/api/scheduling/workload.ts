// Workload: how the pods of an application are to be grouped when they are placed on nodes. What it says never changes.
import { type FieldError, duplicateValue, requiredValue, tooMany } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { dnsLabel, dnsSubdomain, pathSegment, sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn } from "#api/meta/columns.ts";
import { Workload as schema } from "./group-schema.ts";
import { requiredName, unchanged, validateGroup } from "./group-validation.ts";

const maxTemplates = 8;

export interface Workload extends Infer<typeof schema> {}
export const Workload = defineKind<Workload>({
  group: "scheduling.k8s.io",
  version: "v1alpha2",
  kind: "Workload",
  plural: "workloads",
  scope: "Namespaced",
  schema,
  columns: [nameColumn, ageColumn],
  rules: {
    validateCreate: ({ spec }) => validateSpec(spec),
    validateUpdate({ spec }, old) {
      const found: FieldError[] = [];
      unchanged(found, "spec.controllerRef", spec.controllerRef, old.spec.controllerRef);
      unchanged(found, "spec.podGroupTemplates", spec.podGroupTemplates, old.spec.podGroupTemplates);
      return sameValue(spec, old.spec) ? found : [...found, ...validateSpec(spec)];
    },
  },
});

function validateSpec({ controllerRef, podGroupTemplates: templates = [] }: Workload["spec"]): FieldError[] {
  const found: FieldError[] = [];
  if (controllerRef) {
    const { apiGroup, kind, name } = controllerRef;
    if (apiGroup) dnsSubdomain(found, "spec.controllerRef.apiGroup", apiGroup);
    requiredName(found, "spec.controllerRef.kind", kind, pathSegment);
    requiredName(found, "spec.controllerRef.name", name, pathSegment);
  }
  const field = "spec.podGroupTemplates";
  if (templates.length === 0) return [...found, requiredValue(field)];
  if (templates.length > maxTemplates) return [...found, tooMany(field, templates.length, maxTemplates)];
  const names = new Set<string>();
  for (const [i, template] of templates.entries()) {
    if (names.has(template.name)) found.push(duplicateValue(`${field}[${i}]`, template));
    names.add(template.name);
  }
  for (const [i, template] of templates.entries()) {
    requiredName(found, `${field}[${i}].name`, template.name, dnsLabel);
    validateGroup(found, `${field}[${i}]`, template);
  }
  return found;
}
