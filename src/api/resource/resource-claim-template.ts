// ResourceClaimTemplate: a model from which each pod gets a claim of its own. It never changes.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { validateTemplateMeta } from "#api/core/rules/claim-validation.ts";
import { ResourceClaimTemplateSpec, ResourceClaimTemplate as schema } from "#api/resource/claim-schema.ts";
import type { Infer } from "#api/schema.ts";
import { immutableText, sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { applyClaimDefaults, validateClaimSpec } from "./claim-validation.ts";

export interface ResourceClaimTemplate extends Infer<typeof schema> {}
export const ResourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaimTemplate",
  plural: "resourceclaimtemplates",
  returnsDeleted: true,
  scope: "Namespaced",
  schema,
  columns: [nameColumn, ageColumn],
  rules: {
    applyDefaults: ({ spec }) => applyClaimDefaults(spec?.spec),
    validate({ spec }) {
      const found: FieldError[] = [];
      validateTemplateMeta(found, "spec.metadata", spec.metadata);
      validateClaimSpec(found, "spec.spec", spec.spec);
      return found;
    },
    validateUpdate({ spec }, old) {
      if (sameValue(spec, old.spec)) return [];
      const { Metadata: _metadata, ...shown } = goStruct(ResourceClaimTemplateSpec, spec);
      return [invalidValue("spec", { ...spec.metadata, ...shown }, immutableText)];
    },
  },
});
