// ControllerRevision: a template as it once was, kept by DaemonSets and StatefulSets for going back.
import { type FieldError, requiredValue } from "#api/field-error.ts";
import { defineKind, parseApiVersion } from "#api/kind.ts";
import type { Infer } from "#api/schema.ts";
import { ControllerRevision as schema } from "#api/apps/set-schema.ts";
import { immutable, nonNegative } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";

export interface ControllerRevision extends Infer<typeof schema> {}
export const ControllerRevision = defineKind<ControllerRevision>({
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  scope: "Namespaced",
  schema,
  columns: [
    nameColumn,
    textColumn("Controller", "Object whose template it is.", controllerCell),
    textColumn("Revision", "Number of the revision.", ({ revision }) => revision),
    ageColumn,
  ],
  rules: {
    validate({ revision }) {
      const found: FieldError[] = [];
      nonNegative(found, "revision", revision);
      return found;
    },
    validateCreate({ data }) {
      if (data === undefined || data === null) return [requiredValue("data", "data is mandatory")];
      return typeof data === "object" ? [] : [requiredValue("data", "data must be a valid JSON object")];
    },
    validateUpdate(object, old) {
      const found: FieldError[] = [];
      immutable(found, "data", object.data, old.data);
      return found;
    },
  },
});

function controllerCell({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return "<none>";
  const { group } = parseApiVersion(owner.apiVersion);
  return `${(group ? `${owner.kind}.${group}` : owner.kind).toLowerCase()}/${owner.name}`;
}
