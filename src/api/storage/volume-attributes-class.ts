// VolumeAttributesClass: settings of volumes that can change while they are in use. The class itself never changes.
import { type FieldError, forbiddenValue, requiredValue } from "#api/field-error.ts";
import { defineKind } from "#api/kind.ts";
import { VolumeAttributesClass as schema } from "#api/storage/class-schema.ts";
import type { Infer } from "#api/schema.ts";
import { sameValue } from "#api/meta/checks.ts";
import { ageColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { validateDriver, validateParameters } from "./class-validation.ts";

export interface VolumeAttributesClass extends Infer<typeof schema> {}
export const VolumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttributesClass",
  plural: "volumeattributesclasses",
  returnsDeleted: true,
  scope: "Cluster",
  shortNames: ["vac"],
  schema,
  columns: [
    nameColumn,
    textColumn("DriverName", "Driver that understands the settings.", ({ driverName }) => driverName),
    ageColumn,
  ],
  rules: {
    validate({ driverName, parameters = {} }) {
      const found: FieldError[] = [];
      validateDriver(found, "driverName", driverName);
      validateParameters(found, "parameters", parameters);
      if (Object.keys(parameters).length === 0)
        found.push(requiredValue("parameters", "must contain at least one key/value pair"));
      return found;
    },
    validateUpdate: (object, old) =>
      (["driverName", "parameters"] as const)
        .filter((field) => !sameValue(object[field], old[field]))
        .map((field) => forbiddenValue(field, `updates to ${field} are forbidden.`)),
  },
});
