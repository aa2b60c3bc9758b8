// PodTemplate: a model for pods, kept for controllers that want it as an object of its own.
import type { FieldError } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { PodTemplate as schema } from "#api/core/schema/pod-spec.ts";
import type { Infer } from "#api/schema.ts";
import { containerColumns, labelsText, nameColumn, textColumn } from "#api/meta/columns.ts";
import { applyPodTemplateDefaults } from "./pod-rules/defaults.ts";
import { validatePodTemplate } from "./pod-rules/pod-validation.ts";
import { podTemplateWarnings } from "./pod-rules/warnings.ts";

export interface PodTemplate extends Infer<typeof schema> {}
export const PodTemplate = defineKind<PodTemplate>({
  group: "",
  version: "v1",
  kind: "PodTemplate",
  plural: "podtemplates",
  returnsDeleted: true,
  scope: "Namespaced",
  schema,
  columns: [
    nameColumn,
    ...containerColumns<PodTemplate>(({ template }) => template).map((column) => ({ ...column, priority: 0 })),
    textColumn("Pod Labels", "Labels of its pods.", ({ template }) => labelsText(template.metadata.labels)),
  ],
  rules: {
    applyDefaults: ({ template }) => applyPodTemplateDefaults(template),
    validate({ template }) {
      const found: FieldError[] = [];
      validatePodTemplate(found, "template", template);
      return found;
    },
    warnings: ({ metadata, template }, old) =>
      old?.metadata.generation === metadata.generation && old ? [] : podTemplateWarnings("template", template),
  },
  hasGeneration: true,
});
