// Scale: the replica numbers of any workload; the body of its scale subresource.
import { defineKind } from "#api/kind.ts";
import { nonNegative } from "#api/meta/checks.ts";
import { ageColumn, integerColumn, nameColumn } from "#api/meta/columns.ts";
import type { FieldError } from "#api/field-error.ts";
import { Scale as schema } from "#api/autoscaling-v1/schema.ts";
import type { Infer } from "#api/schema.ts";

export interface Scale extends Infer<typeof schema> {}
export const Scale = defineKind<Scale>({
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  plural: "scales",
  scope: "Namespaced",
  verbs: [],
  schema,
  columns: [
    nameColumn,
    integerColumn("Desired", "Pods wanted.", ({ spec }) => spec.replicas ?? 0),
    integerColumn("Available", "Pods there are.", ({ status }) => status.replicas),
    ageColumn,
  ],
  rules: {
    validate({ spec }) {
      const found: FieldError[] = [];
      nonNegative(found, "spec.replicas", spec.replicas);
      return found;
    },
  },
});
